import type { Attributes } from '../core/merge/attributes.ts';
import type { Conflicted } from '../core/merge/conflict.ts';
import type { CommitFacts, Oid } from './git.ts';

export type Picked =
  | { readonly outcome: 'clean'; readonly tree: Oid }
  | {
      readonly outcome: 'conflicts';
      readonly tree: Oid;
      readonly files: readonly Conflicted[];
      readonly messages: readonly string[];
      /** How the conflict markers in the tree's files name the two sides. */
      readonly names: { readonly ours: string; readonly theirs: string };
    };

export interface GitMerging {
  /** Paths that would conflict for each pair of commits, none where they merge; in memory, one process for all. */
  conflicts(pairs: readonly (readonly [Oid, Oid])[]): Promise<readonly (readonly string[])[]>;
  /** Looks up at once what picking these commits will need; `pick` works without it, only slower. */
  prepare(onto: Oid, commits: readonly CommitFacts[]): Promise<void>;
  /** The tree of `commit`'s change put on the tree `onto`, in memory. */
  pick(commit: CommitFacts, onto: Oid): Promise<Picked>;
  /**
   * What `head` has in common with the others taken together: the best of their common commits; where there are several,
   * a commit that merges them, as git does it (its tree may hold conflict markers); none where there is none.
   */
  base(head: Oid, others: readonly Oid[]): Promise<Oid | undefined>;
  /** The tree of merging two commits as `git merge` does; with conflict markers in it where it is not clean. */
  join(a: Oid, b: Oid): Promise<{ readonly clean: boolean; readonly tree: Oid }>;
  /** Copies the notes of commits that were made anew to their new names, where git is set up to do so in a rebase. */
  copyNotes(pairs: readonly (readonly [Oid, Oid])[]): Promise<void>;
  /** The commit's author, dates and message on a new tree and parents; without an author it is the committer's, now. */
  recommit(commit: CommitFacts, tree: Oid, parents: readonly Oid[]): Promise<Oid>;
  /** What the attributes in a tree say of each path about merging. */
  attributes(tree: Oid, paths: readonly string[]): Promise<ReadonlyMap<string, Attributes>>;
  /** The commit on other parents, signed as git is configured to. Refuses `merge.unsigned`. */
  sign(commit: CommitFacts, parents: readonly Oid[]): Promise<Oid>;
  /** The tree with other blobs at some paths; a path without one is taken out. */
  put(
    tree: Oid,
    entries: readonly { readonly path: string; readonly mode: string; readonly oid: Oid | undefined }[],
  ): Promise<Oid>;
}
