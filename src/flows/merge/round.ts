import type { Landing } from '../../core/landing.ts';
import { type Candidate, planMerge } from '../../core/merge/plan.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Oid, Ports } from '../../ports.ts';
import { tasksInForce } from '../claims/lapse.ts';
import { rulesFor } from '../claims/rules.ts';
import { putAwaySettled } from '../resolve-files.ts';
import { answer, interrupted, type Merged, type MergeInput, predicted } from './answer.ts';
import { type Found, findCandidates } from './candidates.ts';
import { dealWith } from './fallen.ts';
import { foresight } from './foresight.ts';
import { remember } from './learn.ts';
import type { Hold } from './lease.ts';
import { carryNotes } from './notes.ts';
import { noticesOf } from './notices.ts';
import { signed } from './sign.ts';
import type { Tools } from './tools.ts';
import { buildTrain } from './train.ts';
import { claimsNow, landByClaims } from './wall.ts';

/** One train from plan to landing; nothing is decided about anybody when somebody else moved the target or a branch meanwhile. */
export async function oneRound(
  ports: Ports,
  input: MergeInput,
  target: string,
  tools: Tools & { readonly hold: Hold | undefined },
): Promise<Merged | 'outrun'> {
  const before = await ports.git.refs.resolve(`refs/heads/${target}`);
  if (!before) throw new Refusal('target.absent', { target });
  await tasksInForce(ports);
  const claims = await claimsNow(ports);
  const found = await withoutProposed(ports, await findCandidates(ports, { ...input, target }), input, before);
  const order = input.order ?? 'planned';
  const candidates = order === 'planned' ? await foresight(ports, found.candidates, before) : found.candidates;
  const plan = planMerge(candidates, order, found.states);
  const branches = plan.steps.map(({ candidate }) => candidate.branch);
  if (branches.length > 0) ports.report({ type: 'landing.planned', at: now(ports), target, order: branches });
  const base = { commit: before, tree: await ports.git.objects.treeOf(before) };
  const yard = {
    ...tools,
    base,
    tasks: found.tasks,
    allowed: found.allowed,
    consent: found.consent,
    ...(await rulesFor(ports, target)),
  };
  const built = await buildTrain(ports, yard, plan.steps);
  const mode = input.mode ?? (await ports.config.load()).merge.mode;
  const notices = input.dryRun ? await noticesOf(ports, { before, cars: built.cars, mode }) : [];
  const whole = { input, target, before, found, plan, built, notices };
  if (input.dryRun) return answer(whole, before, null, [], { escalated: [], bounced: [], skipped: predicted(built) });
  // What was cut short proves nothing against anybody, the target included.
  const cut = { ...whole, built: { cars: [], fallen: [], skipped: [] } };
  if (ports.stop.aborted)
    return answer(cut, before, null, [], { escalated: [], bounced: [], skipped: interrupted(plan) });
  // Asked for after the landing: a conflict with what stands ahead on the train is none with the target before that is there.
  const ends = () => dealWith(ports, built.fallen, target, found.tasks);
  if (built.cars.length === 0) return answer(whole, before, null, [], await ends());
  // Gates ran in the one private worktree: what another process did there meanwhile would be taken for this train's.
  if (!tools.hold?.held())
    throw new Refusal('merge.busy', { target, holder: 'one that took over while this stood still' });
  const { proof } = built;
  const cars = await signed(ports, before, built.cars);
  const train = { target, before, cars, hold: tools.hold, claimed: yard, ...(proof ? { proof } : {}) };
  const end = await landByClaims(ports, train, yard, claims);
  if (end.outcome === 'outrun') return 'outrun';
  if (end.outcome === 'blocked') throw new Refusal('merge.blocked', { target, ...end });
  await learn(ports, tools, end.landing);
  await carryNotes(ports, cars);
  for (const question of end.closed) await putAwaySettled(ports, question);
  return answer(whole, end.landing.after, end.landing.id, end.landing.landed, await ends());
}

async function learn(ports: Ports, { settler, proof }: Tools, landing: Landing): Promise<void> {
  const { merge: config } = await ports.config.load();
  const proved = (proof?.common.length ?? 0) > 0;
  if (config.memory === 'on') await remember(ports, { landing, conflicts: settler.settled(), proved });
}

/**
 * What waits at a remote to be landed is left to those there, unless it is named; once the target has what was pushed
 * for it, it has landed.
 */
async function withoutProposed(ports: Ports, found: Found, { names }: MergeInput, tip: Oid): Promise<Found> {
  if (names.length > 0) return found;
  const skipped = [...found.skipped];
  const candidates: Candidate[] = [];
  for (const one of found.candidates) {
    const proposed = found.tasks.find(({ id }) => id === one.task)?.proposed;
    if (!proposed || one.settled !== undefined) candidates.push(one);
    else if (proposed.from === one.head && (await ports.git.history.unlanded(tip, proposed.head)).length === 0)
      candidates.push({ ...one, picks: [], settled: `landed through ${proposed.url}` });
    else
      skipped.push({
        branch: one.branch,
        reason: `waits at ${proposed.remote}: ${proposed.url}; to land it here: gwt merge ${one.task}`,
      });
  }
  return { ...found, candidates, skipped };
}

const now = ({ clock }: Pick<Ports, 'clock'>): string => new Date(clock.now()).toISOString();
