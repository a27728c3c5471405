import { expect, test } from 'vitest';
import { next } from '../../src/core/next.ts';
import { LEAST, type Story } from '../../src/core/prd.ts';

const story = (id: string, more: Partial<Story> = {}): Story => ({
  id,
  title: id,
  description: id,
  criteria: [],
  priority: LEAST,
  passes: false,
  notes: '',
  verify: [],
  after: [],
  ...more,
});

test.each([
  { name: 'the most urgent first', given: [story('a', { priority: 2 }), story('b', { priority: 1 })], is: 'b' },
  { name: 'the file decides between equals', given: [story('a'), story('b')], is: 'a' },
  { name: 'one that names no priority comes last', given: [story('a'), story('b', { priority: 9 })], is: 'b' },
  {
    name: 'what waits is not taken, however urgent',
    given: [story('a', { priority: 0, after: ['b'] }), story('b', { priority: 5 })],
    is: 'b',
  },
  {
    name: 'a story that passes frees the next',
    given: [story('a', { passes: true }), story('b', { after: ['a'] })],
    is: 'b',
  },
])('$name', ({ given, is }) => {
  expect(next(given)).toMatchObject({ outcome: 'story', story: { id: is }, reason: expect.stringMatching(/./) });
});

test('nothing open is complete, a circle waits and is named', () => {
  expect(next([story('a', { passes: true })])).toEqual({ outcome: 'complete' });
  expect(next([story('a', { after: ['b'] }), story('b', { after: ['a'] })])).toEqual({
    outcome: 'waiting',
    reason: 'the stories wait for one another: a waits for b; b waits for a',
  });
});
