import type { Landing } from '../../core/landing.ts';
import { planMerge, type Skipped, type Step } from '../../core/merge/plan.ts';
import { type Told, wordsOfRequest } from '../../core/merge/request.ts';
import { readPrd } from '../../core/prd.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Oid, Ports } from '../../ports.ts';
import { rulesFor } from '../claims/rules.ts';
import { targetOf } from '../init.ts';
import { allTasks, changeTask } from '../tasks.ts';
import { alone } from './alone.ts';
import type { MergeInput } from './answer.ts';
import { type Found, findCandidates } from './candidates.ts';
import { type Bounced, dealWith, type Ends } from './fallen.ts';
import { type Desk, openDesk } from './forge.ts';
import type { Car } from './land.ts';
import type { Hold } from './lease.ts';
import { type Far, farOf } from './push.ts';
import { openTools, type Tools } from './tools.ts';
import { buildTrain } from './train.ts';
import type { Built } from './yard.ts';

/** A branch for which a request is open. */
export interface Proposed {
  readonly branch: string;
  readonly task?: string;
  readonly head: string;
  readonly commits: number;
  readonly url: string;
  /** True when one was open already and is up to date again. */
  readonly updated: boolean;
}
export interface Proposals extends Ends {
  readonly target: string;
  readonly remote: string;
  readonly proposed: readonly Proposed[];
  readonly incomplete: boolean;
}

/**
 * Each branch by itself, rebased on what the remote has and through the gates, pushed under its own name, with a
 * request to land it there. The target stays where it is; a task stays finished until it is seen on the target.
 */
export async function propose(ports: Ports, input: MergeInput): Promise<Proposals> {
  const target = input.into ?? (await targetOf(ports));
  const far = await farOf(ports, target, typeof input.push === 'string' ? input.push : true);
  if (!far) throw new Refusal('push.remote', { target, remotes: [] });
  const desk = await openDesk(ports, far.remote);
  return alone(ports, target, async (hold) => {
    const base = await baseOf(ports, far);
    const found = await findCandidates(ports, { ...input, target });
    const plan = planMerge(found.candidates, input.order ?? 'planned', found.states);
    const tools = await openTools(ports, { ...input, run: hold.run, target, tasks: await allTasks(ports) });
    const desks = { desk, far, base, found, tools, hold };
    const proposed: Proposed[] = [];
    const skipped: Bounced[] = [...found.skipped, ...plan.skipped];
    let ends: Ends = { escalated: [], bounced: [], skipped: [] };
    for (const step of plan.steps) {
      if (ports.stop.aborted) break;
      const one = await proposeOne(ports, desks, step);
      if (one.proposed) proposed.push(one.proposed);
      skipped.push(...one.skipped);
      ends = joined(ends, one.ends);
    }
    const all = { ...ends, skipped: [...skipped, ...ends.skipped] };
    const incomplete = ends.bounced.length > 0 || (input.names.length > 0 && all.skipped.length > 0);
    return { target, remote: far.remote, proposed, ...all, incomplete };
  });
}

const joined = (a: Ends, b: Ends): Ends => ({
  escalated: [...a.escalated, ...b.escalated],
  bounced: [...a.bounced, ...b.bounced],
  skipped: [...a.skipped, ...b.skipped],
});

/** Where the target stands there: what is only here is no part of a request. */
async function baseOf({ git }: Ports, { target, remote, branch, patience }: Far): Promise<Oid> {
  const looked = await git.remotes.look(remote, branch, patience);
  if (looked.outcome === 'failed') throw new Refusal('push.unreached', { target, remote, why: looked.why });
  if (!looked.at) throw new Refusal('target.absent', { target: `${remote}/${branch}` });
  return looked.at;
}

interface Desks {
  readonly desk: Desk;
  readonly far: Far;
  readonly base: Oid;
  readonly found: Found;
  readonly tools: Tools;
  readonly hold: Hold;
}
interface One {
  readonly proposed?: Proposed;
  readonly skipped: readonly Skipped[];
  readonly ends: Ends;
}

