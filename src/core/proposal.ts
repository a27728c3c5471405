import { addStory, type Prd, readPrd, type Story, writePrd } from './prd.ts';
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
 * The PRD a loop starts from when a person edited the working copy between runs. `base` is what gwt last wrote there:
 * what a person took out of it is gone, what came into the ledger since stays (a task that was sent back has a story
 * more). A flag they set back counts; one they set to true does not, since only gates do that.
 */
export function takenOver(ledger: Prd, copy: Prd, base: Prd | undefined): string {
  const flag = (prd: Prd | undefined, id: string) => prd?.stories.find((story) => story.id === id)?.passes;
  const flags = copy.stories.map(({ id, passes }) => {
    const setBack = !passes && flag(base, id) === true;
    return [id, { passes: flag(ledger, id) === true && !setBack }] as const;
  });
  const here = (prd: Prd | undefined, id: string) => prd?.stories.some((story) => story.id === id) === true;
  const since = ledger.stories.filter(({ id }) => !here(copy, id) && !here(base, id));
  const joined = since.reduce(addStory, writePrd(copy.text, Object.fromEntries(flags)));
  return writePrd(joined, Object.fromEntries(since.map(({ id, passes }) => [id, { passes }])));
}
