import { expect, test } from 'vitest';
import { merge } from '../../src/flows/merge.ts';
import { undo } from '../../src/flows/undo.ts';
import { branch } from '../support/branches.ts';
import { finished } from '../support/finished.ts';
import { type Scene, scene } from '../support/scene.ts';

/** A branch of two commits on the same lines, so that no commit of it goes onto its own result. */
async function twice(): Promise<Scene> {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  s.git('checkout', '-q', '-b', 'work');
  s.commit('one', { 'a.txt': 'one\n' });
  s.commit('two', { 'a.txt': 'two\n', 'n.txt': 'n\n' });
  s.git('checkout', '-q', 'main');
  return s;
}
const squash = (s: Scene) => {
  s.git('merge', '-q', '--squash', 'work');
  return s.commit('squashed by hand');
};
const reasons = async (s: Scene, names: readonly string[] = ['work']) => {
  const { landed, escalated, skipped } = await merge(s.ports(), { names });
  expect(escalated).toEqual([]);
  return { landed: landed.map((one) => one.branch), skipped: skipped.map(({ reason }) => reason) };
};

interface Way {
  readonly name: string;
  readonly act: (s: Scene) => string;
  readonly says: (by: string) => string;
}
const WAYS: readonly Way[] = [
  {
    name: 'merged',
    act: (s) => {
      s.git('merge', '-q', '--no-ff', '--no-edit', 'work');
      return '';
    },
    says: () => 'nothing to land: main has all its commits',
  },
  { name: 'squashed', act: squash, says: (by) => `landed already: squashed as ${by}` },
  {
    name: 'squashed, and changed since',
    act: (s) => {
      const by = squash(s);
      s.commit('reworked', { 'a.txt': 'two, reworked\n' });
      return by;
    },
    says: (by) => `landed already: squashed as ${by}`,
  },
  {
    name: 'squashed, and a file of it deleted since',
    act: (s) => {
      const by = squash(s);
      s.git('rm', '-q', 'n.txt');
      s.commit('not needed any more');
      return by;
    },
    says: (by) => `landed already: squashed as ${by}`,
  },
  {
    name: 'picked commit by commit',
    act: (s) => {
      s.commit('main moves', { 'm.txt': 'm\n' });
      s.git('cherry-pick', 'work~1', 'work');
      return s.git('rev-parse', 'main');
    },
    says: (by) => `landed already: main has each of its changes as ${by}`,
  },
  {
    name: 'typed in with other changes',
    act: (s) => {
      s.commit('all at once', { 'a.txt': 'two\n', 'n.txt': 'n\n', 'm.txt': 'm\n' });
      return '';
    },
    says: () => 'nothing to land: merging it changes nothing on main',
  },
  {
    name: 'typed in by two',
    act: (s) => {
      s.commit('half', { 'a.txt': 'two\n' });
      s.commit('other half', { 'n.txt': 'n\n' });
      return '';
    },
    says: () => 'nothing to land: its files are those of main',
  },
];

test.each(WAYS)('$name: it is seen, said how, and not landed again', async ({ act, says }) => {
  const s = await twice();
  const by = act(s).slice(0, 10);
  const before = s.git('rev-parse', 'main');
  expect(await reasons(s)).toEqual({ landed: [], skipped: [says(by)] });
  expect(s.git('rev-parse', 'main')).toBe(before);
});

test.each(WAYS.slice(0, 2))(
  '$name and taken back: named it lands again, and the plan says what it brings again',
  async ({ act }) => {
    const s = await twice();
    act(s);
    s.commit('main moves', { 'm.txt': 'm\n' });
    const merged = s.git('log', '-1', '--format=%H', '--grep', 'squashed by hand\\|Merge branch');
    const parents = s.git('log', '-1', '--format=%P', merged).split(' ');
    s.git('revert', '--no-edit', ...(parents.length > 1 ? ['-m', '1'] : []), merged);
    const revert = s.git('rev-parse', 'main').slice(0, 10);
    s.commit('and moves', { 'm.txt': 'mm\n' });
    const { plan } = await merge(s.ports(), { names: ['work'], dryRun: true });
    expect(plan[0]?.why).toContain(`${revert} took it back there`);
    expect(await reasons(s)).toEqual({ landed: ['work'], skipped: [] });
    expect([s.read('a.txt'), s.read('n.txt'), s.read('m.txt')]).toEqual(['two\n', 'n\n', 'mm\n']);
  },
);

test('new work on a branch whose landing was reverted brings all of it', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  branch(s, 'work', { 'a.txt': 'work\n' });
  await merge(s.ports(), { names: ['work'] });
  await undo(s.ports(), { revert: true });
  expect(s.read('a.txt')).toBe('a\n');
  s.git('checkout', '-q', 'work');
  s.commit('mended', { 'b.txt': 'b\n' });
  s.git('checkout', '-q', 'main');
  expect(await reasons(s)).toEqual({ landed: ['work'], skipped: [] });
  expect([s.read('a.txt'), s.read('b.txt')]).toEqual(['work\n', 'b\n']);
});

test('what only looks like it has landed does: the same words elsewhere, a part of it, an empty commit', async () => {
  const s = await twice();
  s.commit('a part of it', { 'n.txt': 'n\n' });
  s.commit('empty');
  expect(await reasons(s)).toEqual({ landed: ['work'], skipped: [] });
  expect(s.read('a.txt')).toBe('two\n');
});

test('a task that is on the target by other ways becomes landed and says how; one whose landing was taken back waits to be named', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  await finished(s, 'login', { 'login.txt': 'l\n' });
  await finished(s, 'search', { 'search.txt': 's\n' });
  await merge(s.ports(), { names: ['search'] });
  await undo(s.ports(), { revert: true });
  s.git('merge', '-q', '--squash', 'gwt/login');
  const by = s.commit('by hand').slice(0, 10);
  const answer = await s.gwt('merge', '--all');
  expect(answer.out).toContain(`landed     gwt/login  landed already: main has each of its changes as ${by}`);
  expect(answer.out).toMatch(/skipped {4}gwt\/search .*took it back there; to land it again: gwt merge search/);
  expect(await reasons(s, ['login'])).toMatchObject({ landed: [] });
  expect(await reasons(s, ['search'])).toEqual({ landed: ['gwt/search'], skipped: [] });
  expect(s.read('search.txt')).toBe('s\n');
});

test('named branches that are all there already are no failure: it is said, with exit code 0', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  branch(s, 'one', { 'one.txt': '1\n' });
  branch(s, 'two', { 'two.txt': '2\n' });
  s.git('merge', '-q', '--squash', 'one');
  s.git('commit', '-q', '-m', 'one, squashed');
  s.git('merge', '-q', '--no-edit', 'two');
  const answer = await s.gwt('merge', 'one', 'two');
  expect([answer.code, answer.out]).toEqual([0, expect.stringContaining('Nothing to land: main has all of it.')]);
  branch(s, 'three', { 'a.txt': 'three\n' });
  s.commit('main moves', { 'a.txt': 'main\n' });
  expect((await s.gwt('merge', 'one', 'three')).code).toBe(3);
});

test('a commit made empty on purpose is not taken for another empty one on the target', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  s.git('checkout', '-q', '-b', 'work');
  s.commit('mark of work');
  s.git('checkout', '-q', 'main');
  s.commit('mark of main');
  expect((await merge(s.ports(), { names: ['work'] })).landed).toMatchObject([{ branch: 'work', commits: 1 }]);
  expect(s.git('log', '-1', '--format=%s', 'main')).toBe('mark of work');
});
