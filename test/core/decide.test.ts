import { expect, test } from 'vitest';
import { isQuorum, type Proposal, secondsOf, tally } from '../../src/core/patterns/decide.ts';

const proposal = (letter: string, confidence = 0.5): Proposal => ({
  ...{ agent: letter.toLowerCase(), letter, proposal: letter, confidence, reasons: [] },
});
const round = (votes: string, ...proposals: Proposal[]) => ({
  ...{ proposals, silent: [], votes: [...votes].map((vote) => ({ agent: '', vote, reasons: [`for ${vote}`] })) },
});

test.each<[string, string, number, string | undefined, number]>([
  ['most votes', 'AAB', 3, 'A', 2 / 3],
  ['as many: the surer one', 'AB', 2, 'B', 1 / 2],
  ['the silent agree with nobody', 'A', 4, 'A', 1 / 4],
  ['no votes', '', 3, undefined, 0],
])('%s', (_, votes, asked, letter, share) => {
  const { first, share: found } = tally(round(votes, proposal('A'), proposal('B', 0.9)), asked);
  expect([first?.letter, found]).toEqual([letter, share]);
});

test.each<[number, number, boolean]>([
  [2 / 3, 0.66, true],
  [2 / 3, 0.67, true],
  [1 / 2, 0.66, false],
  [0, 0.001, false],
  [1, 1, true],
])('a share of %d against a quorum of %d: %s', (share, quorum, expected) => {
  expect(isQuorum(share, quorum)).toBe(expected);
});

test.each<[string, number | undefined]>([
  ['90s', 90],
  ['10m', 600],
  ['10', 600],
  ['1.5h', 5400],
  ['0m', undefined],
  ['soon', undefined],
  ['-1m', undefined],
])('%s', (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});
