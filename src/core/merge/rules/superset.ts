import type { Hunk } from './hunk.ts';
import type { Rule } from './rule.ts';

/**
 * One side did all that the other did, and more: it. Not where the other only deleted: to delete and to rewrite are two
 * wishes.
 */
export const superset: Rule = {
  name: 'superset',
  dial: 'safe',
  settle: (hunk) => {
    const [mine, its] = [changesOf(hunk, 'ours'), changesOf(hunk, 'theirs')];
    const adds = (changes: ReadonlyMap<string, number>) => [...changes.values()].some((n) => n > 0);
    if (!adds(mine) || !adds(its)) return undefined;
    const [less, more] = [within(mine, its), within(its, mine)];
    // The same lines in another order: neither did more, and the order is what they differ about.
    if (less === more) return undefined;
    return { lines: less ? hunk.theirs : hunk.ours };
  },
};

/** How often each line came (positive) or went (negative), white space aside. */
function changesOf({ base, ...sides }: Hunk, side: 'ours' | 'theirs'): ReadonlyMap<string, number> {
  const count = new Map<string, number>();
  const add = (lines: readonly string[], by: number) => {
    for (const line of lines) {
      const bare = line.replace(/\s+/g, '');
      if (bare !== '') count.set(bare, (count.get(bare) ?? 0) + by);
    }
  };
  add(sides[side], 1);
  add(base, -1);
  for (const [line, n] of count) if (n === 0) count.delete(line);
  return count;
}

const within = (part: ReadonlyMap<string, number>, whole: ReadonlyMap<string, number>): boolean =>
  [...part].every(([line, n]) => {
    const found = whole.get(line) ?? 0;
    return n > 0 ? found >= n : found <= n;
  });
