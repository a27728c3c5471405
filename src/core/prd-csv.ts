import { type Json, type JsonArray, JsonFault, type JsonObject, type JsonPlain } from './json.ts';
import type { Dialect } from './prd-dialect.ts';
import { SPELLINGS } from './prd-spellings.ts';

/** A table with a head: one story for each row. (RFC 4180; semicolons and tabs between cells are read too.) */
export const CSV_DIALECT: Dialect = {
  name: 'CSV',
  parse: table,
  put: (value, text, at) => {
    if (typeof value === 'boolean') return wordFor(value, text.slice(at.start, at.end));
    return `"${value.replaceAll('"', '""')}"`;
  },
  // A new column would change every row.
  add: () => undefined,
};

/** True for a text whose first line names columns, one of them a story's title. */
export function isTable(text: string): boolean {
  const [head = ''] = text.replace(/^\ufeff/, '').split('\n');
  const names = cells(head, 0, separatorOf(head)).row.map(({ value }) => fieldOf(String(value)));
  return names.length > 1 && names.some((name) => name === 'title' || name === 'description');
}

function table(text: string): JsonArray {
  const separator = separatorOf(text.split('\n')[0] ?? '');
  const items: JsonObject[] = [];
  const begin = text.startsWith('\ufeff') ? 1 : 0;
  const head = cells(text, begin, separator);
  const names = head.row.map(({ value }) => fieldOf(String(value)));
  for (let at = head.next; at < text.length; ) {
    const { row, next } = cells(text, at, separator);
    at = next;
    if (row.every(({ value }) => value === '')) continue;
    const members = row.flatMap((cell, column) => {
      const name = names[column];
      return name ? [{ name, start: cell.start, value: meant(name, cell) }] : [];
    });
    items.push({ kind: 'object', start: row[0]?.start ?? at, end: row.at(-1)?.end ?? at, members });
  }
  return { kind: 'array', start: 0, end: text.length, items };
}

function separatorOf(head: string): string {
  return [',', ';', '\t'].sort((a, b) => head.split(b).length - head.split(a).length)[0] ?? ',';
}

/** One row from `at` on, and where the next begins. */
function cells(text: string, at: number, separator: string): { row: JsonPlain[]; next: number } {
  const row: JsonPlain[] = [];
  for (let start = at; ; ) {
    const end = cellEnd(text, start, separator);
    const raw = text.slice(start, end);
    const value = raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw.trim();
    row.push({ kind: 'plain', start, end, value });
    const stop = text[end];
    if (stop !== undefined && !`${separator}\r\n`.includes(stop))
      throw new JsonFault('text behind a closing quote', end);
    if (stop !== separator) return { row, next: end + (stop === '\r' && text[end + 1] === '\n' ? 2 : 1) };
    start = end + 1;
  }
}

function cellEnd(text: string, start: number, separator: string): number {
  if (text[start] !== '"') {
    const stop = new RegExp(`[${separator}\r\n]|$`, 'g');
    stop.lastIndex = start;
    return stop.exec(text)?.index ?? text.length;
  }
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] !== '"') continue;
    if (text[at + 1] !== '"') return at + 1;
    at += 1;
  }
  throw new JsonFault('this text has no closing quote', start);
}

/** The column's name as the spellings have it, whatever its case and signs. */
function fieldOf(name: string): string {
  const plain = (word: string) => word.toLowerCase().replace(/[\s_-]/g, '');
  const known = Object.values(SPELLINGS).flat();
  return known.find((one) => plain(one) === plain(name)) ?? name;
}

const LISTS: readonly string[] = [...SPELLINGS.criteria, ...SPELLINGS.after, ...SPELLINGS.verify];
const FLAGS: readonly string[] = [...SPELLINGS.passes, ...SPELLINGS.held];

function meant(name: string, cell: JsonPlain): Json {
  const text = String(cell.value);
  if (FLAGS.includes(name))
    return { ...cell, value: text === 'SKIPPED' ? text : /^(true|yes|y|x|1|done|✓)$/i.test(text) };
  if (!LISTS.includes(name)) return cell;
  const items = text.split(/\s*[;|\n]\s*/).filter(Boolean);
  return { ...cell, kind: 'array', items: items.map((value) => ({ ...cell, value })) };
}

/** In the manner of what stands there. */
function wordFor(value: boolean, before: string): string {
  const pairs = [
    ['yes', 'no'],
    ['Yes', 'No'],
    ['TRUE', 'FALSE'],
    ['True', 'False'],
    ['x', ''],
    ['1', '0'],
  ] as const;
  const [yes, no] = pairs.find((pair) => pair.some((word) => word !== '' && word === before.trim())) ?? [
    'true',
    'false',
  ];
  return value ? yes : no;
}
