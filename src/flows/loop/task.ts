import { join } from 'node:path';
import { type Aside, asideAfter, asideIn, type StoryLimits, withAside } from '../../core/aside.ts';
import { ownsOf } from '../../core/claims.ts';
import type { Config } from '../../core/config.ts';
import { type GateSpec, gateOf } from '../../core/gate.ts';
import { next } from '../../core/next.ts';
import { type Prd, readPrd } from '../../core/prd.ts';
import { profileName, withProfile } from '../../core/profile.ts';
import { taskOf } from '../../core/records.ts';
import { redacted } from '../../core/redact.ts';
import { Refusal } from '../../core/refusal.ts';
import { stopAfter } from '../../core/stops.ts';
import type { Task } from '../../core/task.ts';
import { rulesFor } from '../claims/rules.ts';
import { finishGoingBack } from '../go-back.ts';
import { memoryOf } from '../seeds.ts';
import { allTasks } from '../tasks.ts';
import { heedAnomalies } from './anomalies.ts';
import { setAside } from './aside.ts';
import { boundsOf, overAll } from './budget.ts';
import { throughCircuit } from './circuit.ts';
import { claimsBefore } from './claims.ts';
import { limitReason, onDuty, type Shut, traitsOf } from './duty.ts';
import { ended, explained, giveBack, type Progress, type Stop } from './end.ts';
import { present } from './gone.ts';
import { iterate } from './iterate.ts';
import { keepWorktree } from './keep.ts';
import { type Taken, takeTask } from './lease.ts';
import { narrate } from './narration.ts';
import { pidFile, runsFolder } from './places.ts';
import type { LoopPorts, LoopRun, TaskLooped } from './run.ts';
import { standing } from './standing.ts';
import { afterTrouble } from './trouble.ts';
import type { Standing } from './verify.ts';
import { wait } from './wait.ts';

export interface TaskLoopInput {
  readonly max?: number;
  readonly agent?: string;
  readonly autocommit?: boolean;
  /** False ends the loop where a provider's limit would make it wait. */
  readonly wait?: boolean;
  /** Gates for this loop, besides those of config and task. */
  readonly gates?: readonly GateSpec[];
}
/** Runs the loop on one task until every story passes or a limit is met, and gives the task back. */
export async function loopTask(around: LoopPorts, id: string, input: TaskLoopInput): Promise<TaskLooped> {
  const run = around.ids.next();
  const narration = narrate(around, await around.git.repo(), id, run);
  const ports = { ...around, report: narration.report };
  const config = await ports.config.load();
  const max = input.max ?? config.loop.max;
  const entry = await ports.ledger.read(`tasks/${id}`);
  const known = entry ? taskOf(entry) : undefined;
  const agent = input.agent ?? known?.agent ?? config.loop.agent;
  const others = config.loop.fallback.filter((name) => name !== agent);
  const reviewer = [known?.review ?? config.loop.review?.agent].filter((name) => name !== undefined);
  for (const name of [agent, ...others, ...reviewer]) await ports.agents.find(name);
  if (known && !(await ports.files.exists(join(known.worktree, '.git'))))
    throw new Refusal('path.missing', { path: known.worktree, what: `the worktree of ${id}` });
  const taken = await takeTask(ports, id, { agent, max, run });
  try {
    await finishGoingBack(ports, taken.task);
    if (taken.interrupted) await keepWorktree(ports, taken.task, 'left by a loop that was cut short');
    const loop = await prepared(ports, taken.task, run, [agent, ...others], input);
    const looped = await rounds(ports, loop, taken, max);
    await narration.ended(looped);
    return looped;
  } catch (error) {
    const why = await explained(ports, taken.task, error);
    if (why instanceof Refusal) await narration.ended(why);
    await giveBack(ports, id, run, taken.task).catch((more: unknown) => {
      if (!(why instanceof Refusal)) throw more;
    });
    throw why;
  } finally {
    await ports.files.remove(pidFile(await ports.git.repo(), id));
  }
}

async function prepared(
  ports: LoopPorts,
  task: Task,
  run: string,
  agents: readonly [string, ...string[]],
  input: TaskLoopInput,
): Promise<LoopRun> {
  const [agent] = agents;
  const [whole, repo, tasks, traits] = await Promise.all([
    ports.config.load(),
    ports.git.repo(),
    allTasks(ports),
    traitsOf(ports, agent),
  ]);
  const profile = profileName(whole, { ...task, agent });
  const config = withReview(withProfile(whole, profile), task.review);
  const model = profile === undefined ? undefined : whole.profiles[profile]?.model;
  const gates = [...config.gates, ...task.gates, ...(input.gates ?? [])].map(gateOf);
  return {
    id: task.id,
    repo,
    config,
    run,
    agent,
    agents,
    ...traits,
    ...(model ? { model } : {}),
    rules: await memoryOf(ports, task, tasks),
    waitMs: input.wait === false ? 0 : config.loop.waitHours * 60 * 60_000,
    autocommit: input.autocommit ?? config.loop.autocommit,
    gates: gates.filter((gate, at) => gates.findIndex(({ run }) => run === gate.run) === at),
    others: tasks.filter(({ id }) => id !== task.id),
    ownership: await rulesFor(ports, task.target),
    secret: ownsOf(config.loop.secrets),
    folder: runsFolder(repo, task.id),
    hide: (text) => redacted(text, keysOf(config, ports.self.env)),
  };
}

