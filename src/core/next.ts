import type { Story } from './prd.ts';

/** What an iteration should work on. `reason` says why this story and not another. */
export type Next =
  | { readonly outcome: 'complete' }
  | { readonly outcome: 'story'; readonly story: Story; readonly reason: string }
  | { readonly outcome: 'waiting'; readonly reason: string };

/**
 * The story to work on: of those that wait for nothing the most urgent, in the file's order where they are alike.
 * `waiting` when all that is left waits in a circle.
 */
export function next(stories: readonly Story[]): Next {
  const open = stories.filter((story) => !story.passes);
  if (open.length === 0) return { outcome: 'complete' };
  const passing = new Set(stories.filter((story) => story.passes).map(({ id }) => id));
  const free = open.filter(({ after }) => after.every((id) => passing.has(id)));
  const [first, ...others] = [...free].sort((a, b) => a.priority - b.priority);
  if (!first) {
    const waits = open.map(({ id, after }) => `${id} waits for ${after.filter((one) => !passing.has(one)).join(', ')}`);
    return { outcome: 'waiting', reason: `the stories wait for one another: ${waits.join('; ')}` };
  }
  return { outcome: 'story', story: first, reason: reasonFor(first, others, open.length - free.length) };
}

function reasonFor(story: Story, others: readonly Story[], waiting: number): string {
  const held = waiting > 0 ? `; ${waiting} more wait for other stories` : '';
  if (others.length === 0) return `the only story that is open and waits for nothing${held}`;
  const alike = others.some(({ priority }) => priority === story.priority);
  return alike ? `first in the file of the most urgent ones${held}` : `the most urgent${held}`;
}
