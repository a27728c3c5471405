import type { Event } from '../core/event.ts';
import type { Oid, RefMove } from './git.ts';

export type Kind =
  | 'tasks'
  | 'requests'
  | 'escalations'
  | 'messages'
  | 'landings'
  | 'resolutions'
  | 'decisions'
  | 'leases'
  | 'queue'
  | 'meta';
export type Key = `${Kind}/${string}`;
export interface Entry {
  readonly key: Key;
  readonly rev: Oid;
  readonly docs: Readonly<Record<string, string>>;
}
/** One event of one entry. Documents are replaced by name; null takes one out; `remove` takes the whole entry out. */
export interface Write {
  readonly key: Key;
  readonly event: Event;
  readonly docs: Readonly<Record<string, string | null>>;
  /** Commits this entry keeps reachable. */
  readonly keeps?: readonly Oid[];
  readonly remove?: boolean;
}
export interface Decision<T> {
  readonly writes: readonly Write[];
  readonly moves?: readonly RefMove[];
  readonly result: T;
}
export interface View {
  entry(key: Key): Entry | undefined;
  all(kind: Kind): readonly Entry[];
}
export interface Reads {
  readonly keys: readonly Key[];
  readonly kinds?: readonly Kind[];
}
/** Where entries of the ledger stand. */
export type Position = ReadonlyMap<Key, Oid>;
/** An event as it stands in the ledger; `id` names it for good. */
export interface Told {
  readonly id: Oid;
  readonly key: Key;
  readonly event: Event;
}
export interface Ledger {
  read(key: Key): Promise<Entry | undefined>;
  /** All entries of a kind, with the named documents only, in two git calls. */
  list(kind: Kind, docs: readonly string[]): Promise<readonly Entry[]>;
  /** Oldest first. */
  history(key: Key): Promise<readonly Event[]>;
  /** Where every entry stands that tells what happens: leases and the like are left out. */
  position(): Promise<Position>;
  /** What was written from one position to another, the oldest first, a page at a time. */
  between(from: Position, to: Position): AsyncIterable<readonly Told[]>;
  /**
   * Reads, decides and writes, all under one compare-and-swap; decides again when somebody was faster.
   * Refuses with `ledger.moved` when a ref named in `moves` is not where the decision expects it.
   */
  transact<T>(reads: Reads, decide: (view: View) => Decision<T>): Promise<T>;
}
