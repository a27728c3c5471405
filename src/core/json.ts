/** A JSON value that knows where it stands in its text. Offsets are in UTF-16 units, `end` is behind the value. */
export type Json = JsonObject | JsonArray | JsonPlain;
export interface JsonObject {
  readonly kind: 'object';
  readonly start: number;
  readonly end: number;
  readonly members: readonly { readonly name: string; readonly start: number; readonly value: Json }[];
}
export interface JsonArray {
  readonly kind: 'array';
  readonly start: number;
  readonly end: number;
  readonly items: readonly Json[];
}
export interface JsonPlain {
  readonly kind: 'plain';
  readonly start: number;
  readonly end: number;
  readonly value: string | number | boolean | null;
}

/** Thrown for a text that is not JSON; `at` is the offset of what is wrong. */
export class JsonFault extends Error {
  readonly at: number;
  constructor(why: string, at: number) {
    super(why);
    this.at = at;
  }
}

/** Deeper than any document people write, and shallow enough that no text can exhaust the stack. */
const DEEPEST = 100;

/** The text as JSON with places. A byte order mark is skipped, a name given twice is a fault. */
export function parseJson(text: string): Json {
  const start = text.startsWith('\ufeff') ? 1 : 0;
  const value = valueAt(text, skip(text, start), 0);
  const rest = skip(text, value.end);
  if (rest < text.length) throw new JsonFault('there is more text after the end of the JSON', rest);
  return value;
}

/** Line and column of an offset, both counted from 1. */
export function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The value without its places. */
export function plainOf(node: Json): unknown {
  if (node.kind === 'plain') return node.value;
  if (node.kind === 'array') return node.items.map(plainOf);
  return Object.fromEntries(node.members.map(({ name, value }) => [name, plainOf(value)]));
}

/** The value of the first of these names that is there. */
export function memberOf(node: JsonObject, names: readonly string[]): Json | undefined {
  for (const name of names) {
    const found = node.members.find((member) => member.name === name);
    if (found) return found.value;
  }
  return undefined;
}

function skip(text: string, at: number): number {
  const space = /[ \t\r\n]*/y;
  space.lastIndex = at;
  space.exec(text);
  return space.lastIndex;
}

function valueAt(text: string, at: number, depth: number): Json {
  if (depth > DEEPEST) throw new JsonFault(`nested deeper than ${DEEPEST}`, at);
  if (text[at] === '{') return objectAt(text, at, depth);
  if (text[at] === '[') return arrayAt(text, at, depth);
  return plainAt(text, at);
}

function objectAt(text: string, start: number, depth: number): JsonObject {
  const members: { name: string; start: number; value: Json }[] = [];
  const names = new Set<string>();
  let at = skip(text, start + 1);
  while (text[at] !== '}') {
    if (members.length > 0) at = skip(text, expect(text, at, ',', '"," or "}"'));
    if (text[at] !== '"') throw new JsonFault('a name in double quotes was expected', at);
    const name = plainAt(text, at);
    if (names.has(String(name.value))) throw new JsonFault(`"${name.value}" stands here a second time`, at);
    names.add(String(name.value));
    const value = valueAt(text, skip(text, expect(text, skip(text, name.end), ':', '":"')), depth + 1);
    members.push({ name: String(name.value), start: name.start, value });
    at = skip(text, value.end);
  }
  return { kind: 'object', start, end: at + 1, members };
}

function arrayAt(text: string, start: number, depth: number): JsonArray {
  const items: Json[] = [];
  let at = skip(text, start + 1);
  while (text[at] !== ']') {
    if (items.length > 0) at = skip(text, expect(text, at, ',', '"," or "]"'));
    const value = valueAt(text, at, depth + 1);
    items.push(value);
    at = skip(text, value.end);
  }
  return { kind: 'array', start, end: at + 1, items };
}

function expect(text: string, at: number, mark: string, wanted: string): number {
  if (text[at] === mark) return at + 1;
  throw new JsonFault(at >= text.length ? `the text ends where ${wanted} was expected` : `${wanted} was expected`, at);
}

function plainAt(text: string, start: number): JsonPlain {
  const word = /"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/y;
  word.lastIndex = start;
  const [found] = word.exec(text) ?? [];
  if (found === undefined)
    throw new JsonFault(start >= text.length ? 'the text ends too early' : unknown(text, start), start);
  try {
    return { kind: 'plain', start, end: start + found.length, value: JSON.parse(found) };
  } catch {
    throw new JsonFault(`${found.slice(0, 40)} is not JSON`, start);
  }
}

function unknown(text: string, at: number): string {
  if (text[at] === '"') return 'this text has no closing quote';
  if (text[at] === '}' || text[at] === ']') return 'a value was expected (a comma too many?)';
  return `${text.slice(at, at + 20).split('\n')[0]} is not JSON`;
}
