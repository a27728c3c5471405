import type { Planned } from '../../core/queue.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Lease, Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { approve } from '../approve.ts';
import { drafted } from '../spawn.ts';
import { makeTask } from '../spawn-one.ts';
import { failureOf, giveBack } from './give-back.ts';

export type Made =
  | { readonly outcome: 'spawned'; readonly task: Task }
  /** It is back in the queue with the attempt, or dead. */
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** Makes an entry that was taken a task: in the step in which the task begins to be, the entry is gone. */
export async function spawnTaken(
  ports: Ports,
  { entry, lease }: { readonly entry: Planned; readonly lease: Lease },
): Promise<Made> {
  const { id } = entry;
  try {
    if ((await ports.config.load()).worktrees.setup.length > 0) await approve(ports, ['setup']);
    const stories = (await ports.ledger.read(`queue/${id}`))?.docs['prd.json'];
    const [draft] = await drafted(ports, {}, [{ ...entry, ...(stories === undefined ? {} : { stories }) }]);
    if (!draft) throw new Refusal('task.none', { doing: 'spawn' });
    const { since, attempts } = entry;
    const task = { ...draft.task, turn: { state: 'waiting', since, attempts } } as const;
    return { outcome: 'spawned', task: await makeTask(ports, { ...draft, task, planned: { run: lease.run } }) };
  } catch (error) {
    // Where it was a task already, taking that back has put the entry back.
    await giveBack(ports, id, lease.run, failureOf(error));
    if (error instanceof Refusal) return { outcome: 'refused', refusal: error };
    throw error;
  }
}
