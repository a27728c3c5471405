import { readPrd, writePrd } from './prd.ts';
import { Refusal } from './refusal.ts';

export interface WentBack {
  readonly prd: string;
  /** Stories that passed and do not any more. */
  readonly undone: readonly string[];
  /** Stories that pass again. */
  readonly again: readonly string[];
  readonly complete: boolean;
}

/**
 * The stories of a task whose branch goes back to an earlier commit: those pass that passed then. A flag nobody vouches
 * for only counts where it stands now, too. Stories that came since are kept.
 */
export function wentBack(now: string, then: { readonly prd: string | undefined; readonly vouched: boolean }): WentBack {
  const before = readPrd(now, 'prd.json').stories;
  const flags = flagsIn(then.prd);
  const passes = (id: string, passed: boolean) => flags.get(id) === true && (then.vouched || passed);
  const changed = before.filter((story) => story.passes !== passes(story.id, story.passes));
  return {
    prd: writePrd(now, Object.fromEntries(changed.map(({ id, passes }) => [id, { passes: !passes }]))),
    undone: changed.filter(({ passes }) => passes).map(({ id }) => id),
    again: changed.filter(({ passes }) => !passes).map(({ id }) => id),
    complete: before.length > 0 && before.every((story) => passes(story.id, story.passes)),
  };
}

/** None where nothing can be read: then nothing counts as passed. */
function flagsIn(text: string | undefined): ReadonlyMap<string, boolean> {
  try {
    return new Map(text === undefined ? [] : readPrd(text, 'prd.json').stories.map(({ id, passes }) => [id, passes]));
  } catch (error) {
    if (error instanceof Refusal) return new Map();
    throw error;
  }
}
