import { document } from './records.ts';

/** A path somebody builds on without changing it: a line of a task's `touched.json`. Objects are null where there is nothing. */
export interface Touched {
  readonly path: string;
  /** The version that was built on. */
  readonly oid: string | null;
  readonly at: string;
  /** The newest version the task was told of. */
  readonly told: string | null;
}

type Docs = Readonly<Record<string, string>>;

/** What a task's documents say it builds on; a document that cannot be read counts as none. */
export function touchedOf(docs: Docs): readonly Touched[] {
  try {
    const all: unknown = JSON.parse(docs['touched.json'] ?? '[]');
    return Array.isArray(all) ? (all as Touched[]) : [];
  } catch {
    return [];
  }
}

/** The document with these, each path once. */
export function withTouched(docs: Docs, fresh: readonly Touched[]): string {
  const paths = new Set(fresh.map(({ path }) => path));
  return document([...touchedOf(docs).filter(({ path }) => !paths.has(path)), ...fresh]);
}

/** What an agent is told once of a path it builds on. */
export function changeText(
  path: string,
  target: string,
  { from, to, by }: { readonly from: string | null; readonly to: string | null; readonly by: readonly string[] },
): string {
  const what =
    to === null
      ? `is gone from ${target}`
      : from === null
        ? `is new on ${target}`
        : `has changed on ${target} since you looked`;
  const who = by.length > 0 ? `: ${by.join('; ')}` : '';
  const how = from !== null && to !== null ? `\nSee what: git diff ${from.slice(0, 12)} ${to.slice(0, 12)}` : '';
  return `${path}, which you build on, ${what}${who}${how}`;
}
