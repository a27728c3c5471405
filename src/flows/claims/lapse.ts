import { inForce, keeping, lapsed } from '../../core/holding.ts';
import { taskOf } from '../../core/records.ts';
import { isActive, type Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { allTasks } from '../tasks.ts';
import { keptOf } from './kept.ts';
import { taskWrites } from './record.ts';
import { tellWorktrees } from './told.ts';

type LapsePorts = Pick<Ports, 'git' | 'ledger' | 'config' | 'files' | 'self' | 'locks' | 'clock' | 'report'>;

/** All tasks with the claims they hold now. A claim that ran out is taken off first; what was committed under it is kept. */
export async function tasksInForce(ports: LapsePorts): Promise<readonly Task[]> {
  const tasks = await allTasks(ports);
  const late = tasks.filter((task) => isActive(task) && lapsed(task, ports.clock.now()).length > 0);
  if (late.length === 0) return tasks;
  for (const task of late) await lapse(ports, task);
  await tellWorktrees(ports);
  return allTasks(ports);
}

async function lapse(ports: LapsePorts, task: Task): Promise<void> {
  const now = ports.clock.now();
  const owns = lapsed(task, now).map(({ pattern }) => pattern);
  const kept = await keptOf(ports, task, owns);
  const key = `tasks/${task.id}` as const;
  const event = { type: 'claim.lapsed', at: new Date(now).toISOString(), task: task.id, owns } as const;
  const done = await ports.ledger.transact({ keys: [key, 'meta/claims'] }, (view) => {
    const entry = view.entry(key);
    const before = entry && taskOf(entry);
    if (!before || lapsed(before, now).length === 0) return { writes: [], result: false };
    const after = { ...inForce(before, now), ...keeping(before, kept) };
    return { writes: taskWrites(key, after, event), result: true };
  });
  if (done) ports.report(event);
}
