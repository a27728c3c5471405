import { isManifest } from './manifests.ts';
import type { Task } from './task.ts';

/** What a worktree holds besides the files of its commit, before it is handed on. Folders end in `/`. */
export interface Leavings {
  /** Untracked and ignored, the topmost of each. */
  readonly others: readonly string[];
  /** Those of them that git ignores. */
  readonly ignored: readonly string[];
}

/** Dependency folders that may be moved to another path: what lies in them names no place outside by its full path. */
const MOVABLE = /(^|\/)(node_modules|bower_components|vendor)\/$/;

/** What tools keep inside of a dependency folder is of the old task, not of the packages. */
const CACHES = ['.cache', '.vite', '.vite-temp', '.vitest', '.tmp'];

/**
 * What of its leavings goes with a worktree to the next task: ignored dependency folders, as long as the files that say
 * what belongs there are the same in both commits, and nothing of the new one lies inside. All else is put aside.
 */
export function handedOn(
  { others, ignored }: Leavings,
  own: readonly string[],
  changed: readonly string[],
): { readonly kept: readonly string[]; readonly aside: readonly string[] } {
  const renewed = changed.some(isManifest);
  const isKept = (path: string) =>
    !renewed &&
    ignored.includes(path) &&
    (MOVABLE.test(path) || own.includes(path.replace(/\/$/, ''))) &&
    !changed.some((one) => one.startsWith(path));
  const kept = others.filter(isKept);
  const caches = kept.flatMap((folder) => CACHES.map((name) => `${folder}${name}`));
  return { kept, aside: [...others.filter((path) => !kept.includes(path)), ...caches] };
}

/** True when files of the old commit could look otherwise in a fresh checkout of the new one, though they are the same. */
export function looksOtherwise(changed: readonly string[]): boolean {
  return changed.some((path) => /(^|\/)\.gitattributes$/.test(path) || path === '.gitmodules');
}

/** Tasks whose worktrees may be handed on, the one that landed last first: it is nearest to what comes next. */
export function donors(tasks: readonly Task[]): readonly Task[] {
  return tasks
    .filter(({ state, ready, lease, adopted, handed }) => state === 'landed' && ready && !lease && !adopted && !handed)
    .sort((a, b) => (b.landed?.at ?? '').localeCompare(a.landed?.at ?? ''));
}
