import { join } from 'node:path';
import { agentEnv } from '../../core/agent-env.ts';
import type { Verdict } from '../../core/gate.ts';
import { agentsOwn, type Ground, groundAfterGates } from '../../core/ground.ts';
import { type Evidence, type Judgement, judge, worthGating } from '../../core/judge.ts';
import { saysDone } from '../../core/prompt.ts';
import type { Proposals } from '../../core/proposal.ts';
import { strayWords } from '../../core/stray.ts';
import { NO_USAGE, type Usage } from '../../core/usage.ts';
import type { Oid } from '../../ports.ts';
import { runGates } from '../gates.ts';
import { changeTask } from '../tasks.ts';
import type { Assignment } from './agent.ts';
import { cheatsIn } from './cheats.ts';
import { type Collected, foreignIn } from './collect.ts';
import { keepGround, lookAt } from './ground.ts';
import type { Pulse } from './heartbeat.ts';
import type { Strayed } from './outside.ts';
import { prove } from './prove.ts';
import { review } from './review.ts';
import type { LoopPorts, LoopRun, Memory } from './run.ts';
import type { Watched } from './watch.ts';

/** Where the branch stands. */
export interface Standing {
  readonly head: Oid;
  readonly tree: Oid;
}
export interface Verified {
  readonly judgement: Judgement;
  /** What on the branch makes gates easier to pass, in words. */
  readonly cheats: readonly string[];
  /** Paths that the gates saw as they were before the task. */
  readonly pinned: readonly string[];
  /** What a reviewer used. */
  readonly reviewUsage: Usage;
  readonly verdicts: readonly Verdict[];
  readonly commits: number;
  /** What this iteration changed on the branch. */
  readonly paths: readonly string[];
  /** True when the branch's tree is another one than before. */
  readonly changed: boolean;
  readonly now: Standing;
  readonly ground: Ground;
}

/** The verdict on the story: what git shows first, then the gates on the committed tree, then a reviewer if there is one. */
export async function verify(
  ports: LoopPorts,
  loop: LoopRun,
  work: Assignment,
  before: Standing,
  memory: Memory,
  ran: Ran,
): Promise<Verified> {
  return reviewed(ports, loop, work, await judgedByGates(ports, loop, work, before, memory, ran));
}

interface Ran {
  readonly end: Watched;
  readonly collected: Collected;
  readonly proposals: Proposals;
  readonly pulse: Pulse;
  /** What its agent changed outside of its worktree. */
  readonly strayed: Strayed;
  /** True when it wrote into the progress file. */
  readonly wrote: boolean;
}

async function judgedByGates(
  ports: LoopPorts,
  loop: LoopRun,
  work: Assignment,
  before: Standing,
  memory: Memory,
  ran: Ran,
): Promise<Verified> {
  const { collected, pulse } = ran;
  const seen = await branchFacts(ports, loop, work, before, collected);
  const evidence: Evidence = {
    ...endOf(loop, work, ran.end, ran.proposals),
    ...seen.evidence,
    worked: memory.worked.has(work.story.id),
    found: isThinking(work) && (ran.wrote || ran.proposals.notes[work.story.id] !== undefined),
    dirty: await dirtyPaths(ports, loop, work, collected),
    ...(await strayedOf(ports, loop, work, ran.strayed)),
    foreign: collected.left.flatMap(({ trespass }) => (trespass ? [trespass] : [])),
    meddled: [],
    gates: work.gates.length,
    verdicts: [],
  };
  const { commits, changed } = seen.evidence;
  const proposed = evidence.proposal !== undefined && changed;
  const cheats = proposed ? await cheatsIn(ports, loop, seen.changes) : [];
  const { paths } = seen;
  const done = {
    commits,
    changed,
    paths,
    cheats,
    pinned: [],
    reviewUsage: NO_USAGE,
    now: seen.now,
    ground: collected.ground,
  };
  const judged = loop.config.loop.cheats === 'strict' ? { ...evidence, cheats } : evidence;
  if (!worthGating(judged)) return { ...done, judgement: judge(judged), verdicts: [] };
  pulse.state('gates');
  if (loop.config.loop.gatesIn === 'scratch') {
    const { head: commit, tree } = seen.now;
    const { verdicts, pinned } = await prove(ports, loop, work, { commit, tree }, seen.changes);
    return { ...done, pinned, verdicts, judgement: judge({ ...judged, verdicts }) };
  }
  const gated = await gatesOn(ports, loop, work, collected, seen.now);
  return { ...done, ...gated, judgement: judge({ ...judged, ...gated }) };
}

const isThinking = ({ task, story }: Assignment): boolean => task.thinking?.includes(story.id) === true;

/** Written down whatever follows; evidence only where a person is to be asked. */
async function strayedOf(
  ports: LoopPorts,
  loop: LoopRun,
  { task, story }: Assignment,
  { strays, sure }: Strayed,
): Promise<Pick<Evidence, 'strayed'>> {
  if (strays.length === 0) return {};
  const { strays: dial } = loop.config.loop;
  const held = dial === 'strict' || (dial === 'ask' && sure);
  const [at, what] = [new Date(ports.clock.now()).toISOString(), strayWords(strays)];
  const facts = { iteration: task.iteration, story: story.id, what, held };
  await changeTask(ports, loop.id, () => ({ event: { type: 'stray.found', at, task: loop.id, ...facts } }));
  return held ? { strayed: what } : {};
}

