import type { Task } from '../../core/task.ts';
import { tasksInForce } from '../claims/lapse.ts';
import { rulesFor } from '../claims/rules.ts';
import { settleRequests } from '../claims/settle.ts';
import { catchUp } from '../claims/told.ts';
import { tellOfTouched } from '../claims/touched.ts';
import { memoryOf } from '../seeds.ts';
import { allTasks } from '../tasks.ts';
import type { Assignment } from './agent.ts';
import type { LoopPorts, LoopRun } from './run.ts';

const CLAIMS = 'refs/gwt/meta/claims';

/**
 * Before an agent runs: requests that can go on do, worktrees that were not told of a change are, and the task hears of
 * what changed below it. The standing rules are written anew where claims changed since.
 */
export async function claimsBefore(ports: LoopPorts, loop: LoopRun): Promise<LoopRun> {
  await settleRequests(ports);
  await tellOfTouched(ports, loop.id);
  const claims = (await ports.git.refs.heads([CLAIMS])).get(CLAIMS) ?? '';
  if (claims === loop.claims) return loop;
  await catchUp(ports);
  const tasks = await allTasks(ports);
  const task = tasks.find(({ id }) => id === loop.id);
  return { ...loop, claims, ...(task ? { rules: await memoryOf(ports, task, tasks) } : {}) };
}

/** After an agent ran: what it claimed, was granted or gave up on its way counts for what it did. */
export async function claimsAfter(
  ports: LoopPorts,
  loop: LoopRun,
  work: Assignment,
): Promise<{ readonly loop: LoopRun; readonly work: Assignment }> {
  const tasks = await tasksInForce(ports);
  const ownership = await rulesFor(ports, work.task.target);
  const others = tasks.filter(({ id }) => id !== loop.id);
  const now = tasks.find(({ id }) => id === loop.id);
  return { loop: { ...loop, others, ownership }, work: { ...work, task: now ? withClaim(work.task, now) : work.task } };
}

function withClaim(task: Task, { owns, shares = [], open, terms = [], approved = [], kept = [] }: Task): Task {
  return { ...task, owns, shares, terms, approved, kept, ...(open === undefined ? {} : { open }) };
}
