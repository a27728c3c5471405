import { expect, test } from 'vitest';
import { exitOf, stopAfter, type Trace } from '../../src/core/stops.ts';
import { NO_USAGE } from '../../src/core/usage.ts';

const trace = (tree: string, more: Partial<Trace> = {}): Trace => ({
  outcome: 'empty',
  reason: 'nothing was changed',
  tree,
  verdict: '',
  usage: NO_USAGE,
  ...more,
});
const failed = { outcome: 'failed', reason: 'exit 1' } as const;

test.each<[string, readonly Trace[], { max?: number; usd?: number }, string | undefined]>([
  ['nothing yet', [], {}, undefined],
  ['two without anything new', [trace('t0'), trace('t0')], {}, undefined],
  ['three without anything new', [trace('t0'), trace('t0'), trace('t0')], {}, 'stuck'],
  ['three that failed', [trace('t0', failed), trace('t0', failed), trace('t0', failed)], {}, 'failed'],
  ['a new tree each time', [trace('t1'), trace('t2'), trace('t3'), trace('t4')], {}, undefined],
  ['back and forth between two trees', ['t1', 't0', 't1', 't0'].map((tree) => trace(tree)), {}, 'stuck'],
  ['the same verdict on the same tree', ['a', 'a', 'a', 'a'].map((verdict) => trace('t1', { verdict })), {}, 'stuck'],
  ['a new verdict each time', ['a', 'b', 'c', 'd'].map((verdict) => trace('t1', { verdict })), {}, undefined],
  [
    'stories that pass without a change',
    ['a', 'a', 'a', 'a'].map(() => trace('t0', { outcome: 'no-change-needed' })),
    {},
    undefined,
  ],
  ['as many as allowed', [trace('t1'), trace('t2')], { max: 2 }, 'max'],
  ['money', [trace('t1', { usage: { ...NO_USAGE, costUsd: 0.5 } })], { usd: 0.5 }, 'budget'],
  ['the provider’s limit', [trace('t0', { ...failed, limited: { until: 0 } })], {}, 'limit'],
])('%s', (_, traces, limits, outcome) => {
  expect(stopAfter(traces, 't0', { max: 20, ...limits })?.outcome).toBe(outcome);
});

test('the exit code of several loops is the gravest', () => {
  expect(exitOf([])).toBe(0);
  expect(exitOf(['complete', 'complete'])).toBe(0);
  expect(exitOf(['complete', 'max'])).toBe(1);
  expect(exitOf(['max', 'stuck', 'complete'])).toBe(3);
  expect(exitOf(['interrupted', 'stuck'])).toBe(130);
});
