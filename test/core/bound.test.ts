import { expect, test } from 'vitest';
import { type Bound, overBound, timeLeft } from '../../src/core/bound.ts';
import { NO_USAGE } from '../../src/core/usage.ts';

const used = (inputTokens: number, costUsd = 0) => ({ ...NO_USAGE, inputTokens, costUsd });
const bound = (over: Partial<Bound>): Bound => ({
  of: '',
  story: false,
  limits: {},
  before: { usage: NO_USAGE, seconds: 0 },
  ...over,
});

test.each<[string, readonly Bound[], ReturnType<typeof overBound>]>([
  ['nothing is bounded', [bound({})], undefined],
  [
    'what was before and what is now are a limit’s worth',
    [bound({ limits: { tokens: 100 }, before: { usage: used(60), seconds: 0 } })],
    { story: false, reason: '100 of 100 tokens are used' },
  ],
  ['they are not yet', [bound({ limits: { tokens: 101 }, before: { usage: used(60), seconds: 0 } })], undefined],
  [
    'the first of several is told',
    [bound({ of: 'story S-1', story: true, limits: { usd: 0.5 } }), bound({ limits: { tokens: 1 } })],
    { story: true, reason: 'the budget of story S-1: $0.5000 of $0.5 are spent' },
  ],
  [
    'hours',
    [bound({ limits: { hours: 1 }, before: { usage: NO_USAGE, seconds: 3590 } })],
    {
      story: false,
      reason: 'agents ran for 1.0 of 1 hours',
    },
  ],
])('%s', (_, bounds, over) => expect(overBound(bounds, { usage: used(40, 0.5), seconds: 10 })).toEqual(over));

test('a run may take as long as the nearest limit of hours leaves', () => {
  expect(timeLeft([bound({})])).toBe(Number.POSITIVE_INFINITY);
  const two = [
    bound({ limits: { hours: 2 }, before: { usage: NO_USAGE, seconds: 3600 } }),
    bound({ limits: { hours: 24 } }),
  ];
  expect(timeLeft(two)).toBe(3_600_000);
  expect(timeLeft([bound({ limits: { hours: 1 }, before: { usage: NO_USAGE, seconds: 9999 } })])).toBe(1);
});
