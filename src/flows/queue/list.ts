import { type Place, placesOf } from '../../core/turns.ts';
import { type Hints, lookAt, type QueuePorts } from './look.ts';

export interface QueueList {
  /** In the order in which they would be taken; `why` says what a place waits for. */
  readonly queue: readonly Place[];
  readonly counts: { readonly ready: number; readonly waiting: number; readonly taken: number; readonly dead: number };
}

/** The queue: planned work, and tasks whose loop does not run. Writes nothing. */
export async function listQueue(ports: QueuePorts, hints: Hints = {}): Promise<QueueList> {
  const queue = placesOf((await lookAt(ports, hints)).scene);
  const taken = queue.filter(({ state }) => state === 'taken').length;
  const dead = queue.filter(({ state }) => state === 'dead').length;
  const ready = queue.filter(({ why }) => why === undefined).length;
  return { queue, counts: { ready, waiting: queue.length - ready - taken - dead, taken, dead } };
}
