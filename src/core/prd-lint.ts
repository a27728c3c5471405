import type { Story } from './prd.ts';

/** Something about a PRD that makes trouble later; nothing that keeps it from being read. */
export interface Warning {
  readonly story: string;
  readonly what: string;
}

/** A story with more criteria, or a longer text, is seldom done by one agent in one context. */
const CRITERIA = 8;
const TEXT = 3000;

/** What a person should look at before agents work on these stories; `gates` is how many stand for all of them. */
export function lint(stories: readonly Story[], gates: number): readonly Warning[] {
  const warn = (story: Story, ...whats: readonly (string | false)[]) =>
    whats.flatMap((what) => (what === false ? [] : [{ story: story.id, what }]));
  const circles = inCircle(stories);
  return stories.flatMap((story) => {
    const { criteria, verify, description, title, held, passes } = story;
    const checkable = criteria.length + verify.length + gates > 0;
    return warn(
      story,
      !passes && !checkable && 'nothing says when it is done: no criteria, no command to verify, no gates',
      criteria.length > CRITERIA && `${criteria.length} criteria: likely too large for one context, split it`,
      description.length > TEXT &&
        `${description.length} characters of text: likely too large for one context, split it`,
      title.length > 100 && 'its title is a paragraph',
      circles.has(story.id) && 'it waits in a circle, so it can never begin',
      held !== undefined && `set aside (${held}): no agent will work on it`,
    );
  });
}

/** Ids that wait for themselves, directly or through others. */
function inCircle(stories: readonly Story[]): ReadonlySet<string> {
  const after = new Map(stories.map((story) => [story.id, story.after]));
  const reaches = (from: string, seen: Set<string>): ReadonlySet<string> => {
    for (const id of after.get(from) ?? []) {
      if (seen.has(id)) continue;
      seen.add(id);
      reaches(id, seen);
    }
    return seen;
  };
  return new Set(stories.filter(({ id }) => reaches(id, new Set()).has(id)).map(({ id }) => id));
}
