import { join } from 'node:path';
import type { Bound } from '../../core/bound.ts';
import { overBudget, type Trace } from '../../core/stops.ts';
import type { Task } from '../../core/task.ts';
import { addUsage, NO_USAGE, type Usage } from '../../core/usage.ts';
import { allTasks } from '../tasks.ts';
import type { Stop } from './end.ts';
import type { Heartbeat } from './heartbeat.ts';
import { isHeld } from './lease.ts';
import { runsFolder } from './places.ts';
import type { LoopPorts, LoopRun, Memory } from './run.ts';

/** Why no further iteration may be paid for: what the task used in all its loops, or all tasks today; undefined when it may. */
export async function overAll(ports: LoopPorts, loop: LoopRun, task: Task): Promise<Stop | undefined> {
  const { taskIterations, taskTokens, taskUsd } = loop.config.limits;
  const times = timesOf(task);
  const stop = (what: string, used: string) => ({
    outcome: 'budget' as const,
    reason: `the budget of ${what}: ${used}`,
  });
  if (task.iteration >= times * taskIterations)
    return stop('the task', `${task.iteration} iterations are used up (limits.taskIterations)`);
  const own = overBudget([{ usage: task.usage, seconds: 0 }], limitsOf(taskTokens, taskUsd, times));
  if (own) return stop('the task', own);
  const today = await ofToday(ports, loop);
  const all = today && overBudget([today.before], today.limits);
  return today && all ? stop(today.of, all) : undefined;
}

/** All that the next run on this story may use up, narrowest first. */
export async function boundsOf(
  ports: LoopPorts,
  loop: LoopRun,
  { task, traces, memory }: { readonly task: Task; readonly traces: readonly Trace[]; readonly memory: Memory },
  story: string,
): Promise<readonly Bound[]> {
  const { limits, loop: own } = loop.config;
  const { storyHours: hours, storyTokens, storyUsd, taskTokens, taskUsd } = limits;
  const before = memory.spent.get(story) ?? { usage: NO_USAGE, seconds: 0 };
  const today = await ofToday(ports, loop);
  return [
    {
      of: `story ${story}`,
      story: true,
      limits: { ...limitsOf(storyTokens, storyUsd), ...(hours ? { hours } : {}) },
      before: sum([before, ...traces.filter((trace) => trace.story === story)]),
    },
    { of: '', story: false, limits: own, before: sum(traces) },
    {
      of: 'the task',
      story: false,
      limits: limitsOf(taskTokens, taskUsd, timesOf(task)),
      before: { usage: task.usage, seconds: 0 },
    },
    ...(today ? [today] : []),
  ];
}

/** A person may have let the task use up as much again. */
const timesOf = ({ granted = 0 }: Task): number => 1 + granted;

type Amount = Bound['before'];

const sum = (all: readonly Amount[]): Amount => ({
  usage: all.reduce((total, { usage }) => addUsage(total, usage), NO_USAGE),
  seconds: all.reduce((total, { seconds }) => total + seconds, 0),
});

/**
 * What all tasks may use up on this day (UTC), and what they did: what is recorded, and what agents of other tasks that
 * run now used so far. Undefined where there is no such limit.
 */
export async function ofToday(ports: LoopPorts, loop: LoopRun): Promise<Bound | undefined> {
  const { dayTokens, dayUsd } = loop.config.limits;
  if (dayTokens === undefined && dayUsd === undefined) return undefined;
  const day = new Date(ports.clock.now()).toISOString().slice(0, 'yyyy-mm-dd'.length);
  const tasks = await allTasks(ports);
  const recorded = tasks.flatMap(({ today }) => (today?.day === day ? [today.usage] : []));
  const running = tasks.filter(({ id, lease }) => id !== loop.id && lease && isHeld(ports, lease));
  const now = await Promise.all(running.map((task) => runsNow(ports, loop, task)));
  const usage = [...recorded, ...now].reduce(addUsage, NO_USAGE);
  const limits = limitsOf(dayTokens, dayUsd);
  return { of: `all tasks on ${day}`, story: false, limits, before: { usage, seconds: 0 } };
}

/** What the run of another task used that is not recorded yet. */
async function runsNow({ files }: LoopPorts, { repo }: LoopRun, { id }: Task): Promise<Usage> {
  try {
    const text = await files.read(join(runsFolder(repo, id), 'heartbeat.json'));
    return { ...NO_USAGE, ...(JSON.parse(text ?? '{}') as Partial<Heartbeat>).run };
  } catch {
    return NO_USAGE;
  }
}

const limitsOf = (tokens: number | undefined, usd: number | undefined, times = 1) => ({
  ...(tokens === undefined ? {} : { tokens: times * tokens }),
  ...(usd === undefined ? {} : { usd: times * usd }),
});
