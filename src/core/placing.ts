import type { Place } from './turns.ts';

/** Where in the queue something is to stand. */
export type Where =
  | { readonly to: 'first' | 'last' }
  | { readonly to: 'before' | 'behind'; readonly other: string }
  | { readonly to: 'priority'; readonly priority: number };

/** What decides about a place. */
export type Standing = Pick<Place, 'priority' | 'since'>;

/**
 * Priority and age that put something where it is wanted: as urgent as its new neighbour and a moment older or younger,
 * so that it stays there while both wait. Undefined where there is no neighbour. `places` are in the queue's order.
 */
export function standingAt(places: readonly Place[], id: string, where: Where): Standing | undefined {
  const self = places.find((place) => place.id === id);
  if (where.to === 'priority') return self && { priority: where.priority, since: self.since };
  const others = places.filter((place) => place.id !== id && place.state !== 'dead');
  const ahead = where.to === 'first' || where.to === 'before';
  const at = 'other' in where ? others.findIndex((place) => place.id === where.other) : ahead ? 0 : others.length - 1;
  const beside = others[at];
  return beside && between(beside, others[ahead ? at - 1 : at + 1], ahead ? -1 : 1);
}

/** Halfway to the next one where that is as urgent, else a millisecond away. */
function between({ priority, since }: Standing, next: Standing | undefined, step: number): Standing {
  const gap = next?.priority === priority ? (next.since - since) * step : 0;
  return { priority, since: since + step * (gap > 0 ? Math.min(1, gap / 2) : 1) };
}
