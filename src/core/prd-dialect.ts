import { type Json, type JsonArray, type JsonObject, parseJson } from './json.ts';

/** A change to a text: what stands from `start` to `end` is replaced. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly put: string;
}

/** A way of writing PRDs down. Whatever it is, its stories are objects that know where they stand in the text. */
export interface Dialect {
  readonly name: 'JSON' | 'JSON lines' | 'YAML' | 'Markdown' | 'CSV';
  /** Throws `JsonFault`. */
  parse(text: string): Json;
  /** What is to stand where `at` stands, so that it means `value`. */
  put(value: string | boolean, text: string, at: Json): string;
  /** A member or item that is not there yet; undefined where the dialect has no place for it. */
  add(text: string, to: JsonObject | JsonArray, name: string | undefined, value: string): Edit | undefined;
}

export const JSON_DIALECT: Dialect = {
  name: 'JSON',
  parse: parseJson,
  put: (value) => JSON.stringify(value),
  add: (text, to, name, value) => insertion(text, to, name === undefined ? value : `${JSON.stringify(name)}: ${value}`),
};

/** Put behind the last one, on a line of its own where the others are. */
function insertion(text: string, node: JsonObject | JsonArray, put: string): Edit {
  const inner =
    node.kind === 'array' ? node.items : node.members.map(({ start, value }) => ({ start, end: value.end }));
  const [first] = inner;
  const last = inner.at(-1);
  if (!first || !last) return { start: node.start + 1, end: node.start + 1, put };
  const gap = text.slice(node.start + 1, first.start);
  return { start: last.end, end: last.end, put: `,${gap === '' ? ' ' : gap}${put}` };
}
