import { type Json, type JsonArray, JsonFault, type JsonObject, memberOf, placeOf } from './json.ts';
import type { Story } from './prd.ts';
import type { Dialect } from './prd-dialect.ts';
import { LISTS, SPELLINGS, STORY_MARKS } from './prd-spellings.ts';
import { storyOf } from './prd-story.ts';
import { Refusal } from './refusal.ts';

const SHAPES = `a list ${LISTS.join(', ')}, or {"id": {"description": …}}`;
const WANTED: Readonly<Record<Dialect['name'], string>> = {
  JSON: SHAPES,
  YAML: SHAPES,
  'JSON lines': 'one object on each line',
  Markdown: 'there is no checkbox ("- [ ] Log in")',
  CSV: 'there is no row below the head',
};

/** A story and where it stands. */
export interface Located {
  readonly story: Story;
  readonly node: JsonObject;
}

/** The stories of a text, each with its place. Refuses `prd.invalid`. */
export function located(text: string, name: string, dialect: Dialect): readonly Located[] {
  const home = homeOf(parsed(text, name, dialect));
  if (!home) return refuse(text, name, `no stories found: ${WANTED[dialect.name]}`, 0);
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

function parsed(text: string, name: string, dialect: Dialect): Json {
  try {
    return dialect.parse(text);
  } catch (error) {
    if (error instanceof JsonFault) return refuse(text, name, error.message, error.at);
    throw error;
  }
}

/** Refuses the file, with line and column. */
export function refuse(text: string, path: string, why: string, at: number): never {
  throw new Refusal('prd.invalid', { path, why, ...placeOf(text, at) });
}

/** Where the stories stand: a list or map by one of its names, the root list, or the root map itself. */
export function homeOf(root: Json): JsonObject | JsonArray | undefined {
  if (root.kind === 'array') return root.items.length > 0 ? root : undefined;
  if (root.kind === 'plain') return undefined;
  const list = memberOf(root, LISTS);
  if (list?.kind === 'array' && list.items.some(({ kind }) => kind === 'object')) return list;
  if (list?.kind === 'array' && list.items.length === 0) return undefined;
  // A root map may have a story that is called "tasks".
  const map = [list, root].find((node): node is JsonObject => node?.kind === 'object' && keyed(node).length > 0);
  return map ?? (isTicket(root) ? { ...root, kind: 'array', items: [root] } : undefined);
}

const isStory = (node: Json): boolean => node.kind === 'object' && memberOf(node, STORY_MARKS) !== undefined;

/** A file that is one story by itself: it has a title, and says whether it is done. */
const isTicket = (root: JsonObject): boolean =>
  memberOf(root, SPELLINGS.title) !== undefined &&
  memberOf(root, [...SPELLINGS.passes, ...SPELLINGS.status]) !== undefined;

/** A root map may carry facts about the whole beside its stories: those are left alone. */
function keyed(home: JsonObject): readonly { key: string; node: Json }[] {
  return home.members.filter(({ value }) => isStory(value)).map(({ name, value }) => ({ key: name, node: value }));
}
