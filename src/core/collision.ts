import { type Overlap, overlap, ownsOf } from './claims.ts';
import type { Task } from './task.ts';

/** Two branches that would conflict with each other, and where. */
export interface Clash {
  readonly a: string;
  readonly b: string;
  readonly paths: readonly string[];
}

/** What is known of branches besides their tasks' claims; what is left out is not known. */
export interface Foreknown {
  /** Paths that many may claim: config's `ownership.shared`. */
  readonly shared?: readonly string[];
  /** What the radar found. */
  readonly clashes?: readonly Clash[];
  /** Paths that a branch has changed already, by branch. */
  readonly touched?: ReadonlyMap<string, readonly string[]>;
}

/** What keeps two tasks from running side by side. */
export type Collision =
  | ({ readonly by: 'claim' } & Overlap)
  | { readonly by: 'branch'; readonly paths: readonly string[] }
  | { readonly by: 'touch'; readonly paths: readonly string[] };

type Party = Pick<Task, 'id' | 'branch' | 'owns' | 'rivals'>;

/**
 * Why two tasks should not run at once: their claims have a path in common, their branches conflict, or one of them has
 * changed what the other claims. Undefined where nothing speaks against it; an empty claim collides by its branch alone.
 */
export function collides(a: Party, b: Party, known: Foreknown = {}): Collision | undefined {
  const { shared = [], clashes = [], touched = new Map() } = known;
  if (a.id === b.id || areRivals(a, b)) return undefined;
  const claim = overlap(a.owns, b.owns, shared);
  if (claim) return { by: 'claim', ...claim };
  const met = clashes.find((one) => sameTwo(one, a.branch, b.branch));
  if (met) return { by: 'branch', paths: met.paths };
  const free = ownsOf(shared);
  const trodden = [...claimed(a, touched.get(b.branch)), ...claimed(b, touched.get(a.branch))].filter(
    (path) => !free(path),
  );
  return trodden.length > 0 ? { by: 'touch', paths: trodden } : undefined;
}

/** Tasks that do the same, of which one lands: they are meant to collide. */
export const areRivals = (a: Pick<Task, 'rivals'>, b: Pick<Task, 'rivals'>): boolean =>
  a.rivals !== undefined && a.rivals === b.rivals;

const sameTwo = (one: Clash, a: string, b: string): boolean =>
  (one.a === a && one.b === b) || (one.a === b && one.b === a);

function claimed({ owns }: Party, paths: readonly string[] = []): readonly string[] {
  return owns.length === 0 || paths.length === 0 ? [] : paths.filter(ownsOf(owns));
}
