import type { Event } from '../../core/event.ts';
import type { Attempt } from '../../core/queue.ts';
import { afterAttempt } from '../../core/queue.ts';
import { document } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Entry, View, Write } from '../../ports.ts';
import { plannedOf } from './look.ts';

/** Which entry of the queue becomes a task, and the run of the lease under which it was taken for that. */
export interface Planning {
  readonly run: string;
}

/**
 * What an entry of the queue adds to the transaction that makes it a task: the entry goes, the task keeps it, so that
 * there is always exactly one of the two. Refuses `task.exists` for an entry that was not taken for this, and
 * `task.busy` when somebody took it over.
 */
export function turnOver(
  view: View,
  id: string,
  planning: Planning | undefined,
  event: Event,
): {
  readonly writes: readonly Write[];
  readonly docs: Readonly<Record<string, string>>;
  readonly keeps: readonly string[];
} {
  const found = view.entry(`queue/${id}`);
  const entry = found && plannedOf(found);
  if (!planning) {
    if (entry) throw new Refusal('task.exists', { task: id, state: `in the queue (${entry.state})` });
    return { writes: [], docs: {}, keeps: [] };
  }
  if (!found || entry?.takenBy?.run !== planning.run)
    throw new Refusal('task.busy', { task: id, holder: entry?.takenBy?.holder ?? 'another gwt' });
  return {
    writes: [{ key: found.key, event, docs: {}, remove: true }],
    docs: { 'entry.json': found.docs['entry.json'] ?? '' },
    keeps: [found.rev],
  };
}

/** The entry of a task that could not be made, as it goes back to the queue with the attempt. */
export function turnBack(task: Entry | undefined, attempt: Attempt, most: number): readonly Write[] {
  if (task?.docs['entry.json'] === undefined) return [];
  const before = plannedOf(task);
  const entry = afterAttempt(before, attempt, most);
  const { at, reason } = attempt;
  const stories = task.docs['prd.json'];
  return [
    {
      key: `queue/${before.id}`,
      event: { type: 'queue.back', at, task: before.id, reason, dead: entry.state === 'dead' },
      docs: { 'entry.json': document(entry), ...(stories === undefined ? {} : { 'prd.json': stories }) },
      keeps: [task.rev],
    },
  ];
}
