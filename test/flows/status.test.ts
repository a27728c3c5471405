import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { remove } from '../../src/flows/remove.ts';
import { status } from '../../src/flows/status.ts';
import { changeTask } from '../../src/flows/tasks.ts';
import { branch } from '../support/branches.ts';
import { finished } from '../support/finished.ts';
import { scene } from '../support/scene.ts';

test('status tells ahead, behind, dirty and conflicts of every task, what needs the person first', async () => {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  await s.gwt('spawn', 'clean', 'login', 'search', 'api');
  writeFileSync(join(s.worktree('login'), 'a.txt'), 'login\n');
  s.gitIn(s.worktree('login'), 'commit', '-qam', 'login');
  writeFileSync(join(s.worktree('login'), 'b.txt'), 'dirty\n');
  writeFileSync(join(s.worktree('login'), 'new.txt'), 'new\n');
  writeFileSync(join(s.worktree('search'), 'b.txt'), 'search\n');
  s.gitIn(s.worktree('search'), 'commit', '-qam', 'search');
  s.commit('main moves', { 'a.txt': 'main\n' });
  rmSync(s.worktree('api'), { recursive: true });
  const ports = s.ports();
  const event = { type: 'task.changed', at: '2026-01-01T00:00:00Z', task: 'search', what: 'finished' } as const;
  await changeTask(ports, 'search', () => ({ event, state: 'finished' }));
  const { target, tasks } = await status(ports, {});
  expect(target).toBe('main');
  expect(tasks.map(({ id, needs }) => [id, needs])).toEqual([
    ['api', 'its worktree is gone'],
    ['search', 'finished, can land on main'],
    ['clean', null],
    ['login', null],
  ]);
  expect(tasks.find(({ id }) => id === 'login')).toMatchObject({
    ahead: 1,
    behind: 1,
    dirty: true,
    changes: { tracked: 1, untracked: 1, unmerged: 0 },
    conflicts: ['a.txt'],
    branch: 'gwt/login',
    worktree: s.worktree('login'),
  });
  expect(tasks.find(({ id }) => id === 'search')).toMatchObject({ ahead: 1, behind: 1, dirty: false, conflicts: [] });
  expect(tasks.find(({ id }) => id === 'clean')).toMatchObject({ ahead: 0, behind: 1, dirty: false, heartbeat: null });
});

test('status in a repository gwt has never seen says how to begin and prepares nothing', async () => {
  const s = await scene();
  const before = s.git('for-each-ref');
  const answer = await s.gwt('status');
  expect(answer.out).toBe('No task is open; work lands on main.\nBegin one: gwt spawn <task> --prompt "…"\n');
  expect(s.git('for-each-ref')).toBe(before);
});

test('a worktree that is on another branch, or became a repository of its own, is named', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login', 'api');
  s.gitIn(s.worktree('login'), 'symbolic-ref', 'HEAD', 'refs/heads/main');
  rmSync(join(s.worktree('api'), '.git'));
  s.gitIn(s.worktree('api'), 'init', '-q', '-b', 'own');
  const { tasks } = await status(s.ports(), {});
  expect(tasks.map(({ id, needs }) => [id, needs])).toEqual([
    ['api', 'its worktree is on branch own, not on gwt/api'],
    ['login', 'its worktree is on branch main, not on gwt/login'],
  ]);
});

test('a target that is gone makes no branch look gone', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  s.git('branch', '-m', 'main', 'trunk');
  expect((await status(s.ports(), {})).tasks.map(({ needs }) => needs)).toEqual([null]);
});

test('a question about a plain branch is told too, with no task at all', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  branch(s, 'work', { 'a.txt': 'work\n' });
  s.commit('main moves', { 'a.txt': 'main\n' });
  expect((await s.gwt('merge', 'work')).code).toBe(3);
  const { questions } = await status(s.ports(), {});
  expect(questions).toEqual([{ id: '1', branch: 'work', summary: 'work conflicts with main in a.txt' }]);
  expect((await s.gwt('status')).out).toContain('gwt inbox show 1  work conflicts with main in a.txt');
});

test('a package.json that is broken, as in the middle of a merge, is named', async () => {
  const s = await scene({ 'gwt.config.json': '{}', 'package.json': '<<<<<<< HEAD\n{}\n' });
  const answer = await s.gwt('status');
  expect([answer.code, answer.err]).toEqual([1, expect.stringContaining('package.json')]);
});

test('a finished task whose work the target has by another way says so, in status and when it is removed', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  const ports = s.ports();
  await finished(s, 'login', { 'login.txt': 'l\n' });
  s.git('merge', '-q', '--squash', 'gwt/login');
  s.git('commit', '-q', '-m', 'login by hand');
  const by = s.git('rev-parse', '--short=10', 'main');
  s.commit('main moves', { 'a.txt': 'b\n' });
  const [row] = (await status(ports, {})).tasks;
  expect([row?.needs, row?.next]).toEqual([
    expect.stringMatching(`^finished, landed already: .*${by}`),
    'gwt merge login',
  ]);
  expect((await remove(ports, { tasks: ['login'] })).tasks).toMatchObject([{ already: expect.stringContaining(by) }]);
});
