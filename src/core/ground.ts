/** What lies uncommitted in a worktree, by who put it there. Paths only; the same path is in one list. */
export interface Ground {
  /** There before the agent began: a person's. Never committed by gwt. */
  readonly foreign: readonly string[];
  /** The agent's, left uncommitted by an earlier iteration. */
  readonly leftover: readonly string[];
  /** Untracked files that gates wrote. */
  readonly artifacts: readonly string[];
  /** The branch when this was written, and what ran next: tells after a crash whose the rest is. */
  readonly head: string;
  readonly phase: 'agent' | 'gates' | 'rest';
}

interface Change {
  readonly path: string;
  readonly code: string;
}

const within = (paths: readonly string[], dirty: readonly Change[]): readonly string[] =>
  paths.filter((path) => dirty.some((change) => change.path === path));
const without = (dirty: readonly Change[], ...lists: readonly (readonly string[])[]): readonly string[] => {
  const known = new Set(lists.flat());
  return dirty.map(({ path }) => path).filter((path) => !known.has(path));
};

/**
 * The ground a loop begins on. `saved` is what the loop before wrote down. When that one was cut short while its agent
 * ran, all that is new is the agent's; while gates ran, the gates'; else somebody else's.
 */
export function groundAtStart(dirty: readonly Change[], saved: Ground | undefined, head: string): Ground {
  if (!saved || saved.phase === 'rest') return groundBefore(dirty, saved ?? EMPTY, head);
  const foreign = within(saved.foreign, dirty);
  const artifacts = within(saved.artifacts, dirty);
  if (saved.phase === 'agent')
    return { foreign, artifacts, leftover: without(dirty, foreign, artifacts), head, phase: 'rest' };
  const leftover = within(saved.leftover, dirty);
  const fresh = without(dirty, foreign, artifacts, leftover);
  return { foreign, leftover, artifacts: [...artifacts, ...fresh], head, phase: 'rest' };
}

/** The ground before an agent runs: what is neither the agent's nor the gates' is somebody else's. */
export function groundBefore(dirty: readonly Change[], ground: Ground, head: string): Ground {
  const leftover = within(ground.leftover, dirty);
  const artifacts = within(ground.artifacts, dirty);
  return { foreign: without(dirty, leftover, artifacts), leftover, artifacts, head, phase: 'agent' };
}

/** What of the dirty paths is the agent's, once it has run. */
export function agentsOwn(dirty: readonly Change[], ground: Ground): readonly Change[] {
  const known = new Set([...ground.foreign, ...ground.artifacts]);
  return dirty.filter(({ path }) => !known.has(path));
}

/** The ground after the gates: new untracked files are theirs. `changed` are the others, which a gate must not touch. */
export function groundAfterGates(
  before: readonly Change[],
  after: readonly Change[],
  ground: Ground,
): { readonly ground: Ground; readonly changed: readonly string[] } {
  const fresh = after.filter(({ path }) => !before.some((change) => change.path === path));
  const wrote = fresh.filter(({ code }) => code === '??').map(({ path }) => path);
  return {
    ground: { ...ground, artifacts: [...ground.artifacts, ...wrote], phase: 'rest' },
    changed: fresh.filter(({ code }) => code !== '??').map(({ path }) => path),
  };
}

/** Nothing known yet. */
export const EMPTY: Ground = { foreign: [], leftover: [], artifacts: [], head: '', phase: 'rest' };
