import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { pastOf } from '../../src/core/past.ts';
import { NO_USAGE } from '../../src/core/usage.ts';

const began = (story: string, tree: string): Event => ({
  type: 'iteration.started',
  at: '',
  task: 't',
  iteration: 1,
  story,
  title: story,
  tree,
});
const ended = (story: string, outcome: string, tree: string): Event => ({
  type: 'iteration.ended',
  at: '',
  task: 't',
  iteration: 1,
  story,
  outcome,
  commits: 1,
  seconds: 1,
  usage: NO_USAGE,
  reason: `why ${outcome}`,
  tree,
});

test.each<[string, readonly Event[], string, { worked: string[]; open?: string; last?: string }]>([
  ['nothing yet', [], 't0', { worked: [] }],
  ['red gates after a change', [began('a', 't0'), ended('a', 'red', 't1')], 't1', { worked: ['a'], last: 'why red' }],
  ['nothing changed', [began('a', 't0'), ended('a', 'empty', 't0')], 't0', { worked: [], last: 'why empty' }],
  [
    'it passed',
    [began('a', 't0'), ended('a', 'red', 't1'), began('a', 't1'), ended('a', 'passed', 't2')],
    't2',
    { worked: [] },
  ],
  ['cut short after a commit', [began('a', 't0')], 't1', { worked: ['a'], open: 'a' }],
  ['cut short before one', [began('a', 't0')], 't0', { worked: [], open: 'a' }],
  ['cut short twice, work done in the first', [began('a', 't0'), began('a', 't1')], 't1', { worked: ['a'], open: 'a' }],
  [
    'cut short, then another story',
    [began('a', 't0'), began('b', 't1'), ended('b', 'passed', 't2')],
    't2',
    { worked: ['a'] },
  ],
])('%s', (_, history, tree, { last, ...wanted }) => {
  const { worked, last: is, spent, steps, proven: _proven, ...past } = pastOf(history, tree);
  expect({ worked: [...worked], ...past }).toEqual(wanted);
  expect(steps.every(({ tree: after }) => after !== '')).toBe(true);
  expect([...spent.values()].every(({ attempts }) => attempts > 0)).toBe(true);
  expect(is?.reason).toBe(last);
});

test('what was spent on a story counts until it passes, or a person lets it be tried again', () => {
  const tried = (...more: readonly Event[]) =>
    pastOf([ended('a', 'red', 't1'), ended('a', 'empty', 't1'), ...more], 't1').spent;
  expect(tried().get('a')).toMatchObject({ attempts: 2, seconds: 2 });
  expect(tried(ended('a', 'passed', 't2')).size).toBe(0);
  expect(tried(ended('a', 'stopped', 't1')).get('a')?.attempts).toBe(2);
  expect(tried({ ...ended('a', 'failed', 't1'), trouble: 'busy' } as Event).get('a')).toMatchObject({
    attempts: 2,
    seconds: 3,
  });
  expect(tried({ type: 'story.again', at: '', task: 't', stories: ['a'] }).size).toBe(0);
});
