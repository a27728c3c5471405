import { appendFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { merge } from '../../src/flows/merge.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { changeTask, taskNamed } from '../../src/flows/tasks.ts';
import { undo } from '../../src/flows/undo.ts';
import { branch } from '../support/branches.ts';
import { type Scene, scene } from '../support/scene.ts';

/** Three landings of a branch each, all on main, which is checked out. */
async function three(): Promise<Scene> {
  const s = await scene({ 'list.txt': 'top\nend\n', 'ö.txt': 'ö\n' });
  for (const name of ['one', 'two', 'three']) {
    branch(s, name, { [`${name}.txt`]: `${name}\n` });
    await merge(s.ports(), { names: [name], into: 'main' });
  }
  return s;
}
const files = (s: Scene) => s.git('ls-tree', '--name-only', 'main').split('\n');
const subjects = (s: Scene) => s.git('log', '--format=%s', 'main').split('\n');

test('the last n landings are taken back together, and merging again lands them again', async () => {
  const s = await three();
  const landed = s.git('rev-parse', 'main');
  const back = await undo(s.ports(), { count: 2 });
  expect(back).toMatchObject({ landings: ['3', '2'], branches: ['three', 'two'], reverts: [] });
  expect([subjects(s), s.git('status', '--porcelain')]).toEqual([['one work', 'first'], '']);
  await merge(s.ports(), { names: ['two', 'three'], into: 'main' });
  expect(s.git('diff', landed, 'main')).toBe('');
});

test('back to before a landing takes all that came after it along; a landing that is not there is named', async () => {
  const s = await three();
  expect((await undo(s.ports(), { id: '2', dryRun: true })).landings).toEqual(['3', '2']);
  expect(subjects(s)).toHaveLength(4);
  expect((await undo(s.ports(), { id: '2' })).landings).toEqual(['3', '2']);
  expect((await s.gwt('undo', '--landing', '3', '--json')).json().error).toMatchObject({
    code: 'undo.unknown',
    facts: { landing: '3', known: ['1'] },
  });
  expect((await s.gwt('undo', '2', '--json')).json().error.code).toBe('undo.unknown');
  expect(subjects(s)).toEqual(['one work', 'first']);
});

test('a person who committed in between has built on it: refused, and --revert takes that one landing back on top', async () => {
  const s = await three();
  s.commit('mine', { 'mine.txt': 'm\n' });
  expect((await s.gwt('undo', '--json')).json().error.code).toBe('undo.built-on');
  appendFileSync(s.path('list.txt'), 'not committed\n');
  const answer = await s.gwt('undo', '--landing', '2', '--revert');
  expect([answer.code, answer.out]).toEqual([0, expect.stringContaining('Took back landing 2 with one commit on top')]);
  expect(files(s)).toEqual(['list.txt', 'mine.txt', 'one.txt', 'three.txt', '"\\303\\266.txt"']);
  expect(s.git('status', '--porcelain')).toBe(' M list.txt');
  const [head] = s.git('log', '-1', '--format=%B', 'main').split('\n');
  expect(head).toBe('Revert "two work"');
  // It stands no longer: the next undo is about another one.
  expect((await undo(s.ports(), { dryRun: true, revert: true })).landings).toEqual(['3']);
});

test('a revert gives the tree and the words that git revert gives, of merge commits and of names beyond ASCII too', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  s.git('checkout', '-q', '-b', 'work');
  s.commit('grün ändern', { 'a.txt': 'grün\n' });
  s.commit('zwei', { 'b/c.txt': 'c\n' });
  s.git('checkout', '-q', 'main');
  await merge(s.ports(), { names: ['work'], into: 'main' });
  s.commit('later', { 'later.txt': 'l\n' });
  s.git('branch', 'twin');
  await undo(s.ports(), { revert: true });
  s.git('checkout', '-q', 'twin');
  s.git('revert', '--no-edit', 'work', 'work~1');
  expect(s.git('diff', 'main', 'twin')).toBe('');
  const words = (name: string) => s.git('log', '-2', '--format=%B', name).replace(/[0-9a-f]{40}/g, 'oid');
  expect(words('main')).toBe(words('twin'));
});

test('a revert that conflicts with what came later changes nothing and names the paths', async () => {
  const s = await scene({ 'list.txt': 'top\nend\n' });
  branch(s, 'work', { 'list.txt': 'top\nwork\nend\n' });
  await merge(s.ports(), { names: ['work'], into: 'main' });
  s.commit('later', { 'list.txt': 'top\nwork and more\nend\n' });
  const refs = () => s.git('for-each-ref', 'refs/heads', 'refs/gwt/landings');
  const before = refs();
  const answer = await s.gwt('undo', '--revert', '--json');
  expect([answer.code, answer.json().error]).toMatchObject([
    1,
    { code: 'undo.conflict', facts: { paths: ['list.txt'] } },
  ]);
  expect(refs()).toBe(before);
});

test('what a remote has already is not put back, only reverted', async () => {
  const s = await three();
  s.git('clone', '-q', '--bare', s.dir, `${s.box}/far.git`);
  s.git('remote', 'add', 'far/away', `${s.box}/far.git`);
  s.git('fetch', '-q', 'far/away');
  expect((await s.gwt('undo', '--json')).json().error).toMatchObject({
    code: 'undo.pushed',
    facts: { remote: 'far/away' },
  });
  const back = await s.gwt('undo', '--revert');
  expect([back.code, back.out]).toEqual([0, expect.stringContaining('gwt merge --push far/away')]);
});

test('the task is finished again, also by a revert', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  await spawn(s.ports(), { tasks: ['login'] });
  const w = s.worktree('login');
  s.write(`${w}/login.txt`, 'l\n');
  s.gitIn(w, 'add', 'login.txt');
  s.gitIn(w, 'commit', '-q', '-m', 'login work');
  const at = new Date(0).toISOString();
  const event = { type: 'loop.ended', task: 'login', at, outcome: 'complete', iterations: 1 } as const;
  await changeTask(s.ports(), 'login', () => ({ event, state: 'finished' }));
  await merge(s.ports(), { names: [] });
  const state = async () => (await taskNamed(s.ports(), 'login')).state;
  expect(await state()).toBe('landed');
  await undo(s.ports(), { revert: true });
  expect([await state(), files(s)]).toEqual(['finished', ['a.txt']]);
});

test('a number that is none is named as what it is', async () => {
  const s = await three();
  const answer = await s.gwt('undo', 'last');
  expect([answer.code, answer.err]).toEqual([2, expect.stringContaining('is a number from 1 on, not last')]);
  expect(answer.err).not.toContain('--n ');
});