/** Keys that config names by their variables. */
function keysOf({ agents }: LoopRun['config'], env: LoopPorts['self']['env']): readonly string[] {
  return Object.values(agents).flatMap(({ keyEnv }) => (keyEnv ? (env[keyEnv] ?? []) : []));
}

/** The task's own reviewer, as often as the config's may object. */
const withReview = (config: Config, agent: string | undefined): Config =>
  agent === undefined ? config : { ...config, loop: { ...config.loop, review: { ...config.loop.review, agent } } };

interface Round extends Progress {
  readonly standing: Standing;
  readonly inTheWay: readonly string[];
  readonly halt?: Stop;
  /** The commit of the branch that the work of stories was last looked for on. */
  readonly looked?: string;
  readonly shut: Shut;
  /** How often in a row the provider was busy. */
  readonly busy: number;
  /** Why it waits, as it was written down. */
  readonly waits?: string;
}

async function rounds(ports: LoopPorts, begun: LoopRun, taken: Taken, max: number): Promise<TaskLooped> {
  let loop = begun;
  const first = await standing(ports, loop, taken);
  const start = first.standing.tree;
  let now: Round = { ...first, task: taken.task, traces: [], inTheWay: [], shut: new Map(), busy: 0 };
  for (;;) {
    now = { ...now, ...(await present(ports, loop, now)) };
    const { prd, aside } = await currentPrd(ports, loop);
    const step = next(withAside(prd.stories, aside));
    const duty = await onDuty(ports, loop, now.shut);
    const stop =
      stopNow(ports, now) ??
      now.halt ??
      stopBy(step, now.task, aside) ??
      stopAfter(now.traces, start, { ...loop.config.loop, max }) ??
      (await overAll(ports, loop, now.task)) ??
      (duty.outcome === 'stop' ? duty.stop : undefined);
    if (stop) await now.memory.saved;
    if (stop) return ended(ports, loop, now, prd, stop);
    if (duty.outcome === 'wait') {
      const { until, settled } = duty.pause;
      const reason = limitReason(duty.pause);
      await wait(ports, loop, now.task, {
        until,
        reason,
        known: now.waits === reason,
        ...(settled ? { settled } : {}),
      });
      now = { ...now, waits: reason };
    }
    if (step.outcome !== 'story' || duty.outcome !== 'work') continue;
    loop = await claimsBefore(ports, duty.loop);
    const { memory, standing } = now;
    const worker = loop;
    const bounds = await boundsOf(ports, loop, now, step.story.id);
    const done = await throughCircuit(ports, worker, (seen) =>
      iterate(ports, worker, { ...step, seen, bounds }, memory, standing),
    );
    if (!done) continue;
    now = { ...now, ...done, waits: '', traces: [...now.traces, done.trace] };
    now = { ...now, ...(await afterTrouble(ports, loop, now)) };
    const { aside: odd, ...heeded } = await heedAnomalies(ports, loop, now, start);
    now = { ...now, ...heeded };
    const lost = asideAfter(now.traces, start, storyLimits(loop), now.memory.spent.get(step.story.id)) ?? odd;
    const others = next(withAside(prd.stories, [...aside, ...(lost ? [lost] : [])])).outcome === 'story';
    if (lost) await setAside(ports, loop, now.task, lost, { memory: now.memory, others });
  }
}

/** So often may a reviewer object before a person is asked who is right. */
const VETOES = 2;

function storyLimits({ config: { limits, loop } }: LoopRun): StoryLimits {
  const { storyAttempts: attempts, storyHours: hours, storyTokens: tokens, storyUsd: usd } = limits;
  return {
    attempts,
    vetoes: loop.review?.rounds ?? VETOES,
    ...(hours ? { hours } : {}),
    ...(tokens ? { tokens } : {}),
    ...(usd === undefined ? {} : { usd }),
  };
}

function stopNow(ports: LoopPorts, { task, inTheWay, traces }: Round): Stop | undefined {
  const last = traces.at(-1);
  if (ports.stop.aborted || last?.outcome === 'stopped')
    return { outcome: 'interrupted', reason: 'stopped by a person' };
  if (last?.over && !last.over.story) return { outcome: 'budget', reason: last.over.reason };
  if (task.state === 'blocked') return { outcome: 'blocked', reason: task.blocked?.reason ?? 'it waits for a person' };
  if (task.state !== 'running') return { outcome: 'interrupted', reason: `the task is ${task.state} now` };
  if (inTheWay.length > 0)
    return {
      outcome: 'blocked',
      reason: `uncommitted files that are not the agent's keep gates from judging the commit: ${inTheWay.join(', ')}`,
    };
  return undefined;
}

function stopBy(step: ReturnType<typeof next>, { iteration }: Task, aside: readonly Aside[]): Stop | undefined {
  if (step.outcome === 'complete')
    return { outcome: 'complete', reason: iteration > 0 ? 'every story passes' : MARKED };
  if (step.outcome === 'story') return undefined;
  const [only, ...more] = aside;
  if (!only) return { outcome: 'blocked', reason: step.reason };
  return { outcome: 'stuck', reason: more.length === 0 ? only.reason : step.reason };
}

/** Nobody worked on it: what is true of it is only what its file says. */
const MARKED = 'every story was marked as passing from the start: no agent was run and nothing was verified';

async function currentPrd(ports: LoopPorts, loop: LoopRun): Promise<{ prd: Prd; aside: readonly Aside[] }> {
  const { docs = {} } = (await ports.ledger.read(`tasks/${loop.id}`)) ?? {};
  return { prd: readPrd(docs['prd.json'] ?? '', `prd.json of ${loop.id}`), aside: asideIn(docs) };
}
