import { linesOf } from './hunk.ts';
import type { Rule } from './rule.ts';

/**
 * One side once had here what the other has now, and went on from there: it. So it is when a change was landed by
 * squash, cherry-pick or backport and its branch comes again.
 */
export const absorbed: Rule = {
  name: 'absorbed',
  dial: 'safe',
  settle: ({ base, ours, theirs, before, after }, { past }) => {
    const had = (versions: readonly string[], lines: readonly string[]) =>
      versions.some((text) => holds(linesOf(text), lines, before, after));
    const inOurs = had(past.ours(), theirs);
    const inTheirs = had(past.theirs(), ours);
    if (inOurs === inTheirs) return undefined;
    const [early, late] = inOurs ? [theirs, ours] : [ours, theirs];
    const said = (line: string) => /[\p{L}\p{N}]/u.test(line);
    const fresh = early.filter((line) => said(line) && !base.includes(line));
    const back = base.filter((line) => said(line) && !early.includes(line) && late.includes(line));
    if (fresh.length === 0 || back.length > 0) return undefined;
    return inOurs ? { lines: ours, dropped: theirs } : { lines: theirs, dropped: ours };
  },
};

/** True when the lines stand in the text as one block, between the same two neighbours. */
function holds(
  text: readonly string[],
  block: readonly string[],
  before: string | undefined,
  after: string | undefined,
): boolean {
  for (let at = 0; at + block.length <= text.length; at += 1) {
    if (text[at - 1] !== before || text[at + block.length] !== after) continue;
    if (block.every((line, n) => text[at + n] === line)) return true;
  }
  return false;
}
