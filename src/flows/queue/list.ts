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

export interface Dead {
  readonly dead: readonly {
    readonly id: string;
    readonly attempts: Place['attempts'];
    /** What to type to have it tried again. */
    readonly revive: string;
  }[];
}

/** What failed too often, with every attempt that is remembered, and how to revive it. */
export async function deadLetters(ports: QueuePorts): Promise<Dead> {
  const { queue } = await listQueue(ports);
  const dead = queue.filter(({ state }) => state === 'dead');
  return { dead: dead.map(({ id, attempts }) => ({ id, attempts, revive: `gwt queue retry ${id}` })) };
}
