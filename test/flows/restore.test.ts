import { spawn as start } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { saveCheckpoint } from '../../src/flows/checkpoint.ts';
import { escalations, openEscalation } from '../../src/flows/escalate.ts';
import { remove } from '../../src/flows/remove.ts';
import { restore } from '../../src/flows/restore.ts';
import { status } from '../../src/flows/status.ts';
import { taskNamed } from '../../src/flows/tasks.ts';
import { AWKWARD, BASE, taskIn } from '../support/awkward.ts';
import { listing } from '../support/listing.ts';
import { scene } from '../support/scene.ts';

const TELLING = [
  'staged, then changed again',
  'deleted in the index, there on disk',
  'added with intent',
  'CRLF where git normalises',
  'awkward names',
  'files git was told to overlook',
  'a merge in conflict',
  'a rebase in conflict',
  'a sparse checkout, with a file outside of it',
  'a detached head with a commit of its own',
  'a split index',
];

test.each(TELLING)('removed and restored from the trash, nothing differs: %s', async (name) => {
  const s = await scene(BASE);
  const { ports, task, at, git } = await taskIn(s);
  AWKWARD[name]?.(at, git);
  writeFileSync(at('ignored.db'), 'only here');
  const before = listing(task.worktree);
  const tip = s.git('rev-parse', 'gwt/login');
  const removed = await remove(ports, { tasks: ['login'] });
  expect(removed.tasks[0]).toMatchObject({ checkpoint: 1, branchKept: false, left: [] });
  expect(s.exists(task.worktree)).toBe(false);
  expect(s.git('worktree', 'list')).not.toContain('login');
  expect(s.git('branch', '--list', 'gwt/*')).toBe('');
  s.git('gc', '--quiet', '--prune=now');
  expect(await restore(ports, { task: 'login' })).toMatchObject({ outcome: 'restored', from: 'trash' });
  expect(listing(task.worktree)).toBe(before);
  expect(s.git('rev-parse', 'gwt/login')).toBe(tip);
  expect((await taskNamed(ports, 'login')).state).toBe('queued');
  expect(s.git('fsck', '--no-dangling', '--no-progress')).toBe('');
});

test.each(TELLING)(
  'removed, the trash emptied, and restored from the checkpoint, nothing but ignored files is gone: %s',
  async (name) => {
    const s = await scene(BASE);
    const { ports, task, at, git } = await taskIn(s);
    AWKWARD[name]?.(at, git);
    const before = listing(task.worktree);
    await remove(ports, { tasks: ['login'] });
    rmSync(join(dirname(task.worktree), '.trash'), { recursive: true });
    rmSync(s.path('.git/gwt/trash'), { recursive: true });
    s.git('reflog', 'expire', '--expire=now', '--all');
    s.git('gc', '--quiet', '--prune=now');
    expect(await restore(ports, { task: 'login' })).toMatchObject({ from: 'checkpoint 1', missing: [] });
    expect(listing(task.worktree)).toBe(before);
  },
);

test('a worktree deleted by hand comes back with its branch from the last checkpoint, or from newer commits', async () => {
  const s = await scene(BASE);
  const { ports, task, at, git } = await taskIn(s);
  writeFileSync(at('new.ts'), 'new\n');
  await saveCheckpoint(ports, task, 'by hand');
  const before = listing(task.worktree);
  rmSync(task.worktree, { recursive: true });
  expect(await restore(ports, { task: 'login' })).toMatchObject({ from: 'checkpoint 1' });
  expect(listing(task.worktree)).toBe(before);
  git('add', '--all');
  git('commit', '-qm', 'newer');
  rmSync(task.worktree, { recursive: true });
  expect(await restore(ports, { task: 'login' })).toMatchObject({ from: 'branch' });
  expect(git('status', '--porcelain')).toBe('');
  expect(git('log', '-1', '--format=%s')).toBe('newer\n');
});

