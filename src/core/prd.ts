import { type Json, type JsonArray, JsonFault, type JsonObject, memberOf, parseJson, placeOf } from './json.ts';
import { LISTS, SPELLINGS, STORY_MARKS } from './prd-spellings.ts';
import { Refusal } from './refusal.ts';
import { slugOf } from './slug.ts';

/** One item of a PRD, whatever the file calls its fields. */
export interface Story {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly criteria: readonly string[];
  /** 1 is the most urgent; `LEAST` when the file says nothing. */
  readonly priority: number;
  readonly passes: boolean;
  readonly notes: string;
  /** Commands that must succeed for this story, besides the task's gates. */
  readonly verify: readonly string[];
  /** Ids of stories that must pass first. */
  readonly after: readonly string[];
}
export interface Prd {
  /** As gwt was given it: what it does not know survives. */
  readonly text: string;
  readonly stories: readonly Story[];
}

/** The priority of a story that names none: after all that do. */
export const LEAST = 1000;

/**
 * The stories of a PRD in any of the dialects of `prd-spellings.ts`, in the file's order. `name` is how messages call
 * the file. Refuses `prd.invalid` with line and column for broken JSON, no stories, an id given twice, a flag that is
 * neither true nor false, and a story that waits for one that is not there.
 */
export function readPrd(text: string, name: string): Prd {
  const found = located(text, name);
  const stories = found.map(({ story }) => story);
  for (const { story, node } of found) {
    const unknown = story.after.find((id) => !stories.some((other) => other.id === id));
    if (unknown !== undefined)
      refuse(text, name, `story ${story.id} waits for ${unknown}, which is not here`, node.start);
  }
  return { text, stories };
}

/** A change to one story: its flag, its notes. */
export interface StoryChange {
  readonly passes?: boolean;
  readonly notes?: string;
}

/** The text with these stories changed by id and nothing else: order, indentation and unknown fields stay. */
export function writePrd(text: string, changes: Readonly<Record<string, StoryChange>>): string {
  const edits: Edit[] = located(text, 'prd.json').flatMap(({ story, node }) => {
    const change = Object.hasOwn(changes, story.id) ? changes[story.id] : undefined;
    if (!change) return [];
    const { passes, notes } = change;
    const added: string[] = [];
    const put = (names: readonly string[], value: string): Edit[] => {
      const known = memberOf(node, names);
      if (known) return [{ start: known.start, end: known.end, put: value }];
      added.push(`${JSON.stringify(names[0])}: ${value}`);
      return [];
    };
    const inPlace = [
      ...(passes === undefined || passes === story.passes ? [] : put(SPELLINGS.passes, String(passes))),
      ...(notes === undefined || notes === story.notes ? [] : put(SPELLINGS.notes, JSON.stringify(notes))),
    ];
    return [...inPlace, ...added.map((member) => insertion(text, node, member))];
  });
  return applied(text, edits);
}

/** The text with one more story at its end, in the manner of the others. */
export function addStory(text: string, story: Pick<Story, 'id' | 'title' | 'description' | 'criteria'>): string {
  const home = homeOf(parseJson(text));
  if (!home) return text;
  const { id, ...rest } = { ...story, acceptanceCriteria: story.criteria, criteria: undefined, passes: false };
  const value =
    home.kind === 'array' ? JSON.stringify({ id, ...rest }) : `${JSON.stringify(id)}: ${JSON.stringify(rest)}`;
  return applied(text, [insertion(text, home, value)]);
}

/** A PRD with one story, for a task that was given no PRD. */
export function prdFromPrompt(title: string, prompt: string): string {
  const named = slugOf(title);
  const id = 'slug' in named ? named.slug : 'story';
  const story = { id, title, description: prompt, acceptanceCriteria: [], priority: 1, passes: false, notes: '' };
  return `${JSON.stringify({ userStories: [story] }, null, 2)}\n`;
}

interface Located {
  readonly story: Story;
  readonly node: JsonObject;
}

function located(text: string, name: string): readonly Located[] {
  const home = homeOf(parsed(text, name));
  if (!home)
    return refuse(text, name, `no stories found: a list ${LISTS.join(', ')}, or {"id": {"description": …}}`, 0);
  const rows = home.kind === 'array' ? home.items.map((node) => ({ key: undefined, node })) : keyed(home);
  const taken = new Set<string>();
  return rows.map(({ key, node }, at) => {
    if (node.kind !== 'object') return refuse(text, name, `story ${at + 1} is not an object`, node.start);
    const story = storyOf(node, key, at, taken, (why, place) => refuse(text, name, why, place));
    if (taken.has(story.id)) return refuse(text, name, `the id ${story.id} is given twice`, node.start);
    taken.add(story.id);
    return { story, node };
  });
}

