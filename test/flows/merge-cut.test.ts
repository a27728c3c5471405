import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { doctor } from '../../src/flows/doctor.ts';
import { merge } from '../../src/flows/merge.ts';
import { branch } from '../support/branches.ts';
import { type Scene, scene } from '../support/scene.ts';

/** Two branches, of which `one` was landing when the power went: the ref and the ledger have moved, the checkout has not. */
async function cutShort(): Promise<Scene> {
  const s = await scene({ 'list.txt': 'top\n', 'mine.txt': 'm\n' });
  branch(s, 'one', { 'one.txt': '1\n' });
  branch(s, 'two', { 'two.txt': '2\n' });
  const from = s.git('rev-parse', 'main');
  const begun = new Date().toISOString();
  await merge(s.ports(), { names: ['one'], into: 'main' });
  const to = s.git('rev-parse', 'main');
  s.git('read-tree', '-m', '-u', to, from);
  s.write('mine.txt', 'not committed\n');
  const put = (name: string, value: object) => writeFileSync(s.path('.git/gwt', name), JSON.stringify(value));
  put('landing.json', { version: 1, target: 'main', from, to, checkouts: [s.dir] });
  put('train.json', { version: 1, target: 'main', at: begun, input: { names: ['one', 'two'], into: 'main' } });
  return s;
}
const subjects = (s: Scene) => s.git('log', '--format=%s', 'main').split('\n');

test('--continue finishes what moved and lands the rest as it was asked for, nothing twice', async () => {
  const s = await cutShort();
  const answer = await s.gwt('merge', '--continue', '--json');
  expect([answer.code, answer.json()]).toMatchObject([
    0,
    { earlier: ['one'], landed: [{ branch: 'two' }], skipped: [] },
  ]);
  expect([subjects(s), s.git('status', '--porcelain')]).toEqual([['two work', 'one work', 'first'], ' M mine.txt']);
  expect((await s.gwt('merge', '--continue', '--json')).json().error.code).toBe('merge.nothing');
});

test('--abort puts a move back that was under way, with the checkout, and local changes stay', async () => {
  const s = await cutShort();
  const answer = await s.gwt('merge', '--abort');
  expect([answer.code, answer.out]).toEqual([0, expect.stringContaining('landing 1 is taken back from main: one')]);
  expect([subjects(s), s.git('status', '--porcelain'), s.exists('one.txt')]).toEqual([['first'], ' M mine.txt', false]);
  expect((await s.gwt('merge', '--abort', '--json')).json().error.code).toBe('merge.nothing');
  await merge(s.ports(), { names: ['one', 'two'], into: 'main' });
  expect(subjects(s)).toEqual(['two work', 'one work', 'first']);
});

test('doctor tells of a landing that was cut short; --fix shows what moved in the checkout, and lands nothing', async () => {
  const s = await cutShort();
  const of = async (fix: boolean) =>
    (await doctor(s.ports(), { fix })).findings.find(({ check }) => check === 'landing');
  expect(await of(false)).toMatchObject({ state: 'ill', subject: 'main', cure: expect.stringContaining('--continue') });
  expect(s.exists('one.txt')).toBe(false);
  await of(true);
  expect([s.exists('one.txt'), s.git('status', '--porcelain'), subjects(s)]).toEqual([
    true,
    ' M mine.txt',
    ['one work', 'first'],
  ]);
  expect((await s.gwt('merge', '--continue')).code).toBe(0);
  expect(await of(false)).toBeUndefined();
});

test('a landing that ends as it should leaves no note, also when it is refused', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  branch(s, 'work', { 'a.txt': 'b\n' });
  s.write('a.txt', 'mine\n');
  expect((await s.gwt('merge', 'work', '--json')).json().error.code).toBe('merge.blocked');
  expect([s.exists('.git/gwt/train.json'), s.exists('.git/gwt/landing.json')]).toEqual([false, false]);
});

test('given up, what a killed git had locked in the private worktree is free', async () => {
  const s = await cutShort();
  const bench = s.worktree('.integration');
  s.git('worktree', 'add', '-q', '--detach', bench, 'main');
  const admin = s.gitIn(bench, 'rev-parse', '--absolute-git-dir');
  s.write(`${admin}/gwt/bench.json`, '{}');
  s.write(`${admin}/index.lock`, '');
  expect((await s.gwt('merge', '--abort')).code).toBe(0);
  expect(s.exists(`${admin}/index.lock`)).toBe(false);
});
