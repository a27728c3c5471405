import type { PlannedTask } from './plan-row.ts';
import { LEAST, type Story } from './prd.ts';
import { slugOf } from './slug.ts';

/**
 * A task for each story of a PRD that does not pass yet and is not set aside. A PRD counts priorities from 1, the most
 * urgent; a plan's are higher for what is more urgent, so each gets its rank among them.
 */
export function tasksOfStories(stories: readonly Story[]): readonly PlannedTask[] {
  const open = stories.filter(({ passes, held }) => !passes && held === undefined);
  const nameOf = new Map(open.map((story) => [story.id, nameFor(story)]));
  const ranks = [...new Set(open.map(({ priority }) => priority))].sort((a, b) => b - a);
  return open.map((story) => {
    const { id, description, criteria, notes, after, verify, priority } = story;
    const waits = after.flatMap((one) => nameOf.get(one) ?? []);
    const rank = ranks.indexOf(priority) + (ranks[0] === LEAST ? 0 : 1);
    const prompt = [description, ...criteria.map((one) => `- ${one}`), ...(notes ? [notes] : [])];
    return {
      title: nameOf.get(id) ?? id,
      ...(prompt.join('').trim() === '' ? {} : { prompt: prompt.filter(Boolean).join('\n') }),
      ...(waits.length > 0 ? { after: waits } : {}),
      ...(verify.length > 0 ? { gates: verify } : {}),
      ...(rank > 0 && ranks.length > 1 ? { priority: rank } : {}),
    };
  });
}

/** Its id and its title, where the title does not say the id already. */
function nameFor({ id, title }: Story): string {
  const [short, long] = [slugOf(id), slugOf(title)];
  const said = 'slug' in short && 'slug' in long && long.slug.startsWith(short.slug);
  return said || title === '' ? title || id : `${id} ${title}`;
}
