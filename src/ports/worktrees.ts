import type { Oid } from './git.ts';

export interface Worktree {
  readonly path: string;
  readonly head: Oid;
  readonly branch: string | undefined;
  readonly bare: boolean;
  readonly locked: boolean;
  readonly prunable: boolean;
}
/** A worktree without any change of its own that git would show, and what lies in it besides. Folders end in `/`. */
export interface Warm {
  readonly head: Oid;
  /** Untracked and ignored, empty folders too, the topmost of each; and those of them that are ignored. */
  readonly others: readonly string[];
  readonly ignored: readonly string[];
  readonly touched: readonly string[];
}
/** Git's worktrees as a list; what lies in one of them is `GitWork`'s. */
export interface GitWorktrees {
  list(): Promise<readonly Worktree[]>;
  /** From the main worktree, whose sparse checkout it inherits. `env` marks the process. */
  add(spec: {
    readonly path: string;
    readonly branch?: string;
    readonly commit?: Oid;
    readonly checkout?: boolean;
    readonly env?: Readonly<Record<string, string>>;
  }): Promise<void>;
  /** Checks out the files of HEAD in a worktree that was added without them. `config` holds for this alone. */
  fill(path: string, env: Readonly<Record<string, string>>, config: Readonly<Record<string, string>>): Promise<void>;
  /** Runs the post-checkout hook as git does for a new worktree. */
  announce(path: string, head: Oid, env: Readonly<Record<string, string>>): Promise<void>;
  /** Makes git list a folder that has its files already: HEAD on the branch at that commit, index as the commit, files untouched. */
  adopt(spec: { readonly path: string; readonly branch: string; readonly commit: Oid }): Promise<void>;
  /** Sets up the submodules that the main worktree has, borrowing its objects; gives their paths. Refuses `submodule.failed`. */
  submodules(path: string, env: Readonly<Record<string, string>>): Promise<readonly string[]>;
  /** What lies in a folder besides the files of a commit, whatever its index says; undefined when it is no worktree of this repository. */
  besides(path: string, commit: Oid): Promise<readonly string[] | undefined>;
  /**
   * Undefined for a worktree whose files cannot be handed on: changed, locked, sparse, with submodules or repositories in
   * it, in the middle of something. `touched` are tracked files that anybody did anything to from `since` on.
   */
  warm(path: string, since: number): Promise<Warm | undefined>;
  /** Has git know a worktree that was moved at its new place; with a commit its HEAD is detached there. */
  settle(path: string, head?: Oid): Promise<void>;
  /** Puts the files and the index of one worktree into a new one that has none; gives the git directory that is left. */
  graft(from: string, to: string): Promise<string>;
  /** Checks these files out anew, those of them that the index has. */
  renew(path: string, files: readonly string[]): Promise<void>;
  /** Takes it out of git's list, also when it was only half put there; its folder must be gone or moved. */
  forget(path: string): Promise<void>;
  gitDir(path: string): Promise<string>;
  /** The git directory of a worktree as git's list has it, also when its folder is gone; undefined when it is not listed. */
  admin(path: string): Promise<string | undefined>;
  /** What git says when a ref of gwt's own is to be made from inside the worktree; undefined when nothing stopped it. */
  probe(path: string, ref: string, commit: Oid): Promise<string | undefined>;
}
