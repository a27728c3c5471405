import { blames, type Verdict } from '../../core/gate.ts';
import type { Candidate, Skipped, Step } from '../../core/merge/plan.ts';
import type { CommitFacts, Oid, Ports } from '../../ports.ts';
import { consentFor } from './consent.ts';
import type { Car } from './land.ts';
import { commitsOf, rebase, type Settle, type Tip } from './rebase.ts';
import { greenPart } from './search.ts';
import { trespassesOf } from './wall.ts';
import { type Built, type Fallen, gatesOf, type Yard } from './yard.ts';

type TrainPorts = Pick<Ports, 'git' | 'clock' | 'report' | 'stop'>;

/**
 * The train that can land. First all branches are put together and the gates run once, on the last; only when that is
 * red are those that break it sought, so that one that breaks takes no other with it.
 */
export async function buildTrain(ports: TrainPorts, yard: Yard, steps: readonly Step[]): Promise<Built> {
  const whole = await couple(ports, yard, { steps, all: steps, kept: [] });
  const { proof } = yard;
  if (!proof) return whole;
  return greenPart(ports, { ...yard, proof }, whole, {
    recouple(kept, without) {
      const behind = steps.findIndex(({ candidate }) => candidate === without.candidate) + 1;
      return couple(ports, yard, { steps: steps.slice(behind), all: steps, kept });
    },
    async alone(cars) {
      const asked = cars.map(({ candidate }) => ({ candidate, why: '' }));
      const quiet = { ...ports, report: () => {} };
      const settler = { settle: nobody, reject: () => false };
      const built = await couple(quiet, { ...yard, proof: undefined, settler }, { steps: asked, all: asked, kept: [] });
      return built.cars.length === cars.length ? built.cars.at(-1)?.tip : undefined;
    },
  });
}

interface Ride {
  readonly steps: readonly Step[];
  /** All that were planned: what waits for one of these that is not on the train waits too. */
  readonly all: readonly Step[];
  /** What stands on the train already. */
  readonly kept: readonly Car[];
}

/** Puts branch after branch on the train. */
async function couple(ports: TrainPorts, yard: Yard, { steps, all, kept }: Ride): Promise<Built> {
  const cars: Car[] = [...kept];
  const fallen: Fallen[] = [];
  const skipped: Skipped[] = [];
  const commits = await commitsOf(
    ports,
    steps.map(({ candidate }) => candidate),
    yard.base.commit,
  );
  await ports.git.merging.prepare(yard.base.tree, [...commits.values()].flat());
  const owners = new Map<Oid, number>();
  for (const { oid } of [...commits.values()].flat()) owners.set(oid, (owners.get(oid) ?? 0) + 1);
  for (const { candidate } of steps) {
    if (ports.stop.aborted) break;
    const missing = candidate.after.find(
      (task) => all.some((step) => step.candidate.task === task) && !cars.some((car) => car.candidate.task === task),
    );
    if (missing !== undefined) {
      skipped.push({ branch: candidate.branch, reason: `waits for ${missing}, which did not land`, waitsFor: missing });
      continue;
    }
    const tip = cars.at(-1)?.tip ?? yard.base;
    // Branches that share commits: what came with one is looked for again on the tip of the train.
    const own = commits.get(candidate.branch);
    const known = own?.every(({ oid }) => owners.get(oid) === 1) ? own : undefined;
    const next = await coupleOne(ports, yard, { candidate, tip, known }, cars);
    if ('why' in next) {
      fallen.push(next);
      continue;
    }
    // A conflict settled in favour of the target leaves nothing to land either, but it was decided: that is recorded.
    if (next.commits === 0 && !candidate.task && next.resolved.length === 0) {
      skipped.push({ branch: candidate.branch, reason: 'everything is there already', there: true });
      continue;
    }
    cars.push(next);
  }
  return { cars, fallen, skipped };
}

interface Next {
  readonly candidate: Candidate;
  readonly tip: Tip;
  readonly known: readonly CommitFacts[] | undefined;
}

/** One branch on top of the train. A resolution that turns the gates red is refused, and asked for again. */
async function coupleOne(
  ports: TrainPorts,
  yard: Yard,
  { candidate, tip, known }: Next,
  before: readonly Car[],
): Promise<Car | Fallen> {
  const found = await trespassesOf(ports, yard, candidate, known);
  const allowed = new Set(yard.allowed.get(candidate.branch));
  if (found.some(({ path }) => !allowed.has(path))) return { why: 'trespass', candidate, found };
  const because = await consentFor(ports, yard.consent, candidate, { onto: yard.base.commit, tasks: yard.tasks });
  if (because.length > 0) return { why: 'approval', candidate, because };
  // A branch built on one that stands before it brings only what is its own, also where that one's commits were changed.
  const ahead = before.map((car) => car.candidate.head);
  const branch = { ...candidate, past: [...(candidate.past ?? []), ...ahead] };
  for (;;) {
    const clean = known && (await rebase(ports, candidate, tip, nobody, known));
    const rebased = clean?.outcome === 'clean' ? clean : await rebase(ports, branch, tip, yard.settler.settle);
    if (rebased.outcome === 'stuck')
      return { why: 'conflict', candidate, conflict: rebased.conflict, tried: rebased.tried };
    const car: Car = {
      candidate,
      tip: rebased.tip,
      commits: rebased.commits.length,
      resolved: rebased.resolved,
      ...(rebased.left ? { left: rebased.left } : {}),
      ...(rebased.anew ? { anew: rebased.anew } : {}),
      ...(found.length > 0 ? { allowed: found.map(({ path }) => path) } : {}),
    };
    tell(ports, car);
    const red = await redByResolution(yard, car, tip, before);
    if (!red) return car;
    yard.settler.reject(candidate.branch, `the gate ${red.gate} failed on it:\n${red.tail.trim()}`);
  }
}

/** A conflict with what is on the train by now may be none: then the commits are looked up anew before anybody is asked. */
const nobody: Settle = async () => ({ outcome: 'unsettled', tried: [] });

/** The gate that a resolution of an agent or a rule broke; undefined where it was red before it too, or nobody resolved anything. */
async function redByResolution(yard: Yard, car: Car, tip: Tip, before: readonly Car[]): Promise<Verdict | undefined> {
  if (!yard.proof || !car.resolved.some(({ by }) => by !== 'person')) return undefined;
  const red = await yard.proof.red(car.tip, gatesOf(yard, [...before, car]));
  if (!red || red.outcome === 'stopped') return undefined;
  const gate = yard.proof.common.find(({ run }) => run === red.run);
  if (gate && !(await yard.proof.one(tip, gate)).passed) return undefined;
  // An answer is no worse for a gate that flakes, or could not run.
  if (!blames(red)) return undefined;
  return !gate || (await yard.proof.one(car.tip, gate, true)).outcome === 'failed' ? red : undefined;
}

function tell({ clock, report }: TrainPorts, { candidate: { branch }, commits, resolved }: Car): void {
  const at = new Date(clock.now()).toISOString();
  const who = [...new Set(resolved.map(({ by, agent }) => (agent ? `${by} ${agent}` : by)))];
  report({ type: 'landing.rebased', at, branch, commits, ...(who.length > 0 ? { resolvedBy: who.join(', ') } : {}) });
}