/** Another agent may object to what would pass; what it says is written down, and is told to the next one. */
async function reviewed(ports: LoopPorts, loop: LoopRun, work: Assignment, would: Verified): Promise<Verified> {
  const { agent } = loop.config.loop.review ?? {};
  if (!agent || !would.judgement.passes) return would;
  const { objections, silent, usage } = await review(ports, loop, work, would.now.head, would.cheats);
  const at = new Date(ports.clock.now()).toISOString();
  const said = { story: work.story.id, agent, objections, ...(silent ? { silent } : {}) };
  await changeTask(ports, loop.id, () => ({ event: { type: 'story.reviewed', at, task: loop.id, ...said } }));
  if (objections.length === 0) return { ...would, reviewUsage: usage };
  const reason = objections.join('; ');
  return { ...would, reviewUsage: usage, judgement: { outcome: 'vetoed', passes: false, verified: true, reason } };
}

function endOf(loop: LoopRun, { story }: Assignment, end: Watched, proposals: Proposals) {
  const { outcome, wellFormed, code, text } = end;
  const problem = end.over?.reason ?? end.problem;
  const flagged = proposals.flipped.includes(story.id);
  const proposal = loop.exitSpeaks
    ? outcome === 'exited' && code === 0 && ('exit' as const)
    : flagged
      ? ('flag' as const)
      : wellFormed && saysDone(text) && ('phrase' as const);
  const note = flagged ? proposals.notes[story.id] : undefined;
  const itself = wellFormed ? 'well' : 'badly';
  const how = end.over ? 'budget' : outcome === 'exited' || outcome === 'not-found' ? itself : outcome;
  return {
    end: how,
    ...(problem ? { problem } : {}),
    ...(proposal ? { proposal } : {}),
    ...(note ? { noChange: note } : {}),
  } as const;
}

/** What is remembered of one iteration; a rename of a folder is more. */
const PATHS = 50;

/** What the branch shows; asked of git only when it moved. */
async function branchFacts(ports: LoopPorts, loop: LoopRun, work: Assignment, before: Standing, collected: Collected) {
  const { history, objects } = ports.git;
  const { sight } = collected;
  const { task } = work;
  const calm = { commits: 0, changed: false, trespasses: [] };
  if (sight.branch !== task.branch) {
    const elsewhere = sight.branch ?? `no branch (${sight.head.slice(0, 10)})`;
    return { now: before, changes: [], paths: [], evidence: { ...calm, ahead: false, elsewhere } };
  }
  const { head } = sight;
  const [tree, commits, base] = await Promise.all([
    treeOf(objects, head, before),
    head === before.head ? 0 : history.aheadBehind(head, before.head).then(({ ahead }) => ahead),
    history.mergeBase(`refs/heads/${task.target}`, head),
  ]);
  const ahead = head !== (base ?? task.base);
  const from = base ?? task.base;
  const [changes, since] = await Promise.all([
    ahead ? history.changes(from, head) : [],
    tree === before.tree ? [] : from === before.head && ahead ? undefined : history.changes(before.head, head),
  ]);
  const touched = since ?? changes;
  const paths = touched.slice(0, PATHS).map(({ path }) => path);
  const trespasses = foreignIn(loop, task, changes);
  return {
    now: { head, tree },
    changes,
    paths,
    evidence: { commits, changed: tree !== before.tree, trespasses, ahead },
  };
}

/** Read in process where the commit lies loose, as it does when it was just made. */
async function treeOf(objects: LoopPorts['git']['objects'], head: Oid, before: Standing): Promise<Oid> {
  if (head === before.head) return before.tree;
  const [found] = await objects.read([`${head}^{tree}`]);
  return found?.oid ?? objects.treeOf(head);
}

/**
 * The agent's own leftovers: they are missing in what would pass. Where gates run in this worktree, all paths that would
 * make them judge something else than the commit; untracked secrets and what gates wrote count like ignored files.
 */
async function dirtyPaths(ports: LoopPorts, loop: LoopRun, { task, gates }: Assignment, { sight, ground }: Collected) {
  const here = gates.length > 0 && loop.config.loop.gatesIn === 'worktree';
  const own = here ? sight.changes : agentsOwn(sight.changes, ground);
  const dirty = own
    .filter(({ path, code }) => code !== '??' || !(loop.secret(path) || ground.artifacts.includes(path)))
    .map(({ path }) => path);
  return here ? [...dirty, ...(await ports.git.work.hidden(task.worktree))] : dirty;
}

async function gatesOn(
  ports: LoopPorts,
  loop: LoopRun,
  { task, story, gates }: Assignment,
  { sight, ground }: Collected,
  { head, tree }: Standing,
): Promise<{ verdicts: readonly Verdict[]; meddled: readonly string[]; ground: Ground }> {
  await keepGround(ports, loop, { ...ground, phase: 'gates' });
  const verdicts = await runGates(ports, {
    gates,
    cwd: task.worktree,
    tree,
    env: agentEnv(task, loop.run, story.id, 'gate'),
    logs: join(loop.folder, `${task.iteration}.gates`),
    task: task.id,
  });
  const after = await lookAt(ports, task);
  const { ground: now, changed } = groundAfterGates(sight.changes, after.changes, ground);
  return { verdicts, ground: now, meddled: after.head === head ? changed : [...changed, 'HEAD'] };
}