function parsed(text: string, name: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonFault) return refuse(text, name, error.message, error.at);
    throw error;
  }
}

function refuse(text: string, path: string, why: string, at: number): never {
  throw new Refusal('prd.invalid', { path, why, ...placeOf(text, at) });
}

/** Where the stories stand: a list or map by one of its names, the root list, or the root map itself. */
function homeOf(root: Json): JsonObject | JsonArray | undefined {
  if (root.kind === 'array') return root.items.length > 0 ? root : undefined;
  if (root.kind === 'plain') return undefined;
  const list = memberOf(root, LISTS);
  if (list?.kind === 'array') return list.items.length > 0 ? list : undefined;
  // A root map may have a story that is called "tasks".
  return [list, root].find((node): node is JsonObject => node?.kind === 'object' && keyed(node).length > 0);
}

const isStory = (node: Json): boolean => node.kind === 'object' && memberOf(node, STORY_MARKS) !== undefined;

/** A root map may carry facts about the whole beside its stories: those are left alone. */
function keyed(home: JsonObject): readonly { key: string; node: Json }[] {
  return home.members.filter(({ value }) => isStory(value)).map(({ name, value }) => ({ key: name, node: value }));
}

type Complain = (why: string, at: number) => never;

function storyOf(
  node: JsonObject,
  key: string | undefined,
  at: number,
  taken: ReadonlySet<string>,
  no: Complain,
): Story {
  const description = textOf(memberOf(node, SPELLINGS.description));
  const title = textOf(memberOf(node, SPELLINGS.title)) || firstLine(description) || key || `story ${at + 1}`;
  return {
    id: textOf(memberOf(node, SPELLINGS.id)) || key || freshId(title, at, taken),
    title,
    description,
    criteria: textsOf(memberOf(node, SPELLINGS.criteria)),
    priority: priorityOf(memberOf(node, SPELLINGS.priority)),
    passes: flagOf(memberOf(node, SPELLINGS.passes), memberOf(node, SPELLINGS.status), no),
    notes: textsOf(memberOf(node, SPELLINGS.notes)).join('\n'),
    verify: textsOf(memberOf(node, SPELLINGS.verify)),
    after: textsOf(memberOf(node, SPELLINGS.after)),
  };
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').slice(0, 100);

function freshId(title: string, at: number, taken: ReadonlySet<string>): string {
  const named = slugOf(title);
  const id = 'slug' in named ? named.slug : `story-${at + 1}`;
  return taken.has(id) ? `${id}-${at + 1}` : id;
}

function textOf(node: Json | undefined): string {
  return node?.kind === 'plain' && node.value !== null ? String(node.value).trim() : '';
}

/** A text, a list of texts, or a list of objects that describe themselves. */
function textsOf(node: Json | undefined): readonly string[] {
  if (node?.kind !== 'array') return [textOf(node)].filter(Boolean);
  return node.items
    .map((item) => textOf(item.kind === 'object' ? memberOf(item, SPELLINGS.description) : item))
    .filter(Boolean);
}

/** Numbers as they are; P0 and critical before P1 and high, and so on. */
function priorityOf(node: Json | undefined): number {
  if (node?.kind !== 'plain') return LEAST;
  if (typeof node.value === 'number') return node.value;
  const word = String(node.value).toLowerCase();
  const named = ['critical', 'high', 'medium', 'low'].indexOf(word);
  return named >= 0 ? named : Number(/^p?(\d+)$/.exec(word)?.[1] ?? LEAST);
}

/** null is "not yet", as is a word like SKIPPED; a status word counts where there is no flag. */
function flagOf(flag: Json | undefined, status: Json | undefined, no: Complain): boolean {
  if (flag === undefined) return /^(done|closed|completed?|resolved|passed)$/i.test(textOf(status));
  if (flag.kind === 'plain' && (typeof flag.value === 'boolean' || flag.value === null)) return flag.value === true;
  if (flag.kind === 'plain' && flag.value === 'SKIPPED') return false;
  return no('passes must be true or false', flag.start);
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly put: string;
}

/** A member or item put behind the last one, on a line of its own where the others are. */
function insertion(text: string, node: JsonObject | JsonArray, put: string): Edit {
  const inner =
    node.kind === 'array' ? node.items : node.members.map(({ start, value }) => ({ start, end: value.end }));
  const [first] = inner;
  const last = inner.at(-1);
  if (!first || !last) return { start: node.start + 1, end: node.start + 1, put };
  const gap = text.slice(node.start + 1, first.start);
  return { start: last.end, end: last.end, put: `,${gap === '' ? ' ' : gap}${put}` };
}

function applied(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .reverse()
    .sort((a, b) => b.start - a.start)
    .reduce((so, { start, end, put }) => so.slice(0, start) + put + so.slice(end), text);
}
