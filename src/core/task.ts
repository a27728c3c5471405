import type { GateSpec } from './gate.ts';
import type { Turn } from './queue.ts';
import type { Usage } from './usage.ts';

/**
 * queued   → running    when a loop takes the task's lease
 * running  → finished   when every story passes
 * running  → queued     when its lease is given back or lost; the work is kept
 * running  → blocked    when it needs a person or another task
 * finished → landed     when the coordinator advances the target
 * finished → running    when it is bounced: sent back to its own agent
 * finished → blocked    when landing it needs a person
 * blocked  → queued     when a person has decided
 * landed   → finished   when the landing is undone
 * any      → dropped    by `gwt rm`; kept in the trash, `gwt restore` makes it queued again
 */
export type TaskState = 'queued' | 'running' | 'finished' | 'landed' | 'blocked' | 'dropped';

const moves: Record<TaskState, readonly TaskState[]> = {
  queued: ['running', 'finished', 'blocked', 'dropped'],
  running: ['queued', 'finished', 'blocked', 'dropped'],
  finished: ['running', 'queued', 'landed', 'blocked', 'dropped'],
  blocked: ['queued', 'running', 'finished', 'landed', 'dropped'],
  landed: ['finished', 'dropped'],
  dropped: ['queued', 'finished', 'landed', 'blocked'],
};

/** Who holds a task while its loop runs. Times are milliseconds since 1970. */
export interface Lease {
  readonly holder: string;
  readonly pid: number;
  /** Start of the process as the kernel tells it, so that a reused pid is not taken for the holder. */
  readonly started: string;
  readonly host: string;
  readonly beat: number;
  readonly ttl: number;
  readonly run: string;
}

/** A conflict that went back to the agent of a task: the story it became, where the branch was, what it met. */
export interface Bounce {
  readonly at: string;
  readonly target: string;
  readonly story: string;
  readonly paths: readonly string[];
  readonly head: string;
  readonly onto: string;
}

/** Since when, until when and why a task holds a pattern that it did not begin with. Times are ISO times. */
export interface ClaimTerm {
  readonly pattern: string;
  readonly since: string;
  readonly until?: string;
  readonly why?: string;
  /** Who claimed it. */
  readonly by: string;
  /** True when an agent took it, or had it of another: that says nothing about what a person lets the task do. */
  readonly agent?: true;
}

/** A path as it was committed when its claim went to others: these versions (blobs; zeros for none) may still land. */
export interface Kept {
  readonly path: string;
  readonly oids: readonly string[];
}

/** One piece of work: one branch, one worktree, one PRD, one claim. Paths are absolute, branch names short. */
export interface Task {
  readonly version: 1;
  readonly id: string;
  /** What the user typed to name it. */
  readonly title: string;
  readonly state: TaskState;
  /** False between the intent to spawn and the fact: a crash in between is repaired, never guessed at. */
  readonly ready: boolean;
  readonly branch: string;
  readonly worktree: string;
  readonly base: string;
  readonly target: string;
  /** What it alone may change. */
  readonly owns: readonly string[];
  /** What it may change as others may, too. */
  readonly shares?: readonly string[];
  /** True when it may change all that nobody else owns, whatever it claims; left out: when it claims nothing. */
  readonly open?: boolean;
  readonly terms?: readonly ClaimTerm[];
  /** What it may change although it is frozen, or needs somebody's approval. */
  readonly approved?: readonly string[];
  readonly kept?: readonly Kept[];
  readonly agent: string;
  readonly agentId: string;
  readonly role: string;
  /** One of the config's profiles, where it is not its agent's. */
  readonly profile?: string;
  readonly labels?: readonly string[];
  /** The agent that may object before a story passes, where it is not the config's. */
  readonly review?: string;
  /** Stories that are to find something out and change nothing: what they wrote down is their work. */
  readonly thinking?: readonly string[];
  /** What several tasks that do the same were spawned as, of which one is to land; `won` is the one that was chosen. */
  readonly rivals?: string;
  readonly won?: boolean;
  readonly priority: number;
  readonly after: readonly string[];
  readonly gates: readonly GateSpec[];
  /** The larger piece of work it is a part of, together with others. */
  readonly epic?: string;
  /** The plan it comes from, by its path in the repository. */
  readonly plan?: string;
  readonly prompt: string;
  /** True when the branch was there before the task: it is never deleted with it. */
  readonly adopted: boolean;
  /** Where the working copies lie in the worktree, relative to it. */
  readonly seeds: { readonly memory: string; readonly prd: string; readonly progress: string };
  readonly createdAt: string;
  readonly iteration: number;
  readonly usage: Usage;
  /** What it used on the last day (UTC, `2026-01-31`) on which it used anything. */
  readonly today?: { readonly day: string; readonly usage: Usage };
  /** How often a person let it use up its limits once more. */
  readonly granted?: number;
  readonly lease?: Lease;
  /** Its worktree is on its way back to this checkpoint: whoever comes next goes the rest of it. */
  readonly goingBack?: { readonly checkpoint: number; readonly commit: string };
  /** Where it stands in the queue, once that is not simply behind what was there before it. */
  readonly turn?: Turn;
  /** Why it is blocked, and the escalation a person answers. */
  readonly blocked?: { readonly reason: string; readonly escalation?: string };
  /** Conflicts with its target that its agent had to settle, the oldest first. */
  readonly bounced?: readonly Bounce[];
  readonly landed?: { readonly target: string; readonly head: string; readonly at: string; readonly landing: string };
  /** The request that asks for it to land, and what was pushed for it; it has landed once that is seen on the target. */
  readonly proposed?: {
    readonly remote: string;
    readonly branch: string;
    /** The branch's own head then, and what was made of it. */
    readonly from: string;
    readonly head: string;
    readonly target: string;
    readonly url: string;
    readonly at: string;
  };
  /** When its worktree went to the pool, and where what was left in it lies. */
  readonly handed?: {
    readonly at: string;
    readonly trash: string;
    readonly checkpoint: number;
    readonly ignored: { readonly paths: readonly string[]; readonly bytes: number };
  };
  /** Where `gwt rm` put it. */
  readonly dropped?: {
    readonly at: string;
    readonly from: TaskState;
    readonly trash?: string;
    /** The checkpoint that has its files, but for these ignored ones. */
    readonly checkpoint?: number;
    readonly ignored?: { readonly paths: readonly string[]; readonly bytes: number };
  };
}

/** True when a task may go from one state to the other; staying is always allowed. */
export function mayMove(from: TaskState, to: TaskState): boolean {
  return from === to || moves[from].includes(to);
}

/** The task in its new state, or undefined when the move is not one of the moves above. */
export function moved(task: Task, state: TaskState, change: Partial<Task> = {}): Task | undefined {
  return mayMove(task.state, state) ? { ...task, ...change, state } : undefined;
}

/** True while a task's claim binds others: it is neither landed nor dropped. */
export function isActive(task: Pick<Task, 'state'>): boolean {
  return task.state !== 'landed' && task.state !== 'dropped';
}

/** True when the holder of a lease has not shown itself for longer than the lease's time to live. */
export function expired(lease: Lease, now: number): boolean {
  return now - lease.beat > lease.ttl;
}
