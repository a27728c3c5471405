import type { Story } from './prd.ts';

/** What an iteration should work on. `reason` says why this story and not another. */
export type Next =
  | { readonly outcome: 'complete' }
  | { readonly outcome: 'story'; readonly story: Story; readonly reason: string }
  | { readonly outcome: 'waiting'; readonly reason: string };

/**
 * The story to work on: of those that wait for nothing the most urgent, in the file's order where they are alike.
 * Stories that the file sets aside are left
 * out. `waiting` when all that is left waits, or is set aside.
 */
export function next(stories: readonly Story[]): Next {
  const open = stories.filter((story) => !story.passes);
  if (open.length === 0) return { outcome: 'complete' };
  const passing = new Set(stories.filter((story) => story.passes).map(({ id }) => id));
  const free = open.filter(({ after, held }) => held === undefined && after.every((id) => passing.has(id)));
  const [first, ...others] = [...free].sort((a, b) => a.priority - b.priority);
  if (!first) {
    const why = open.some(({ held }) => held) ? 'nobody may work on what is left' : 'the stories wait for one another';
    return { outcome: 'waiting', reason: `${why}: ${open.map((story) => waitOf(story, passing)).join('; ')}` };
  }
  return { outcome: 'story', story: first, reason: reasonFor(first, others, open.length - free.length) };
}

function waitOf({ id, after, held }: Story, passing: ReadonlySet<string>): string {
  return held
    ? `${id} is set aside (${held})`
    : `${id} waits for ${after.filter((one) => !passing.has(one)).join(', ')}`;
}

function reasonFor(story: Story, others: readonly Story[], waiting: number): string {
  const held = waiting > 0 ? `; ${waiting} more wait for other stories or are set aside` : '';
  if (others.length === 0) return `the only story that is open and waits for nothing${held}`;
  const alike = others.some(({ priority }) => priority === story.priority);
  return alike ? `first in the file of the most urgent ones${held}` : `the most urgent${held}`;
}
