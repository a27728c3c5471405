import { expect, test } from 'vitest';
import { lasting, type Outside, speaksOf, strayAdvice, straysBetween, strayWords } from '../../src/core/stray.ts';

const outside = (marks: Record<string, string>, more: Partial<Outside['places'][number]> = {}, refs = {}): Outside => ({
  places: [{ path: '/repo', head: 'h1', branch: 'main', marks: new Map(Object.entries(marks)), ...more }],
  refs: new Map(Object.entries(refs)),
});

test('new, changed and vanished files, moved and new branches, and a switched checkout are told', () => {
  const before = outside({ 'a.txt': '.M 1', 'b.txt': '?? 1' }, {}, { 'refs/heads/main': '1111111111ff' });
  const refs = { 'refs/heads/main': '2222222222ff', 'refs/heads/x': '3333333333ff' };
  const after = outside({ 'a.txt': '.M 2', 'c d.txt': '?? 1', 'e.txt': '.M 1' }, { branch: 'x' }, refs);
  const strays = straysBetween(before, after);
  expect(strayWords(strays, 9)).toBe(
    '/repo was switched to x, /repo/a.txt changed, /repo/c d.txt is new, /repo/e.txt changed, ' +
      '/repo/b.txt is not as it was left, main moved to 2222222222, x was made at 3333333333',
  );
  expect(strayWords(strays, 1)).toBe('/repo was switched to x and 6 more');
  expect(strayAdvice(strays, '/repo')).toHaveLength(7);
  expect(strayAdvice(strays, '/repo')[2]).toBe("rm -r -- '/repo/c d.txt' deletes it, where it is the agent's");
  // A git command was in the middle of something: the second look shows it no more.
  const calm = outside({ 'a.txt': '.M 2', 'b.txt': '?? 1' }, {}, { 'refs/heads/main': '1111111111ff' });
  expect(strayWords(lasting(strays, straysBetween(before, calm)))).toBe('/repo/a.txt changed');
});

test('a place that was looked at once tells nothing', () => {
  expect(straysBetween({ places: [], refs: new Map() }, outside({ 'a.txt': '?? 1' }))).toEqual([]);
});

test.each<[string, boolean]>([
  ['{"file_path":"/box/repo/src/a.ts"}', true],
  ['cd /box/repo && ls', true],
  ['cat "/box/repo"', true],
  ['echo x > ../../repo/a.txt', true],
  ['cd ..; ls', true],
  ['git rev-parse --git-common-dir', true],
  ['{"cwd":"/box/repo.worktrees/t"}', false],
  ['hooks in /box/repo/.git/gwt/hooks', false],
  ['/box/repository/a.ts', false],
  ['import x from "../../util.ts"', false],
  ['import x from "../repository"', false],
])('%s speaks of the checkout: %s', (text, spoken) => expect(speaksOf(text, '/box/repo')).toBe(spoken));
