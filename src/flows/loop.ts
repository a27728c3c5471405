import { join } from 'node:path';
import pLimit from 'p-limit';
import { next } from '../core/next.ts';
import { readPrd } from '../core/prd.ts';
import { profileName } from '../core/profile.ts';
import { taskOf } from '../core/records.ts';
import { Refusal, type RefusalCode, type RefusalFacts } from '../core/refusal.ts';
import type { Task } from '../core/task.ts';
import { NO_USAGE } from '../core/usage.ts';
import type { Ports } from '../ports.ts';
import { approve } from './approve.ts';
import { goBack } from './go-back.ts';
import { refreshHooks } from './hooks.ts';
import { isHeld, refuseUnusable } from './loop/lease.ts';
import type { TaskLooped } from './loop/run.ts';
import { loopTask, type TaskLoopInput } from './loop/task.ts';
import { allTasks, taskNamed, taskNamedOrHere } from './tasks.ts';
import { tending } from './tend.ts';

export interface LoopInput extends TaskLoopInput {
  readonly tasks: readonly string[];
  readonly all?: boolean;
  readonly parallel?: number;
  /** Goes back to this checkpoint of the one task first. */
  readonly fromCheckpoint?: number;
}
export interface Looped {
  readonly tasks: readonly (TaskLooped & { readonly refused?: Refused })[];
}
/** Why one of several tasks could not be worked on; the others were. */
export interface Refused {
  readonly code: RefusalCode;
  readonly facts: RefusalFacts[RefusalCode];
}

/** Runs agents on tasks, several at a time if asked to, each until its stories pass or a limit is met. */
export async function loop(ports: Ports, input: LoopInput): Promise<Looped> {
  const tasks = await wanted(ports, input);
  await beginAt(ports, input, tasks);
  // What is frozen or shared may have changed since the hooks were written.
  await refreshHooks(ports);
  const many = tasks.length > 1;
  const limit = pLimit(input.parallel ?? 1);
  const ofProfile = await profileLimits(ports, input);
  const running = new Map<string, Promise<TaskLooped & { readonly refused?: Refused }>>();
  for (const task of inOrder(tasks)) {
    const before = task.after.map((id) => running.get(id)).filter((one) => one !== undefined);
    running.set(
      task.id,
      (async () => {
        await Promise.all(before);
        return ofProfile(task)(() => limit(() => one(ports, task, input, many)));
      })(),
    );
  }
  const rest = tending(ports);
  return { tasks: await Promise.all(running.values()).finally(rest) };
}

/** The tasks to work on; every question is asked and everything that can be refused before an agent runs is. */
export async function wanted(ports: Ports, input: LoopInput): Promise<readonly Task[]> {
  const tasks = await chosen(ports, input);
  for (const task of tasks) if (!input.all) refuseUnusable(ports, task);
  await approve(ports, ['gates', 'agents', 'setup']);
  return tasks;
}

/** The one task's worktree as it was at the checkpoint that was asked for. */
export async function beginAt(ports: Ports, { fromCheckpoint }: LoopInput, tasks: readonly Task[]): Promise<void> {
  const [task, ...more] = tasks;
  if (fromCheckpoint === undefined || !task) return;
  if (more.length > 0)
    throw new Refusal('usage.bad', { problem: '--from-checkpoint is about one task', command: 'loop' });
  await goBack(ports, task, fromCheckpoint);
}

/** What keeps tasks of one profile from running more at once than it says; the place of the loop is taken after that. */
async function profileLimits(ports: Ports, { agent }: LoopInput): Promise<(task: Task) => ReturnType<typeof pLimit>> {
  const config = await ports.config.load();
  const limits = new Map<string | undefined, ReturnType<typeof pLimit>>();
  return (task) => {
    const name = profileName(config, { ...task, agent: agent ?? task.agent });
    const atOnce = name === undefined ? undefined : config.profiles[name]?.atOnce;
    const limit = limits.get(name) ?? pLimit(atOnce ?? Number.POSITIVE_INFINITY);
    limits.set(name, limit);
    return limit;
  };
}

