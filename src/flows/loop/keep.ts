import type { CheckpointFacts } from '../../core/checkpoint.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import { saveCheckpoint } from '../checkpoint.ts';
import type { LoopPorts } from './run.ts';

/** Makes a checkpoint of the worktree. Work that cannot be kept is still there: that is told, and the loop goes on. */
export async function keepWorktree(
  ports: LoopPorts,
  task: Task,
  why: string,
  after: Pick<CheckpointFacts, 'iteration' | 'outcome'> = {},
): Promise<void> {
  try {
    await saveCheckpoint(ports, task, why, after);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const at = new Date(ports.clock.now()).toISOString();
    ports.report({ type: 'task.changed', at, task: task.id, what: `no checkpoint was made (${error.code})` });
  }
}
