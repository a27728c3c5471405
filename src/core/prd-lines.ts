import { type Json, type JsonArray, JsonFault, parseJson } from './json.ts';
import { type Dialect, JSON_DIALECT } from './prd-dialect.ts';

/** One JSON object on each line: one story each. */
export const LINES_DIALECT: Dialect = { ...JSON_DIALECT, name: 'JSON lines', parse: lines };

/** True when there is more than one line, and each that is not empty is an object. */
export function isLines(text: string): boolean {
  const filled = text.split('\n').filter((line) => line.trim() !== '');
  return filled.length > 1 && filled.every((line) => /^\ufeff?\s*\{.*\}\s*$/.test(line));
}

function lines(text: string): JsonArray {
  const items: Json[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    if (line.trim() !== '') items.push(moved(line, start));
    start += line.length + 1;
  }
  return { kind: 'array', start: 0, end: text.length, items };
}

function moved(line: string, by: number): Json {
  try {
    return shift(parseJson(line), by);
  } catch (error) {
    if (error instanceof JsonFault) throw new JsonFault(error.message, error.at + by);
    throw error;
  }
}

function shift(node: Json, by: number): Json {
  const place = { start: node.start + by, end: node.end + by };
  if (node.kind === 'array') return { ...node, ...place, items: node.items.map((item) => shift(item, by)) };
  if (node.kind === 'plain') return { ...node, ...place };
  const members = node.members.map(({ name, start, value }) => ({ name, start: start + by, value: shift(value, by) }));
  return { ...node, ...place, members };
}
