import { expect, test } from 'vitest';
import { checkpointFacts, checkpointTrailers } from '../../src/core/checkpoint.ts';
import { readPrd } from '../../src/core/prd.ts';
import { wentBack } from '../../src/core/went-back.ts';

const oid = 'a'.repeat(40);
const body = (message: string) => `tree ${oid}\nauthor A <a> 1 +0000\ncommitter A <a> 1767225600 +0000\n\n${message}\n`;

test('what is written at the end of a message is read again; what a person wrote into it is not', () => {
  const facts = { iteration: 3, outcome: 'passed', ledger: oid };
  const text = body(`login: why\n\n${[...checkpointTrailers(facts), 'Gwt-Size: 2 100', 'Gwt-State: s'].join('\n')}`);
  const read = { at: '2026-01-01T00:00:00.000Z', why: 'why', files: 2, bytes: 100, state: 's' };
  expect(checkpointFacts(text, 'login')).toEqual({ ...facts, ...read });
  const forged = body('login: why\n\nGwt-Iteration: 9\nGwt-Outcome: passed\n\nGwt-State: s');
  expect(checkpointFacts(forged, 'login')).toEqual({ at: read.at, why: 'why', state: 's' });
  expect(checkpointFacts(body('other words\n\nGwt-State: s'), 'login')).toMatchObject({ why: 'other words' });
});

const prd = (flags: Readonly<Record<string, boolean>>) =>
  JSON.stringify({ userStories: Object.entries(flags).map(([id, passes]) => ({ id, title: id, passes })) });

test.each([
  ['flags of then', { a: true, b: true }, prd({ a: true, b: false }), true, ['a'], ['b'], []],
  ['forth again', { a: true, b: false }, prd({ a: true, b: true }), true, ['a', 'b'], [], ['b']],
  ['a story that came since is open', { a: true, c: true }, prd({ a: true }), true, ['a'], ['c'], []],
  ['nobody vouches: nothing new passes', { a: true, b: false }, prd({ a: false, b: true }), false, [], ['a'], []],
  ['a copy that is broken says nothing', { a: true }, '{', false, [], ['a'], []],
  ['nor one that is gone', { a: true }, undefined, true, [], ['a'], []],
])('%s', (_, now, then, vouched, passing, undone, again) => {
  const back = wentBack(prd(now as Record<string, boolean>), { prd: then, vouched });
  const stories = readPrd(back.prd, 'prd.json').stories;
  expect(stories.filter(({ passes }) => passes).map(({ id }) => id)).toEqual(passing);
  expect(back).toMatchObject({ undone, again, complete: passing.length === Object.keys(now).length });
});
