import type * as v from 'valibot';
import { LineCounter, parseDocument } from 'yaml';
import { nearest } from '../../core/near.ts';
import { configSchema } from './schema.ts';

type Path = readonly (string | number)[];

/** What is wrong with a layer, one line for each problem, with its place in the file where the file has lines. */
export function problemsOf(issues: readonly v.BaseIssue<unknown>[], text: string, inside: Path): readonly string[] {
  return issues.map((issue) => {
    const path = (issue.path ?? []).map(({ key }) => key as string | number);
    const line = lineOf(text, [...inside, ...path]);
    return `${line === undefined ? '' : `line ${line}: `}${saidOf(issue, path)}`;
  });
}

function saidOf(issue: v.BaseIssue<unknown>, path: Path): string {
  const where = path.length === 0 ? 'the file' : path.join('.');
  if (issue.type !== 'strict_object' || issue.expected !== 'never') return `${where}: ${issue.message}`;
  const [meant] = nearest(String(path.at(-1)), keysAt(configSchema, path.slice(0, -1)));
  return `${where}: there is no such setting${meant ? `; did you mean ${meant}?` : ''}`;
}

/** The names a config may have at a path, as the schema says. */
function keysAt(schema: unknown, [name, ...rest]: Path): readonly string[] {
  const { type, wrapped, entries, value, item, options } = schema as {
    type: string;
    wrapped?: unknown;
    entries?: Record<string, unknown>;
    value?: unknown;
    item?: unknown;
    options?: readonly unknown[];
  };
  if (type === 'optional') return keysAt(wrapped, name === undefined ? [] : [name, ...rest]);
  if (type === 'union') return (options ?? []).flatMap((one) => keysAt(one, name === undefined ? [] : [name, ...rest]));
  if (name === undefined) return Object.keys(entries ?? {});
  const next = entries?.[name] ?? value ?? item;
  return next === undefined ? [] : keysAt(next, rest);
}

/** The line a value stands on, counted from 1; JSON is YAML too, other kinds of file have no lines to tell. */
function lineOf(text: string, path: Path): number | undefined {
  const counter = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: counter, logLevel: 'silent' });
  for (let most = path.length; most > 0; most -= 1) {
    const node = parsed.getIn(path.slice(0, most), true) as { range?: readonly number[] } | undefined;
    if (node?.range?.[0] !== undefined) return counter.linePos(node.range[0]).line;
  }
  return undefined;
}
