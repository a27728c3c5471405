import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { type Json, JsonFault, type JsonObject } from '../core/json.ts';
import type { Dialect } from '../core/prd-dialect.ts';

/** YAML, with the same shapes as JSON. */
export const YAML_DIALECT: Dialect = {
  name: 'YAML',
  parse: tree,
  // Double-quoted YAML is what JSON is.
  put: (value) => JSON.stringify(value),
  add(text, to, name, value) {
    const first = to.kind === 'object' ? to.members[0] : undefined;
    if (!first || to.kind !== 'object' || name === undefined) return undefined;
    if (text[to.start] === '{') return { start: first.start, end: first.start, put: `${name}: ${value}, ` };
    const indent = ' '.repeat(first.start - (text.lastIndexOf('\n', first.start - 1) + 1));
    const short = to.members.find(
      ({ start, value }) => value.kind === 'plain' && !text.slice(start, value.end).includes('\n'),
    );
    if (!short) return { start: first.start, end: first.start, put: `${name}: ${value}\n${indent}` };
    const end = text.indexOf('\n', short.value.end);
    const at = end < 0 ? text.length : end - (text[end - 1] === '\r' ? 1 : 0);
    return { start: at, end: at, put: `\n${indent}${name}: ${value}` };
  },
};

/** Aliases that repeat one another make a few lines into more than any memory holds. */
const MOST = 1000;
const DEEPEST = 100;

function tree(text: string): Json {
  const document = parseDocument(text, { prettyErrors: false });
  const [fault] = document.errors;
  if (fault) throw new JsonFault(fault.message, fault.pos[0]);
  const place = (node: Node) => ({ start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 });
  let aliases = 0;
  const read = (node: unknown, depth: number): Json => {
    if (depth > DEEPEST) throw new JsonFault(`nested deeper than ${DEEPEST}`, 0);
    if (isAlias(node) && ++aliases > MOST) throw new JsonFault(`more than ${MOST} aliases`, place(node).start);
    if (isAlias(node)) return { ...read(node.resolve(document), depth + 1), ...place(node) };
    if (isSeq(node)) return { kind: 'array', ...place(node), items: node.items.map((item) => read(item, depth + 1)) };
    if (isMap(node)) return { kind: 'object', ...place(node), members: node.items.map((pair) => member(pair, depth)) };
    if (isScalar(node)) return { kind: 'plain', ...place(node), value: plain(node.value) };
    return { kind: 'plain', start: 0, end: 0, value: null };
  };
  const member = ({ key, value }: { key: unknown; value: unknown }, depth: number): JsonObject['members'][number] => {
    const name = isScalar(key) ? key : undefined;
    return { name: String(name?.value ?? ''), start: name?.range?.[0] ?? 0, value: read(value, depth + 1) };
  };
  return read(document.contents, 0);
}

const plain = (value: unknown): string | number | boolean | null =>
  typeof value === 'number' || typeof value === 'boolean' || value === null ? value : String(value);
