import type { Task } from './task.ts';

/** A trash folder as it was found. */
export interface TrashFolder {
  readonly path: string;
  readonly task: Task | undefined;
  /** A checkpoint of the task that says all its files are in it. */
  readonly covered: boolean;
  /** Paths that no checkpoint has: repositories of their own, files that may not be read. */
  readonly left: readonly string[];
  readonly ignored: { readonly paths: readonly string[]; readonly bytes: number };
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly bytes: number;
}

export type Sorted =
  | { readonly keep: false; readonly folder: TrashFolder }
  | { readonly keep: true; readonly folder: TrashFolder; readonly why: string };

/** Which trash folders may go: old enough, of a known task, and all but their ignored files in a checkpoint. */
export function sortTrash(folders: readonly TrashFolder[], now: number, days: number): readonly Sorted[] {
  return folders.map((folder) => {
    const why = whyKept(folder, now, days);
    return why === undefined ? { keep: false, folder } : { keep: true, folder, why };
  });
}

function whyKept({ task, covered, left, since }: TrashFolder, now: number, days: number): string | undefined {
  const age = Math.floor((now - since) / 86_400_000);
  if (age < days) return `only ${age} of ${days} days old`;
  if (!task) return 'no removed task says that this is its folder';
  if (left.length > 0) return `no checkpoint has ${left.slice(0, 3).join(', ')}`;
  return covered ? undefined : 'no checkpoint has its files';
}

/** How many checkpoints of a landed task stay. */
const LAST = 3;

/** Checkpoints that may go: of landed tasks alone, all but the last few. */
export function oldCheckpoints<C extends { readonly number: number }>(
  task: Task,
  found: readonly C[],
  now: number,
  days: number,
): readonly C[] {
  if (task.state !== 'landed' || !task.landed) return [];
  if (now - Date.parse(task.landed.at) < days * 86_400_000) return [];
  return found.slice(0, -LAST);
}
