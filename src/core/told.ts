/** A thing told by one of several histories, with the second in which it was written down. */
interface Row {
  readonly key: string;
  readonly second: number;
  readonly event: { readonly at: string };
}

/**
 * The rows of several histories as one: by the second they were written in, within it by the time they tell. What one
 * history tells stays in the order it has there, whatever its times say: a writer that lost a race has an early time.
 */
export function inOrder<T extends Row>(rows: readonly T[]): readonly T[] {
  const last = new Map<string, { readonly second: number; readonly at: string }>();
  const timed = rows.map((row, place) => {
    const before = last.get(row.key) ?? { second: 0, at: '' };
    const second = Math.max(row.second, before.second);
    const at = later(row.event.at, before.at);
    last.set(row.key, { second, at });
    return { row, second, at, place };
  });
  return timed
    .sort((a, b) => a.second - b.second || compare(a.at, b.at) || compare(a.row.key, b.row.key) || a.place - b.place)
    .map(({ row }) => row);
}

const later = (a: string, b: string): string => (compare(a, b) > 0 ? a : b);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
