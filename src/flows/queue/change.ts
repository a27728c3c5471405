import { nearest } from '../../core/near.ts';
import { standingAt, type Where } from '../../core/placing.ts';
import { revived, type Turn } from '../../core/queue.ts';
import { taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import { slugOf } from '../../core/slug.ts';
import type { Task } from '../../core/task.ts';
import { type Place, placesOf } from '../../core/turns.ts';
import type { Key, Ports, View } from '../../ports.ts';
import { closeQuestions } from '../escalate.ts';
import { turnIn, writeOf } from './give-back.ts';
import { lookAt, type QueuePorts, standing } from './look.ts';

export interface Changed {
  readonly changed: readonly { readonly id: string; readonly state: Turn['state'] }[];
}

/** Puts one thing somewhere else in the queue. Refuses `queue.absent` for what is not in it. */
export async function move(ports: QueuePorts, name: string, where: Where): Promise<Changed> {
  const places = placesOf((await lookAt(ports)).scene);
  const [id = '', other = ''] = idsOf(places, [name, ...('other' in where ? [where.other] : [])]);
  const found = standingAt(places, id, 'other' in where ? { ...where, other } : where);
  const words = 'other' in where ? `${where.to} ${where.other}` : where.to;
  const what = where.to === 'priority' ? `priority ${where.priority}` : `moved ${words}`;
  if (!found) return { changed: [] };
  const { priority, since } = found;
  return { changed: [await change(ports, id, what, (turn) => ({ ...turn, since }), { priority })] };
}

/** Nobody takes these until they are resumed. Refuses `task.busy` for what somebody has taken. */
export async function pause(ports: QueuePorts, names: readonly string[] | 'all'): Promise<Changed> {
  return each(ports, names, 'waiting', 'paused in the queue', (turn) => ({ ...turn, state: 'paused' }));
}

/** What was paused waits again, where it stood. */
export async function resume(ports: QueuePorts, names: readonly string[] | 'all'): Promise<Changed> {
  return each(ports, names, 'paused', 'waits in the queue again', (turn) => ({ ...turn, state: 'waiting' }));
}

/** Revives dead letters, or forgets failures so far: all attempts are to be had again. */
export async function retry(ports: QueuePorts, names: readonly string[] | 'all'): Promise<Changed> {
  const done = await each(ports, names, 'dead', 'may be tried again', revived);
  for (const { id } of done.changed) await closeQuestions(ports, id, ['dead'], 'gwt queue retry');
  return done;
}

/** With `all`, those in this state. */
async function each(
  ports: QueuePorts,
  names: readonly string[] | 'all',
  state: Place['state'],
  what: string,
  to: (turn: Turn) => Turn,
): Promise<Changed> {
  const places = placesOf((await lookAt(ports)).scene);
  const named = names === 'all' ? places.filter((place) => place.state === state).map(({ id }) => id) : names;
  const changed: Changed['changed'][number][] = [];
  for (const id of idsOf(places, named)) changed.push(await change(ports, id, what, to));
  return { changed };
}

/** The ids of things in the queue, named by them or by their titles. Refuses `queue.absent`, with what is near. */
export function idsOf(places: readonly Place[], names: readonly string[]): readonly string[] {
  const known = places.map(({ id }) => id);
  const ids = names.map((name) => {
    const found = known.find((id) => id === name) ?? known.find((id) => id === idFrom(name));
    if (found !== undefined) return found;
    const near = nearest(name, known);
    throw new Refusal('queue.absent', { task: name, known: near.length > 0 ? near : known.slice(0, 10) });
  });
  return [...new Set(ids)];
}

function idFrom(name: string): string | undefined {
  const made = slugOf(name);
  return 'slug' in made ? made.slug : undefined;
}

async function change(
  ports: QueuePorts,
  id: string,
  what: string,
  to: (turn: Turn) => Turn,
  more: { readonly priority?: number } = {},
): Promise<Changed['changed'][number]> {
  const keys: readonly Key[] = [`queue/${id}`, `tasks/${id}`];
  const event = { type: 'queue.changed', at: new Date(ports.clock.now()).toISOString(), task: id, what } as const;
  const turn = await ports.ledger.transact<Turn>({ keys }, (view) => {
    const now = free(ports, view, id);
    const after = to(now);
    return { writes: [writeOf(view, id, after, event, more)], result: after };
  });
  ports.report(event);
  return { id, state: turn.state };
}

/** Its turn, unless somebody has it. */
function free(ports: Pick<Ports, 'self' | 'clock'>, view: View, id: string): Turn {
  const turn = turnIn(view, id);
  if (!turn) throw new Refusal('queue.absent', { task: id, known: [] });
  const task = view.entry(`tasks/${id}`);
  const lease: Task['lease'] = (task && taskOf(task).lease) ?? turn.takenBy;
  if (lease && standing(ports)(lease)) throw new Refusal('task.busy', { task: id, holder: lease.holder });
  return turn;
}
