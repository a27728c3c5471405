import { join } from 'node:path';
import type { Task } from '../../core/task.ts';
import type { LoopPorts } from './run.ts';

/** Git holds these for moments, unless a hook or an editor runs meanwhile. */
const YOUNG_MS = 2_000;

/**
 * Takes away what a git that was killed left locked in the task's worktree: every later command of its agents would
 * fail on it. A lock stays while any process stands in the worktree, and where the system does not tell of that. The
 * agents of earlier iterations were ended before this is called.
 */
export async function freeDeadLocks(ports: LoopPorts, task: Task): Promise<void> {
  const { git, files, clock, processes, self } = ports;
  const admin = await git.worktrees.admin(task.worktree);
  const { common } = await git.repo();
  if (!admin || !self.platform.startsWith('linux')) return;
  const names = [join(admin, 'index'), join(admin, 'HEAD'), join(common, 'refs/heads', task.branch)];
  for (const path of names.map((name) => `${name}.lock`)) {
    const made = await files.modified(path);
    if (made === undefined) continue;
    await clock.sleep(Math.max(0, YOUNG_MS - (clock.now() - made)));
    if ((await files.modified(path)) !== made || (await processes.inside(task.worktree)).length > 0) continue;
    await files.remove(path);
    const what = `took away ${path}, which a git that is gone had left`;
    ports.report({ type: 'task.changed', at: new Date(clock.now()).toISOString(), task: task.id, what });
  }
}
