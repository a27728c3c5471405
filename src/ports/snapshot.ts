import type { Identity, Oid } from './git.ts';

export interface SnapshotSpec {
  readonly message: string;
  /** Commits it keeps reachable besides. */
  readonly keeps?: readonly Oid[];
  /** Lines at its end, as `Name: value`. */
  readonly trailers?: readonly string[];
  readonly identity: Identity;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Ignored files that belong to it all the same. */
  readonly extra: readonly string[];
  /** The branch and its commit, for a worktree that git knows no longer. */
  readonly head: Oid;
  readonly branch: string;
}
export interface Snapshot {
  readonly commit: Oid;
  readonly head: Oid;
  /** Undefined when HEAD was detached. */
  readonly branch: string | undefined;
  readonly tree: Oid;
  /** The same for two snapshots exactly when nothing differs between them. */
  readonly state: string;
  /** What could not be put into it: repositories inside the worktree, files that may not be read. */
  readonly left: readonly { readonly path: string; readonly why: 'nested' | 'unreadable' }[];
}