test('rm works where the folder is gone, where git lists it no longer, and where the branch is gone', async () => {
  const s = await scene(BASE);
  await s.gwt('spawn', 'folder', 'listed', 'branch');
  const ports = s.ports();
  rmSync(s.worktree('folder'), { recursive: true });
  rmSync(s.path('.git/worktrees/listed'), { recursive: true });
  writeFileSync(join(s.worktree('listed'), 'work.ts'), 'work\n');
  writeFileSync(join(s.worktree('branch'), 'work.ts'), 'work\n');
  s.git('update-ref', '-d', 'refs/heads/gwt/branch');
  const { tasks } = await remove(ports, { tasks: ['folder', 'listed', 'branch'] });
  expect(tasks.map(({ checkpoint, trash }) => [checkpoint, trash !== null])).toEqual([
    [null, false],
    [1, true],
    [1, true],
  ]);
  expect(s.git('worktree', 'list').split('\n')).toHaveLength(1);
  for (const { id } of tasks) await restore(ports, { task: id });
  for (const id of ['listed', 'branch']) {
    expect(s.gitIn(s.worktree(id), 'status', '--porcelain', '--', 'work.ts')).toBe('?? work.ts');
    expect(s.gitIn(s.worktree(id), 'branch', '--show-current')).toBe(`gwt/${id}`);
  }
  expect(s.gitIn(s.worktree('folder'), 'status', '--porcelain', '--branch', '-uno')).toBe('## gwt/folder');
});

test('rm leaves the missing worktrees of others in the list of git', async () => {
  const s = await scene();
  s.git('worktree', 'add', '-q', join(s.box, 'usb disk'), '-b', 'other');
  renameSync(join(s.box, 'usb disk'), join(s.box, 'unplugged'));
  await s.gwt('spawn', 'login');
  await remove(s.ports(), { tasks: ['login'] });
  expect(s.git('worktree', 'list')).toContain('usb disk');
});

test('rm refuses while a process works in the worktree, and names it', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  const child = start('sleep', ['60'], { cwd: s.worktree('login') });
  await new Promise((ready) => child.once('spawn', ready));
  const answer = await s.gwt('rm', 'login');
  child.kill('SIGKILL');
  expect(answer.code).toBe(1);
  expect(answer.err).toContain(`${child.pid}  sleep 60`);
  expect(s.exists(s.worktree('login'))).toBe(true);
  const inside = await s.gwtIn(s.worktree('login'), ['rm', 'login', '--json']);
  expect(inside.json().error.code).toBe('worktree.used');
});

test('rm refuses a locked worktree, an unknown task, and a task that is removed already; with several names nothing is half done', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login', 'search');
  s.git('worktree', 'lock', s.worktree('login'));
  expect((await s.gwt('rm', 'search', 'login', '--json')).json().error.code).toBe('worktree.locked');
  expect((await s.gwt('rm', 'search', 'logout', '--json')).json().error).toMatchObject({ code: 'task.unknown' });
  expect(s.exists(s.worktree('search'))).toBe(true);
  expect((await s.gwt('rm', 'search')).code).toBe(0);
  expect((await s.gwt('rm', 'search', '--json')).json().error.code).toBe('task.state');
});

test('a removal that was cut short is finished by a second one, or taken back', async () => {
  const s = await scene(BASE);
  const { ports, task, at } = await taskIn(s);
  writeFileSync(at('new.ts'), 'new\n');
  const before = listing(task.worktree);
  const dying = { ...ports, files: { ...ports.files, rename: () => Promise.reject(new Error('power cut')) } };
  await expect(remove(dying, { tasks: ['login'] })).rejects.toThrow('power cut');
  expect(await restore(ports, { task: 'login' })).toMatchObject({ from: 'place' });
  expect(listing(task.worktree)).toBe(before);
  await expect(remove(dying, { tasks: ['login'] })).rejects.toThrow('power cut');
  await remove(ports, { tasks: ['login'] });
  await restore(ports, { task: 'login' });
  expect(listing(task.worktree)).toBe(before);
});