async function proposeOne(ports: Ports, desks: Desks, step: Step): Promise<One> {
  const { found, tools, base, far } = desks;
  // What was found out about it is true of the target here, which may have more than the remote.
  const { past: _, picks: __, settled: ___, ...candidate } = step.candidate;
  const { branch, after } = candidate;
  const none: Ends = { escalated: [], bounced: [], skipped: [] };
  const skip = (reason: string): One => ({ skipped: [{ branch, reason }], ends: none });
  const waits = after.find((task) => found.states.get(task) !== 'landed');
  if (waits !== undefined) return skip(`waits for ${waits}, whose request has not landed`);
  const rules = await rulesFor(ports, far.target);
  const tip = { commit: base, tree: await ports.git.objects.treeOf(base) };
  const yard = {
    ...tools,
    base: tip,
    tasks: found.tasks,
    allowed: found.allowed,
    consent: found.consent,
    ...rules,
  };
  const built = await buildTrain(ports, yard, [{ ...step, candidate }]);
  if (ports.stop.aborted) return skip('interrupted');
  const ends = await dealWith(ports, built.fallen, far.target, found.tasks);
  const [car] = built.cars;
  if (!car) {
    const red = built.inherited
      ? [{ branch, reason: `the gate ${built.inherited.gate} fails on ${far.target} itself` }]
      : [];
    return { skipped: [...built.skipped, ...red], ends };
  }
  if (car.commits === 0) return skip(`all of it is on ${far.remote} already`);
  const refused = await pushBranch(ports, desks, car);
  if (refused !== undefined) return skip(refused);
  const told = await toldOf(ports, desks, car, built);
  const into = far.branch;
  const { url, updated } = await desks.desk.open({ from: branch, into, ...wordsOfRequest(told) });
  await remember(ports, desks, car, url);
  const { task } = step.candidate;
  return {
    proposed: { branch, ...(task ? { task } : {}), head: car.tip.commit, commits: car.commits, url, updated },
    skipped: [],
    ends,
  };
}

/** Puts the branch there in place of what gwt itself put there before, or what it builds on; else says why not. */
async function pushBranch(ports: Ports, { far, found }: Desks, { candidate, tip }: Car): Promise<string | undefined> {
  const { remote, patience } = far;
  const { branch, task } = candidate;
  const { git } = ports;
  const looked = await git.remotes.look(remote, branch, patience);
  if (looked.outcome === 'failed') return `${remote} cannot be asked: ${looked.why}`;
  const { at } = looked;
  const own = found.tasks.find(({ id }) => id === task)?.proposed?.head;
  if (at !== undefined && at !== own && !(await git.history.isAncestor(at, tip.commit)))
    return `${remote} has a branch of that name with commits that gwt did not push: ${at.slice(0, 10)}`;
  if (at === tip.commit) return undefined;
  const end = await git.remotes.push(remote, branch, tip.commit, at, patience);
  return end.outcome === 'pushed' ? undefined : `not pushed to ${remote}: ${end.why}`;
}

async function toldOf(ports: Ports, { far, base, found }: Desks, car: Car, { proof }: Built): Promise<Told> {
  const { branch, task: id } = car.candidate;
  const task = found.tasks.find((one) => one.id === id);
  const prd = id ? (await ports.ledger.read(`tasks/${id}`))?.docs['prd.json'] : undefined;
  const commits = await ports.git.objects.commits([`${base}..${car.tip.commit}`]);
  return {
    branch,
    ...(task ? { task: { id: task.id, title: task.title } } : {}),
    stories: prd ? readPrd(prd, 'prd.json').stories : [],
    commits: commits.map(({ subject }) => subject),
    onto: base,
    into: far.branch,
    resolved: car.resolved,
    proof: proof as Landing['proof'],
  };
}

async function remember(ports: Ports, { far, hold }: Desks, { candidate, tip }: Car, url: string): Promise<void> {
  const { task, branch } = candidate;
  if (!task || !hold.held()) return;
  const at = new Date(ports.clock.now()).toISOString();
  const { target, remote } = far;
  await changeTask(ports, task, () => ({
    event: { type: 'task.proposed', at, task, url, remote },
    change: { proposed: { remote, branch, from: candidate.head, head: tip.commit, target, url, at } },
    keeps: [tip.commit],
  }));
}
