import { expired, type Lease, type Task } from './task.ts';

/** What git and the file system say of a task that was begun and never finished. */
export interface HalfMade {
  readonly task: Task;
  /** Where its branch is now. */
  readonly branch?: string;
  /** `foreign` is a folder that is no worktree of this repository; `touched` holds something gwt did not put there. */
  readonly folder: 'absent' | 'empty' | 'foreign' | 'pristine' | 'touched';
}

/** How one half-made task is taken back. Its entry in the ledger goes in the same step as its branch. */
export interface Repair {
  readonly task: string;
  readonly worktree: string;
  readonly folder: 'leave' | 'remove' | 'trash';
  /** The branch to delete, and where it must be for that; undefined where it stays. */
  readonly branch?: { readonly name: string; readonly at: string };
  /** What the person is told. */
  readonly words: string;
}

/** What one process can know of another. */
export interface Witness {
  readonly host: string;
  readonly now: number;
  processStart(pid: number): string | undefined;
}

/**
 * True when the process that took the lease can be shown to live; one on another host is believed until it expires, and
 * so is a lease of no process (pid 0).
 */
export function holds(lease: Lease | undefined, witness: Witness): boolean {
  if (!lease) return false;
  if (lease.pid === 0 || lease.host !== witness.host) return !expired(lease, witness.now);
  return witness.processStart(lease.pid) === lease.started;
}

/** Tasks whose making was cut short: an intent without its fact, and nobody alive who works on it. */
export function abandoned(tasks: readonly Task[], witness: Witness): readonly Task[] {
  return tasks.filter((task) => !task.ready && !holds(task.lease, witness));
}

/**
 * How half-made tasks are taken back. Whatever gwt made itself goes; whatever somebody else changed is kept: a folder
 * by moving it to the trash, a branch by leaving it where it is.
 */
export function repairs(halves: readonly HalfMade[]): readonly Repair[] {
  return halves.map(({ task, branch, folder }) => {
    const kept = branch !== undefined && (task.adopted || branch !== task.base);
    return {
      task: task.id,
      worktree: task.worktree,
      folder: folder === 'touched' ? 'trash' : folder === 'pristine' || folder === 'empty' ? 'remove' : 'leave',
      ...(branch === undefined || kept ? {} : { branch: { name: task.branch, at: branch } }),
      words: wordsFor(task, kept, folder),
    };
  });
}

function wordsFor(task: Task, kept: boolean, folder: HalfMade['folder']): string {
  const more = [
    ...(kept && !task.adopted ? [`branch ${task.branch} has commits and stays`] : []),
    ...(folder === 'touched' ? ['its worktree was changed and is kept in the trash'] : []),
    ...(folder === 'foreign' ? [`${task.worktree} is not gwt's and stays`] : []),
  ];
  return ['a spawn that was cut short is taken back', ...more].join('; ');
}
