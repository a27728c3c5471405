import { type Prd, readPrd, type Story } from './prd.ts';
import { Refusal } from './refusal.ts';

/** What the agent's working copy of the PRD says that the ledger's does not. */
export interface Proposals {
  /** Stories the agent marked as passing. */
  readonly flipped: readonly string[];
  /** Notes the agent changed, by story. */
  readonly notes: Readonly<Record<string, string>>;
  /** Why the copy cannot be read, with the place. */
  readonly broken?: string;
  /** True when stories were changed in what only people and gwt decide: their number, texts, order, waiting. */
  readonly altered: boolean;
}

const NOTES = 4000;

/** Reads the agent's copy beside the ledger's. A copy that is gone or broken proposes nothing. */
export function proposalsOf(ledger: Prd, copy: string | undefined): Proposals {
  const nothing = { flipped: [], notes: {}, altered: false };
  if (copy === undefined) return { ...nothing, broken: 'the file is gone' };
  if (copy === ledger.text) return nothing;
  const read = readable(copy);
  if (typeof read === 'string') return { ...nothing, broken: read };
  const known = new Map(ledger.stories.map((story) => [story.id, story]));
  const changed = read.flatMap((story) => {
    const before = known.get(story.id);
    return before && before.notes !== story.notes ? [[story.id, story.notes.slice(0, NOTES)] as const] : [];
  });
  return {
    flipped: read.filter(({ id, passes }) => passes && known.get(id)?.passes === false).map(({ id }) => id),
    notes: Object.fromEntries(changed),
    altered: decided(read) !== decided(ledger.stories),
  };
}

function readable(copy: string): readonly Story[] | string {
  try {
    return readPrd(copy, 'prd.json').stories;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'prd.invalid') throw error;
    const { why, line, column } = error.facts as { why: string; line?: number; column?: number };
    return `line ${line}, column ${column}: ${why}`;
  }
}

/** All of a story but what an agent may propose. */
function decided(stories: readonly Story[]): string {
  return JSON.stringify(stories.map((story) => ({ ...story, passes: undefined, notes: undefined })));
}

/**
 * The PRD a loop starts from when a person edited the working copy between runs: stories and texts as they say now,
 * a flag set back counts, a flag set to true does not (only gates do that).
 */
export function editedByPerson(ledger: Prd, copy: Prd): Readonly<Record<string, { readonly passes: boolean }>> {
  const passing = new Set(ledger.stories.filter(({ passes }) => passes).map(({ id }) => id));
  return Object.fromEntries(copy.stories.map(({ id, passes }) => [id, { passes: passes && passing.has(id) }]));
}