async function chosen(ports: Ports, { tasks, all }: LoopInput): Promise<readonly Task[]> {
  if (!all && tasks.length === 0) return [await taskNamedOrHere(ports, undefined, 'loop on')];
  if (!all) return dedupe(await Promise.all(tasks.map((name) => taskNamed(ports, name))));
  const known = await allTasks(ports);
  const open = known.filter(
    ({ state, ready, lease }) =>
      ready && (state === 'queued' || state === 'running') && !(lease && isHeld(ports, lease)),
  );
  if (open.length === 0) throw new Refusal('task.none', { doing: 'loop on' });
  return open;
}

const dedupe = (tasks: readonly Task[]): readonly Task[] =>
  tasks.filter((task, at) => tasks.findIndex(({ id }) => id === task.id) === at);

/** What waits for another stands behind it, else the more urgent first; a circle is left in the order given. */
function inOrder(tasks: readonly Task[]): readonly Task[] {
  const left = [...tasks].sort((a, b) => b.priority - a.priority);
  const ordered: Task[] = [];
  while (left.length > 0) {
    const free = left.findIndex(({ after }) => !left.some(({ id }) => after.includes(id)));
    ordered.push(...left.splice(Math.max(0, free), 1));
  }
  return ordered;
}

async function one(
  ports: Ports,
  task: Task,
  input: LoopInput,
  many: boolean,
): Promise<TaskLooped & { readonly refused?: Refused }> {
  try {
    const settled = await alreadyDone(ports, task);
    return settled ?? (await waiting(ports, task)) ?? (await loopTask(ports, task.id, input));
  } catch (error) {
    if (!many || !(error instanceof Refusal)) throw error;
    return {
      ...summary(task),
      stories: await counted(ports, task),
      outcome: 'failed',
      reason: error.code,
      refused: { code: error.code, facts: error.facts },
    };
  }
}

/** The row of a task that was not worked on. */
export async function unworked(ports: Ports, task: Task): Promise<Omit<TaskLooped, 'outcome' | 'reason'>> {
  return { ...summary(task), stories: await counted(ports, task) };
}

const summary = ({ id, branch, worktree }: Task) => ({
  id,
  branch,
  worktree,
  iterations: 0,
  stories: { total: 0, passing: 0 },
  usage: NO_USAGE,
  gates: 0,
  cheats: [],
});

/** A finished task whose stories all pass needs no agent, unless a person edited its stories since. */
async function alreadyDone(ports: Ports, task: Task): Promise<TaskLooped | undefined> {
  if (task.state !== 'finished') return undefined;
  const entry = await ports.ledger.read(`tasks/${task.id}`);
  const prd = entry?.docs['prd.json'] ?? '';
  const copy = await ports.files.read(join(task.worktree, task.seeds.prd));
  const { stories } = readPrd(prd, `prd.json of ${task.id}`);
  if ((copy !== undefined && copy !== prd) || next(stories).outcome !== 'complete') return undefined;
  const total = stories.length;
  return {
    ...summary(task),
    outcome: 'complete',
    reason: 'every story passed before',
    stories: { total, passing: total },
  };
}

/** A task waits while one that it comes after is neither finished nor landed. */
async function waiting(ports: Ports, task: Task): Promise<TaskLooped | undefined> {
  if (ports.stop.aborted)
    return {
      ...summary(task),
      stories: await counted(ports, task),
      outcome: 'interrupted',
      reason: 'stopped by a person',
    };
  const entries = await Promise.all(task.after.map((id) => ports.ledger.read(`tasks/${id}`)));
  const open = entries
    .flatMap((entry) => (entry ? [taskOf(entry)] : []))
    .filter(({ state }) => state !== 'finished' && state !== 'landed');
  if (open.length === 0) return undefined;
  return {
    ...summary(task),
    stories: await counted(ports, task),
    outcome: 'blocked',
    reason: `waits for ${open.map(({ id, state }) => `${id} (${state})`).join(', ')}`,
  };
}

/** The stories of a task that was not worked on; one whose PRD cannot be read has none to count. */
async function counted(ports: Ports, { id }: Task): Promise<TaskLooped['stories']> {
  const entry = await ports.ledger.read(`tasks/${id}`);
  try {
    const { stories } = readPrd(entry?.docs['prd.json'] ?? '', `prd.json of ${id}`);
    return { total: stories.length, passing: stories.filter(({ passes }) => passes).length };
  } catch {
    return { total: 0, passing: 0 };
  }
}
