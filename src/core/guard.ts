import { askFor, type Trespass, whyNot } from './trespass.ts';

/** What an agent's own tool is about to write, and where it may. Paths are absolute. */
export interface Edit {
  readonly path: string;
  readonly worktree: string;
  /** A file it was asked to write, wherever that lies. */
  readonly answer?: string;
  /** Where anybody puts what is needed for a moment. */
  readonly temporary: string;
  /** Folders of the repository: its checkout, its git directory, the folder of the worktrees. */
  readonly repository: readonly string[];
}

/** The path inside the worktree; undefined for one outside that may be written, or why it may not. */
export function placeOf({ path, worktree, answer, temporary, repository }: Edit): {
  readonly inside?: string;
  readonly why?: string;
} {
  if (path === answer) return {};
  if (isBelow(path, `${worktree}/.git`)) return { why: `${path} belongs to git` };
  if (isBelow(path, worktree)) return { inside: path.slice(worktree.length + 1) };
  if (isBelow(path, temporary) && !repository.some((folder) => isBelow(path, folder))) return {};
  return {
    why: `${path} lies outside of your worktree ${worktree}; work there, or ask: gwt escalate "<which file, and why>"`,
  };
}

/** Why a path inside may not be written, in words for the agent. */
export const trespassWords = (found: Trespass): string =>
  `${found.path} is not yours to change (${whyNot(found)}); ask for it: ${askFor([found])}`;

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
