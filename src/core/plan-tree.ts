import { type Json, JsonFault, type JsonObject, memberOf, placeOf, plainOf } from './json.ts';
import type { Fact, Fail, Row } from './plan-row.ts';
import type { Dialect } from './prd-dialect.ts';

/** Below these words stand the tasks of a plan, or the parts of an epic. */
const LISTS = ['tasks', 'subtasks'];
/** A file with one of these is a PRD. */
const STORIES = ['userStories', 'user_stories', 'stories', 'features'];

/** The rows of a list of tasks, of a map by name, or of either under `tasks`; a task with tasks of its own is an epic. */
export function treeRows(text: string, dialect: Dialect, fail: Fail): readonly Row[] {
  const lineOf = ({ start }: { readonly start: number }) => placeOf(text, start).line;
  const root = parsed(text, dialect, fail);
  const inner = (root.kind === 'object' ? memberOf(root, LISTS) : undefined) ?? root;
  if (inner.kind === 'plain') return fail('it holds neither a list nor a map of tasks', lineOf(inner));
  if (root.kind === 'object' && inner === root && memberOf(root, STORIES))
    return fail('it is a PRD; with --split each of its stories becomes a task', lineOf(root));
  const rows = rowsIn(inner, undefined);
  return rows.length > 0 ? rows : fail('it holds no task', lineOf(inner));

  function rowsIn(list: Exclude<Json, { kind: 'plain' }>, epic: Row['epic']): readonly Row[] {
    const within = epic ? { epic } : {};
    const named =
      list.kind === 'array'
        ? list.items.map((node) => ({ key: undefined, node, line: lineOf(node) }))
        : list.members.map(({ name, value, start }) => ({ key: name, node: value, line: lineOf({ start }) }));
    return named.flatMap(({ key, node, line }): readonly Row[] => {
      const parts = node.kind === 'object' ? memberOf(node, LISTS) : undefined;
      if (node.kind === 'object' && parts && parts.kind !== 'plain') {
        if (epic) return fail('an epic cannot stand inside another', line);
        return rowsIn(parts, epicOf(key, node, line));
      }
      return [{ ...rowOf(key, node, line), ...within }];
    });
  }

  function epicOf(key: string | undefined, node: JsonObject, line: number): NonNullable<Row['epic']> {
    const facts = factsOf(node).filter(({ name }) => !LISTS.includes(name));
    const title = key ?? facts.find(({ name }) => /^(title|name|id)$/i.test(name))?.value;
    return typeof title === 'string' ? { title, facts } : fail('an epic has no name', line);
  }

  function rowOf(key: string | undefined, node: Json, line: number): Row {
    const title = key === undefined ? {} : { title: key };
    if (node.kind === 'object') return { ...title, line, facts: factsOf(node) };
    if (node.kind === 'plain' && node.value === null && key !== undefined) return { ...title, line, facts: [] };
    if (node.kind !== 'plain' || typeof node.value !== 'string')
      return fail(`${key ?? 'a task'} is neither a text nor a map`, line);
    if (key === undefined) return { title: node.value, line, facts: [] };
    return { title: key, line, facts: [{ name: 'prompt', value: node.value, line }] };
  }

  function factsOf(node: JsonObject): readonly Fact[] {
    return node.members.map(({ name, value, start }) => ({ name, value: plainOf(value), line: lineOf({ start }) }));
  }
}

function parsed(text: string, dialect: Dialect, fail: Fail): Json {
  try {
    return dialect.parse(text);
  } catch (error) {
    if (error instanceof JsonFault) return fail(error.message.split('\n')[0] ?? '', placeOf(text, error.at).line);
    throw error;
  }
}
