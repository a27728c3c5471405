import type { Story } from './prd.ts';
import { broughtNothing, type Limits, overBudget, STUCK_AFTER, stillReason, type Trace } from './stops.ts';
import type { Usage } from './usage.ts';

/** A story that no agent works on until a person has looked; document `set-aside.json` of a task is a list of these. */
export interface Aside {
  readonly story: string;
  /** How often it was tried. */
  readonly attempts: number;
  readonly reason: string;
  /** What the agent asked, where that is the reason. */
  readonly question?: string;
  /** What a person may type to look at what has to be looked at. */
  readonly advice?: readonly string[];
}

/** What a story may use up before it is set aside. */
export type StoryLimits = Partial<Omit<Limits, 'max'>> & { readonly attempts: number; readonly vetoes: number };

/** What earlier loops spent on a story that does not pass yet. */
export interface Spent {
  readonly attempts: number;
  readonly usage: Usage;
  readonly seconds: number;
}

/**
 * Why the story of the last iteration should be set aside, so that the loop goes on with others: its agent asks, or it
 * was tried as often as it may be, or used up its budget, or the last tries brought nothing. Undefined while it should
 * be tried again.
 */
export function asideAfter(
  traces: readonly Trace[],
  start: string,
  limits: StoryLimits,
  before: Spent | undefined,
): Aside | undefined {
  const last = traces.at(-1);
  if (!last || last.trouble || passed(last)) return undefined;
  const charged = traces.filter(({ trouble }) => !trouble);
  const idle = broughtNothing(charged, start);
  const own = charged.map((trace, at) => ({ trace, idle: idle[at] })).filter(({ trace }) => trace.story === last.story);
  const tries = own.map(({ trace }) => trace);
  const attempts = tries.length + (before?.attempts ?? 0);
  const made = { story: last.story, attempts };
  const vetoes = tries.filter(({ outcome }) => outcome === 'vetoed').length;
  if (last.outcome === 'vetoed' && vetoes >= limits.vetoes)
    return { ...made, reason: `the reviewer objected ${vetoes} times; the last time: ${last.reason}` };
  if (last.question) return { ...made, reason: `needs an answer: ${last.question}`, question: last.question };
  const still = own.slice(-STUCK_AFTER);
  if (still.length === STUCK_AFTER && still.every((one) => one.idle))
    return { ...made, reason: stillReason(still.map(({ trace }) => trace)) };
  if (last.outcome === 'stray')
    return { ...made, reason: last.reason, ...(last.advice ? { advice: last.advice } : {}) };
  if (last.over?.story) return { ...made, reason: last.over.reason };
  const used = overBudget(before ? [before, ...tries] : tries, limits);
  if (used) return { ...made, reason: `the budget of the story: ${used}` };
  if (attempts < limits.attempts) return undefined;
  return { ...made, reason: `${attempts} attempts; the last one: ${last.reason}` };
}

const passed = ({ outcome }: Trace): boolean => outcome === 'passed' || outcome === 'no-change-needed';

/** The stories as they are now, those set aside held. */
export function withAside(stories: readonly Story[], aside: readonly Aside[]): readonly Story[] {
  const reasons = new Map(aside.map(({ story, reason }) => [story, reason]));
  return stories.map((story) => {
    const reason = story.passes ? undefined : reasons.get(story.id);
    return reason === undefined ? story : { ...story, held: reason };
  });
}

/** What an agent asked instead of working: its last line, where that is a question. */
export function questionIn(text: string): string | undefined {
  const line = text
    .split('\n')
    .map((one) => one.trim())
    .filter(Boolean)
    .at(-1);
  return line !== undefined && line.length <= LONGEST && /\?["'”’)*_`]*$/.test(line) ? line : undefined;
}
const LONGEST = 500;

/** The document's list; a broken one sets nothing aside. */
export function asideIn(docs: Readonly<Record<string, string>>): readonly Aside[] {
  try {
    const list: unknown = JSON.parse(docs['set-aside.json'] ?? '[]');
    return Array.isArray(list) ? (list as readonly Aside[]) : [];
  } catch {
    return [];
  }
}
