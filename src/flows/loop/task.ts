import { join } from 'node:path';
import { ownsOf } from '../../core/claims.ts';
import { type GateSpec, gateOf } from '../../core/gate.ts';
import { next } from '../../core/next.ts';
import { type Prd, readPrd } from '../../core/prd.ts';
import { taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import { stopAfter } from '../../core/stops.ts';
import type { Task } from '../../core/task.ts';
import { memoryOf } from '../seeds.ts';
import { allTasks } from '../tasks.ts';
import { ended, giveBack, type Progress, type Stop } from './end.ts';
import { iterate } from './iterate.ts';
import { type Taken, takeTask } from './lease.ts';
import { pidFile, runsFolder } from './places.ts';
import type { LoopPorts, LoopRun, TaskLooped } from './run.ts';
import { standing } from './standing.ts';
import type { Standing } from './verify.ts';

export interface TaskLoopInput {
  readonly max?: number;
  readonly agent?: string;
  readonly autocommit?: boolean;
  /** Gates for this loop, besides those of config and task. */
  readonly gates?: readonly GateSpec[];
}
/** Runs the loop on one task until every story passes or a limit is met, and gives the task back. */
export async function loopTask(ports: LoopPorts, id: string, input: TaskLoopInput): Promise<TaskLooped> {
  const config = await ports.config.load();
  const max = input.max ?? config.loop.max;
  const run = ports.ids.next();
  const entry = await ports.ledger.read(`tasks/${id}`);
  const known = entry ? taskOf(entry) : undefined;
  const agent = input.agent ?? known?.agent ?? config.loop.agent;
  await ports.agents.find(agent);
  if (known && !(await ports.files.exists(join(known.worktree, '.git'))))
    throw new Refusal('path.missing', { path: known.worktree, what: `the worktree of ${id}` });
  const taken = await takeTask(ports, id, { agent, max, run });
  try {
    const loop = await prepared(ports, taken.task, run, agent, input);
    return await rounds(ports, loop, taken, max);
  } catch (error) {
    await giveBack(ports, id, run, taken.task);
    throw error;
  } finally {
    await ports.files.remove(pidFile(await ports.git.repo(), id));
  }
}

async function prepared(
  ports: LoopPorts,
  task: Task,
  run: string,
  agent: string,
  input: TaskLoopInput,
): Promise<LoopRun> {
  const [config, repo, tasks, { driver }] = await Promise.all([
    ports.config.load(),
    ports.git.repo(),
    allTasks(ports),
    ports.agents.find(agent),
  ]);
  const gates = [...config.gates, ...task.gates, ...(input.gates ?? [])].map(gateOf);
  return {
    id: task.id,
    repo,
    config,
    run,
    agent,
    exitSpeaks: driver === 'command' || driver === 'scripted',
    readsMemory: driver === 'claude',
    rules: await memoryOf(ports, task, tasks),
    autocommit: input.autocommit ?? config.loop.autocommit,
    gates: gates.filter((gate, at) => gates.findIndex(({ run }) => run === gate.run) === at),
    others: tasks.filter(({ id }) => id !== task.id),
    secret: ownsOf(config.loop.secrets),
    folder: runsFolder(repo, task.id),
  };
}

interface Round extends Progress {
  readonly standing: Standing;
  readonly inTheWay: readonly string[];
}

async function rounds(ports: LoopPorts, loop: LoopRun, taken: Taken, max: number): Promise<TaskLooped> {
  const begun = await standing(ports, loop, taken);
  const { usd } = loop.config.loop;
  let now: Round = { ...begun, task: taken.task, traces: [], inTheWay: [] };
  for (;;) {
    const prd = await currentPrd(ports, loop);
    const step = next(prd.stories);
    const stop =
      stopNow(ports, now) ??
      stopBy(step, now.task) ??
      stopAfter(now.traces, begun.standing.tree, { max, ...(usd === undefined ? {} : { usd }) });
    if (stop) await now.memory.saved;
    if (stop) return ended(ports, loop, now, prd, stop);
    if (step.outcome !== 'story') continue;
    const done = await iterate(ports, loop, step, now.memory, now.standing);
    now = { ...done, traces: [...now.traces, done.trace] };
  }
}

function stopNow(ports: LoopPorts, { task, inTheWay, traces }: Round): Stop | undefined {
  const last = traces.at(-1);
  if (ports.stop.aborted || last?.outcome === 'stopped')
    return { outcome: 'interrupted', reason: 'stopped by a person' };
  if (task.state === 'blocked') return { outcome: 'blocked', reason: task.blocked?.reason ?? 'it waits for a person' };
  if (task.state !== 'running') return { outcome: 'interrupted', reason: `the task is ${task.state} now` };
  if (inTheWay.length > 0)
    return {
      outcome: 'blocked',
      reason: `uncommitted files that are not the agent's keep gates from judging the commit: ${inTheWay.join(', ')}`,
    };
  return undefined;
}

function stopBy(step: ReturnType<typeof next>, { iteration }: Task): Stop | undefined {
  if (step.outcome === 'complete')
    return { outcome: 'complete', reason: iteration > 0 ? 'every story passes' : MARKED };
  return step.outcome === 'waiting' ? { outcome: 'blocked', reason: step.reason } : undefined;
}

/** Nobody worked on it: what is true of it is only what its file says. */
const MARKED = 'every story was marked as passing from the start: no agent was run and nothing was verified';

async function currentPrd(ports: LoopPorts, loop: LoopRun): Promise<Prd> {
  const entry = await ports.ledger.read(`tasks/${loop.id}`);
  return readPrd(entry?.docs['prd.json'] ?? '', `prd.json of ${loop.id}`);
}
