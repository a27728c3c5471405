/** What a rival is judged by. */
export interface Rival {
  readonly task: string;
  readonly branch: string;
  readonly agent: string;
  /** True when every story passed its gates. */
  readonly finished: boolean;
  /** True when it would conflict with the target. */
  readonly clashes: boolean;
  /** What on its branch makes gates easier to pass. */
  readonly cheats: number;
  /** Lines that come and go. */
  readonly lines: number;
  readonly usd: number;
  readonly tokens: number;
}
export interface Ranking {
  /** The best first; those that are not finished are left out. */
  readonly order: readonly Rival[];
  /** Why the first is the first. */
  readonly reasons: readonly string[];
}

/** What is compared, one after the other, each with the words for who wins by it. */
const BY: readonly (readonly [of: (one: Rival) => number, why: (one: Rival) => string])[] = [
  [({ clashes }) => Number(clashes), () => 'goes onto the target without a conflict'],
  [({ cheats }) => cheats, () => 'leaves tests and gates as they are'],
  [({ lines }) => lines, ({ lines }) => `is the smallest: ${lines} line${lines === 1 ? '' : 's'}`],
  [({ usd }) => usd, ({ usd }) => `cost the least: $${usd.toFixed(2)}`],
  [({ tokens }) => tokens, ({ tokens }) => `used the fewest tokens: ${tokens}`],
];

/**
 * The rivals in order: gates first, since only finished ones count, then conflicts, tests that were weakened, size and
 * cost. `chosen` is whom a judge wants; it comes first if it may win at all.
 */
export function rank(
  rivals: readonly Rival[],
  chosen?: { readonly task: string; readonly reasons: readonly string[] },
): Ranking {
  const order = rivals.filter(({ finished }) => finished).sort(compare);
  const picked = order.find(({ task }) => task === chosen?.task);
  if (picked && chosen) return { order: [picked, ...order.filter((one) => one !== picked)], reasons: chosen.reasons };
  const [best, next] = order;
  if (!best) return { order, reasons: [] };
  if (!next) return { order, reasons: ['is the only one that is finished'] };
  const [, why] = BY.find(([of]) => of(best) !== of(next)) ?? [];
  return { order, reasons: [why ? why(best) : 'is as good as the next, and came first'] };
}

function compare(a: Rival, b: Rival): number {
  for (const [of] of BY) if (of(a) !== of(b)) return of(a) - of(b);
  return a.task < b.task ? -1 : 1;
}
