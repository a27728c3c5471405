import type { TaskRequest } from './draft.ts';
import type { Lease } from './task.ts';

/** One try that led to nothing: the task or its entry went back to the queue. */
export interface Attempt {
  /** ISO time. */
  readonly at: string;
  readonly by: string;
  /** `lost`: whoever had it went away, which is not the task's fault and never makes it dead. */
  readonly outcome: 'failed' | 'lost';
  readonly reason: string;
  /** The file with what it printed. */
  readonly log?: string;
  /** True once a person has revived it since: it counts no more. */
  readonly forgiven?: boolean;
}

/** Where something stands in the queue. */
export interface Turn {
  /** `dead`: it failed too often, and waits for a person. */
  readonly state: 'waiting' | 'paused' | 'dead';
  /** Waits since then, in milliseconds since 1970: the older goes first, and gains priority by waiting. */
  readonly since: number;
  /** The oldest first. */
  readonly attempts: readonly Attempt[];
  /** Who makes it into a task, or begins its loop. */
  readonly takenBy?: Lease;
}

/**
 * Planned work that has no worktree yet: ledger entry `queue/<id>`, document `entry.json`, its stories in `prd.json`
 * where it came with some. Ids are those of tasks; once it is a task, the entry is gone.
 */
export interface Planned extends Omit<TaskRequest, 'prd' | 'stories'>, Turn {
  readonly version: 1;
  readonly id: string;
  readonly prompt: string;
  readonly owns: readonly string[];
  readonly after: readonly string[];
  readonly priority: number;
  /** ISO time. */
  readonly createdAt: string;
}

/** What is kept of attempts that count no more: enough to see how it went. */
const MOST_ATTEMPTS = 10;

/** The turn after an attempt that came to nothing: waiting again, or dead where it failed `most` times. Nobody has it any more. */
export function afterAttempt<T extends Turn>(turn: T, attempt: Attempt, most = Number.POSITIVE_INFINITY): T {
  const all = [...turn.attempts, attempt];
  const attempts = all.filter((one, at) => counts(one) || at >= all.length - MOST_ATTEMPTS);
  const dead = failures({ attempts }) >= most;
  const { takenBy: _, ...rest } = turn;
  return { ...(rest as T), attempts, state: dead ? 'dead' : turn.state };
}

/** How many of its attempts count against it. */
export function failures({ attempts }: Pick<Turn, 'attempts'>): number {
  return attempts.filter(counts).length;
}

const counts = ({ outcome, forgiven }: Attempt): boolean => outcome === 'failed' && !forgiven;

/** The turn of what a person wants to be tried again, with all its attempts. */
export function revived(turn: Turn): Turn {
  return { ...turn, state: 'waiting', attempts: turn.attempts.map((one) => ({ ...one, forgiven: true })) };
}

/** The turn as a task has it that never had one. */
export function turnOf({ turn, createdAt }: { readonly turn?: Turn; readonly createdAt: string }): Turn {
  return turn ?? { state: 'waiting', since: Date.parse(createdAt), attempts: [] };
}

/** The turn of a task whose loop begins: nobody has to make anything of it any more. */
export function begun({ since, attempts }: Turn): Turn {
  return { state: 'waiting', since, attempts };
}
