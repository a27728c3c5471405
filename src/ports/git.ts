import type { Identity } from '../core/agent-env.ts';
import type { Conflicted } from '../core/merge/conflict.ts';
import type { GitForesight } from './foresight.ts';
import type { GitMerging } from './merging.ts';
import type { GitRemotes } from './remotes.ts';
import type { Snapshot, SnapshotSpec } from './snapshot.ts';
import type { GitWorktrees } from './worktrees.ts';

export type { Conflicted } from '../core/merge/conflict.ts';

/** A full object name, 40 or 64 hex digits. */
export type Oid = string;

export interface Repo {
  /** The git directory all worktrees share. */
  readonly common: string;
  /** The git directory of the worktree gwt was started in. */
  readonly gitDir: string;
  /** The worktree gwt was started in; undefined in a bare repository. */
  readonly top: string | undefined;
  /** Folder of the main worktree, or of the bare repository. */
  readonly root: string;
  readonly bare: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
}
export interface RefMove {
  readonly ref: string;
  readonly from: Oid;
  readonly to: Oid;
}
export interface CommitFacts {
  readonly oid: Oid;
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly author: string;
  readonly committer: string;
  readonly encoding: string | undefined;
  readonly signed: boolean;
  readonly message: string;
  readonly subject: string;
}
export interface TreeChange {
  readonly path: string;
  readonly status: 'A' | 'M' | 'D' | 'T';
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldOid: Oid;
  readonly newOid: Oid;
}
export interface Found {
  readonly type: string;
  readonly oid: Oid;
  readonly body: Uint8Array;
}