test('a nested repository goes to the trash with all it has, and the answer says that no checkpoint has it', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  const nested = join(s.worktree('login'), 'vendor/lib');
  mkdirSync(nested, { recursive: true });
  s.gitIn(nested, 'init', '-q');
  writeFileSync(join(nested, 'inside'), 'x');
  writeFileSync(join(s.worktree('login'), 'beside'), 'x');
  const answer = await s.gwt('rm', 'login');
  expect(answer.out).toContain('only in the trash, in no checkpoint: vendor/lib');
  await s.gwt('restore', 'login');
  expect(s.read(join(nested, 'inside'))).toBe('x');
});

test('restore overwrites nothing: not a folder, not a branch, not a claim of another task', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login', '--owns', 'src/**');
  const ports = s.ports();
  const removed = async () => (await remove(ports, { tasks: ['login'] })).tasks[0];
  await removed();
  s.git('branch', 'gwt/login', s.commit('other'));
  await expect(restore(ports, { task: 'login' })).rejects.toMatchObject({ code: 'restore.taken' });
  s.git('branch', '-D', 'gwt/login');
  mkdirSync(s.worktree('login'), { recursive: true });
  await expect(restore(ports, { task: 'login' })).rejects.toMatchObject({ code: 'restore.taken' });
  rmSync(s.worktree('login'), { recursive: true });
  await s.gwt('spawn', 'taker', '--owns', 'src/auth/**');
  await expect(restore(ports, { task: 'login' })).rejects.toMatchObject({ code: 'claim.overlap' });
  expect(s.exists(s.worktree('login'))).toBe(false);
  await remove(ports, { tasks: ['taker'] });
  await restore(ports, { task: 'login' });
  expect((await status(ports, {})).tasks.map(({ id, needs }) => [id, needs])).toEqual([['login', null]]);
  await expect(restore(ports, { task: 'login' })).rejects.toMatchObject({ code: 'task.state' });
});

test('the list of what can come back names the task and how', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  expect((await s.gwt('restore')).out).toBe('Nothing was removed that could come back.\n');
  await s.gwt('rm', 'login');
  expect((await s.gwt('restore')).out).toMatch(
    /^login {2}removed .* trash folder .*, 1 checkpoint\n {4}gwt restore login\n$/,
  );
});

test('where somebody made a repository of its own out of the worktree, both are kept', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  const at = s.worktree('login');
  rmSync(join(at, '.git'));
  s.gitIn(at, 'init', '-q');
  writeFileSync(join(at, 'new.ts'), 'new\n');
  s.gitIn(at, 'add', '--all');
  s.gitIn(at, 'commit', '-qm', 'own');
  const answer = await s.gwt('rm', 'login');
  expect(answer.out).toContain('only in the trash, in no checkpoint: .git');
  await s.gwt('restore', 'login');
  expect(s.gitIn(at, 'status', '--porcelain', '--branch')).toBe('## gwt/login\n?? new.ts');
  expect(s.gitIn(join(at, '.gwt/replaced-1.git'), 'log', '--format=%s')).toBe('own');
});

test('what was asked about a removed task is closed, and said to be', async () => {
  const s = await scene(BASE);
  const { ports, task } = await taskIn(s);
  const asked = { branch: task.branch, reason: 'question', summary: 'which?' } as const;
  const other = { ...asked, branch: 'elsewhere' };
  const mine = await openEscalation(ports, { ...asked, task: 'login', blocks: true });
  const theirs = await openEscalation(ports, other);
  const { out } = await s.gwt('rm', 'login');
  expect(out).toContain(`closed what was asked about it: escalation ${mine.id}`);
  const states = (await escalations(ports)).map(({ id, state }) => [id, state]);
  expect(states).toEqual([
    [mine.id, 'resolved'],
    [theirs.id, 'open'],
  ]);
});