export interface GitRefs {
  resolve(rev: string): Promise<Oid | undefined>;
  /** Full ref name to object, for refs that equal a pattern or lie below it. */
  heads(patterns: readonly string[]): Promise<ReadonlyMap<string, Oid>>;
  current(): Promise<string | undefined>;
  /** The name of who moved it the last time, as its log has it; undefined where there is no log. */
  mover(ref: string): Promise<string | undefined>;
  /** All or none, by compare-and-swap; false when any ref is not where `from` says. */
  move(moves: readonly RefMove[], reason: string): Promise<boolean>;
}
export interface GitObjects {
  write(type: 'blob' | 'tree' | 'commit', body: string | Uint8Array): Promise<Oid>;
  /** Text at `rev:path`, or undefined. */
  text(rev: string, path: string): Promise<string | undefined>;
  /** Objects by any name git understands, in the order asked for, undefined where there is none; one process for all. */
  read(names: readonly string[]): Promise<readonly (Found | undefined)[]>;
  /** Commits of a range as `git rev-list` takes it (`--first-parent` too), oldest first. */
  commits(range: readonly string[], paths?: readonly string[]): Promise<readonly CommitFacts[]>;
  /** Commits with these names, in this order; one process for all. */
  facts(oids: readonly Oid[]): Promise<readonly CommitFacts[]>;
  treeOf(rev: string): Promise<Oid>;
}
/** Commits above the target that lie on one line, oldest first, and the commit of the target's they left from. */
export interface Line {
  readonly base: Oid;
  readonly commits: readonly Oid[];
  /** True when they change something, and nothing that a commit of the target changed since they left it. */
  readonly apart: boolean;
}
export interface GitHistory {
  mergeBase(a: string, b: string): Promise<Oid | undefined>;
  isAncestor(a: string, b: string): Promise<boolean>;
  /** Those of the commits that can be reached from `tip`; ones that are gone are not. One process for all. */
  within(tip: Oid, commits: readonly Oid[]): Promise<ReadonlySet<Oid>>;
  /**
   * Commits of `branch` whose change is not on `target` yet, oldest first, merges left out, as `git rebase` picks them;
   * what can be reached from `past` is known to be there. With `merges` the merges too.
   */
  unlanded(target: Oid, branch: Oid, past?: readonly Oid[], merges?: boolean): Promise<readonly Oid[]>;
  /**
   * The same for many branches at once, in a few processes, by head: those that are one straight line of commits of
   * which none can be on the target. A head that is on it is its own base. For a head that is missing here `unlanded` must be asked.
   */
  straight(target: Oid, heads: readonly Oid[], past?: readonly Oid[]): Promise<ReadonlyMap<Oid, Line>>;
  /** Commits of `target` that make the same change as one of these (by patch id), newest first, by commit. */
  alike(target: Oid, commits: readonly Oid[]): Promise<ReadonlyMap<Oid, readonly Oid[]>>;
  changes(from: string, to: string): Promise<readonly TreeChange[]>;
  /** The paths each of these commits changes, with how many lines come and go there (none in binary files). One process. */
  extent(commits: readonly Oid[]): Promise<ReadonlyMap<Oid, ReadonlyMap<string, number>>>;
  /** Blobs a path had at commits of `from` that `without` does not have, newest first, along the first parents. */
  versions(path: string, from: Oid, without: Oid): Promise<readonly Oid[]>;
  /**
   * Commits along the first parents of these heads that none of `without` has, the oldest first and each behind its own
   * parent, with the time of the commit (seconds since 1970) and the head it belongs to. One process for all.
   */
  chains(
    heads: readonly Oid[],
    without: readonly Oid[],
  ): Promise<readonly { readonly oid: Oid; readonly second: number; readonly head: Oid }[]>;
  aheadBehind(branch: string, target: string): Promise<Distance>;
  /** The same for many commits at once, by commit, in two processes. */
  distances(target: Oid, commits: readonly Oid[]): Promise<ReadonlyMap<Oid, Distance>>;
}
export interface Distance {
  readonly ahead: number;
  readonly behind: number;
}
/** How much in a worktree is not committed. */
export interface Dirt {
  readonly tracked: number;
  readonly untracked: number;
  readonly unmerged: number;
  readonly head: Oid | undefined;
  /** Undefined when HEAD is detached. */
  readonly branch: string | undefined;
}
/** What one worktree shows. `branch` is undefined when HEAD is detached. */
export interface Sight {
  readonly head: Oid;
  readonly branch: string | undefined;
  /** `??` is untracked; the path of a repository inside the worktree ends in `/`. */
  readonly changes: readonly { readonly path: string; readonly code: string }[];
}
/** What differs from HEAD in a worktree, each path with a mark that changes when the file does; `??` begins those of untracked ones. */
export interface Marks {
  readonly head: string;
  readonly branch: string | undefined;
  readonly marks: ReadonlyMap<string, string>;
}
/** One worktree's files and index. Every verb names the worktree by its path. */
export interface GitWork {
  /** Ignored files and folders, the topmost of each. */
  ignored(worktree: string): Promise<readonly string[]>;
  /** What `git status` counts; takes no lock. */
  dirt(worktree: string): Promise<Dirt>;
  /** Where HEAD is and what differs from it, in one process. */
  look(worktree: string): Promise<Sight>;
  /** The same with marks, cheaper: a folder without tracked files is one path, and only so many paths are looked at. */
  marks(worktree: string, most: number): Promise<Marks>;
  /** Tracked paths that somebody told git not to look at (assume-unchanged), so that `look` cannot see their changes. */
  hidden(worktree: string): Promise<readonly string[]>;
  /** Untracked and ignored paths in the main worktree that pathspecs name; a folder named as a whole is one path, with `/`. */
  untracked(pathspecs: readonly string[], skip?: readonly string[]): Promise<readonly string[]>;
  /** Commits exactly these paths as they are; undefined when that changes nothing. */
  commit(worktree: string, paths: readonly string[], message: string, identity: Identity): Promise<Oid | undefined>;
  /** Everything in it but ignored files, as a commit: tree the files, first parent HEAD, second the index, third the rest. */
  snapshot(worktree: string, spec: SnapshotSpec): Promise<Snapshot>;
  /**
   * Files and index as the snapshot says; HEAD must be at its first parent. `from`: a snapshot of the worktree as it
   * is now, left out when it is empty.
   */
  unpack(worktree: string, snapshot: Oid, from?: Oid): Promise<void>;
  /** Paths of local changes that moving from one commit to the other would touch. */
  blocking(worktree: string, from: Oid, to: Oid): Promise<readonly string[]>;
  /** Moves files and index from one commit to the other and leaves every local change alone. */
  follow(worktree: string, from: Oid, to: Oid): Promise<boolean>;
  /** Takes up a `follow` that was cut short: what is half done is ended, what is somebody's stays. */
  followOn(worktree: string, from: Oid, to: Oid): Promise<FollowedOn>;
  /** The same, back to `from`, wherever on the way to `to` it stands. */
  followBack(worktree: string, from: Oid, to: Oid): Promise<FollowedOn>;
  /** The path whose disk has no room for moving from one commit to the other; undefined where there is enough. */
  room(worktree: string, from: Oid, to: Oid): Promise<string | undefined>;
  /** What git is in the middle of there (a merge, a rebase, another git command), or undefined. */
  underway(worktree: string): Promise<string | undefined>;
  /** Makes HEAD, index and files of gwt's own worktree this commit, detached. Ignored files stay, and those in `keep`. */
  place(worktree: string, commit: Oid, keep: readonly string[]): Promise<void>;
  /** Puts an unfinished merge on top of what is placed there, and gives the tree its files now have. */
  placeConflict(worktree: string, tree: Oid, files: readonly ConflictFile[]): Promise<Oid>;
  /** The files of gwt's own worktree as a tree, ignored ones left out, whatever its index and HEAD say. */
  readBack(worktree: string): Promise<Oid>;
}
/** A conflicted path with its stages, and the blob with conflict markers where its text is to be replaced. */
export interface ConflictFile extends Conflicted {
  readonly shown?: { readonly mode: string; readonly oid: Oid };
}
export interface FollowedOn {
  /** False when something is in the way; then index and files are as they were, or on the way still. */
  readonly done: boolean;
  /** Paths that somebody changed meanwhile: they stay as they are, unmerged in the index. */
  readonly yours: readonly string[];
}
export type { Identity };
export interface GitConfig {
  /** The value in force; with `file` (a path, or `local` for the repository's own) what that file alone says. */
  get(name: string, file?: string): Promise<string | undefined>;
  /** A value that names a file, as the main worktree sees it, with `~` filled in. */
  path(name: string): Promise<string | undefined>;
  /** Settings whose lower-case names match this expression, as the main worktree sees them, values in their order. */
  shared(names: string): Promise<ReadonlyMap<string, readonly string[]>>;
  /** In the repository's own config or another file; tried again while another process holds its lock. */
  set(name: string, value: string, file?: string): Promise<void>;
  /** Takes the name out of that file; its section too when it was the last. */
  unset(name: string, file?: string): Promise<void>;
  /** The user's own identity, or gwt's, `unknown`, where git has none. */
  identity(): Promise<Identity & { readonly unknown?: true }>;
}
export interface Git {
  /** Makes an empty repository of a folder. */
  init(folder: string): Promise<void>;
  /** True when git-lfs is installed. */
  lfs(): Promise<boolean>;
  repo(): Promise<Repo>;
  /** As git tells it, for example `2.39.5`. */
  version(): Promise<string>;
  readonly refs: GitRefs;
  readonly objects: GitObjects;
  readonly history: GitHistory;
  readonly merging: GitMerging;
  readonly foresight: GitForesight;
  readonly worktrees: GitWorktrees;
  readonly work: GitWork;
  readonly config: GitConfig;
  readonly remotes: GitRemotes;
}
