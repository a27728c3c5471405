import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { gc } from '../../src/flows/gc.ts';
import { merge } from '../../src/flows/merge.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { finished } from '../support/finished.ts';
import { listing } from '../support/listing.ts';
import { type Scene, scene } from '../support/scene.ts';

const FILES = {
  '.gitignore': 'node_modules/\n*.db\ndist/\n.env\n',
  '.gitattributes': '*.md ident\n',
  'package.json': '{}\n',
  'src/a.ts': 'a\n',
  'src/b.ts': 'b\n',
  'gone.ts': 'gone later\n',
  'notes.md': '# $Id$\n',
  'run.sh': '#!/bin/sh\n',
};

const config = (s: Scene, pool: number): void =>
  s.write('.gwtrc.json', JSON.stringify({ worktrees: { pool, copy: ['.env'] } }));

/** A landed task `old` whose worktree is in use no more. */
async function landed(s: Scene, changes: Readonly<Record<string, string>> = { 'src/b.ts': 'b by old\n' }) {
  await finished(s, 'old', changes);
  await mergedWithoutPool(s, 'old');
}

/** So that what is done to the worktree afterwards is there when it is wanted. */
async function mergedWithoutPool(s: Scene, task: string): Promise<void> {
  const text = s.read('.gwtrc.json');
  config(s, 0);
  await merge(s.ports(), { names: [task] });
  s.write('.gwtrc.json', text);
}

/** Everything of a worktree, and of its git directory but for what says when and where. */
function whole(s: Scene, task: string): string {
  const admin = s.gitIn(s.worktree(task), 'rev-parse', '--absolute-git-dir');
  const files = readdirSync(admin, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = files.map((file) => {
    const skip = ['index', 'HEAD'].includes(basename(file)) && file.includes('logs');
    return skip || file.endsWith('/index') ? file : `${file}\n${readFileSync(file, 'utf8')}`;
  });
  return [listing(s.worktree(task)), ...texts.sort()].join('\n').replaceAll(admin, '<admin>');
}

function removeAll(s: Scene, task: string): void {
  s.git('worktree', 'remove', '--force', s.worktree(task));
  s.git('update-ref', '-d', `refs/gwt/tasks/${task}`);
  s.git('branch', '-D', `gwt/${task}`);
}

test('a worktree from the pool is like a fresh one, whatever was left in it', async () => {
  const s = await scene(FILES);
  s.write('.env', 'KEY=1\n');
  config(s, 1);
  await finished(s, 'old', { 'src/b.ts': 'b by old\n', 'src/new.ts': 'new\n' });
  const w = s.worktree('old');
  await mergedWithoutPool(s, 'old');
  s.git('rm', '-q', 'gone.ts');
  s.commit('goes on', { 'src/a.ts': 'a later\n', 'deep/er/c.ts': 'c\n' });
  const { ino } = statSync(join(w, 'package.json'));
  const put = (path: string, text = path) => {
    mkdirSync(join(w, path, '..'), { recursive: true });
    writeFileSync(join(w, path), text);
  };
  for (const path of ['a b', 'line\nend', '-rf', '日本/x', 'data.db', 'dist/out.js', '.env', 'deep', 'handoff.md'])
    put(path);
  put('.gwt/extra');
  put('progress.md', 'old progress');
  put('notes.md', '# $Id: kept as typed $\n');
  s.gitIn(w, 'add', 'notes.md');
  mkdirSync(join(w, 'empty/below'), { recursive: true });
  symlinkSync('nowhere', join(w, 'dangling'));
  chmodSync(join(w, 'run.sh'), 0o600);
  linkSync(join(w, 'src/a.ts'), join(s.box, 'outside.ts'));
  s.gitIn(w, 'config', '--worktree', 'user.name', 'Old');
  expect(s.gitIn(w, 'status', '--porcelain', '-uno')).toBe('');

  const ports = s.ports();
  await spawn(ports, { tasks: ['next'], owns: ['src/**'] });
  expect(s.exists(w)).toBe(false);
  expect(statSync(join(s.worktree('next'), 'package.json')).ino).toBe(ino);
  const warm = whole(s, 'next');
  expect(s.tryGit(s.worktree('next'), 'config', 'user.name').out).not.toContain('Old');
  expect(readFileSync(join(s.box, 'outside.ts'), 'utf8')).toBe('a\n');
  removeAll(s, 'next');
  config(s, 0);
  await spawn(s.ports(), { tasks: ['next'], owns: ['src/**'] });
  expect(warm).toBe(whole(s, 'next'));
  expect(s.git('worktree', 'prune', '-v', '-n')).toBe('');
});

test('what was left in it is in the trash and in a checkpoint, and gc deletes it when it is old', async () => {
  const s = await scene(FILES);
  config(s, 1);
  await landed(s);
  writeFileSync(join(s.worktree('old'), 'untracked.txt'), 'mine');
  writeFileSync(join(s.worktree('old'), 'x.db'), 'ignored');
  await spawn(s.ports(), { tasks: ['next'] });
  const [trash = ''] = readdirSync(join(s.box, 'repo.worktrees/.trash'));
  const at = join(s.box, 'repo.worktrees/.trash', trash);
  expect(readFileSync(join(at, 'untracked.txt'), 'utf8')).toBe('mine');
  expect(readFileSync(join(at, 'x.db'), 'utf8')).toBe('ignored');
  const [checkpoint = ''] = s
    .git('for-each-ref', '--sort=-refname', '--format=%(refname)', 'refs/gwt/checkpoints/old')
    .split('\n');
  expect(s.git('show', `${checkpoint}:untracked.txt`)).toBe('mine');
  const later = s.ports({ clock: { ...s.ports().clock, now: () => Date.now() + 40 * 86_400_000 } });
  expect((await gc(later, { days: 30 })).trash).toMatchObject([
    { path: at, task: 'old', ignored: { paths: ['x.db'] } },
  ]);
  expect(s.exists(at)).toBe(false);
  expect((await s.gwt('status')).code).toBe(0);
});

test('ignored dependency folders stay, without the caches in them, as long as the manifests are the same', async () => {
  const s = await scene(FILES);
  config(s, 2);
  const install = (task: string) => {
    mkdirSync(join(s.worktree(task), 'node_modules/pkg'), { recursive: true });
    mkdirSync(join(s.worktree(task), 'node_modules/.cache'), { recursive: true });
    writeFileSync(join(s.worktree(task), 'node_modules/pkg/index.js'), 'pkg');
    writeFileSync(join(s.worktree(task), 'node_modules/.cache/x'), 'old');
  };
  await landed(s);
  install('old');
  await spawn(s.ports(), { tasks: ['next'] });
  expect(readdirSync(join(s.worktree('next'), 'node_modules'))).toEqual(['pkg']);
  expect(s.gitIn(s.worktree('next'), 'status', '--porcelain')).toBe('');
  s.gitIn(s.worktree('next'), 'commit', '-q', '--allow-empty', '-m', 'x');
  await finished(s, 'third', { 'package.json': '{"dependencies":{}}\n' });
  await mergedWithoutPool(s, 'third');
  install('third');
  s.commit('again', { 'package.json': '{"dependencies":{"a":"1"}}\n' });
  await spawn(s.ports(), { tasks: ['fourth'] });
  expect(s.exists(s.worktree('third'))).toBe(false);
  expect(s.exists(join(s.worktree('fourth'), 'node_modules'))).toBe(false);
});

test.each<[string, (s: Scene, w: string) => void]>([
  ['a change that is not committed', (_, w) => writeFileSync(join(w, 'src/a.ts'), 'mine\n')],
  ['a merge under way', (s, w) => writeFileSync(join(s.gitIn(w, 'rev-parse', '--absolute-git-dir'), 'MERGE_HEAD'), '')],
  ['a repository inside', (s, w) => s.git('init', '-q', join(w, 'inner'))],
  ['a lock', (s, w) => s.git('worktree', 'lock', w)],
  ['a file git was told not to look at', (s, w) => s.gitIn(w, 'update-index', '--assume-unchanged', 'src/a.ts')],
  [
    'a name that is no text',
    (_, w) => writeFileSync(Buffer.concat([Buffer.from(`${w}/`), Buffer.from([0x66, 0xff])]), ''),
  ],
])('never handed on: %s', async (_, make) => {
  const s = await scene(FILES);
  config(s, 1);
  await landed(s);
  const w = s.worktree('old');
  make(s, w);
  const before = listing(w);
  await spawn(s.ports(), { tasks: ['next'] });
  expect(listing(w)).toBe(before);
  expect(s.gitIn(s.worktree('next'), 'status', '--porcelain')).toBe('');
  expect(s.git('worktree', 'list')).toContain(w);
});

test('what a process that was killed took out of its place is put back before anything else', async () => {
  const s = await scene(FILES);
  config(s, 1);
  await landed(s);
  const w = s.worktree('old');
  const before = listing(w);
  const pool = join(s.box, 'repo.worktrees/.pool');
  mkdirSync(pool);
  renameSync(w, join(pool, 'old.999999999'));
  writeFileSync(join(pool, 'old.999999999/src/a.ts'), 'mine\n');
  await spawn(s.ports(), { tasks: ['next'] });
  expect(listing(w)).not.toBe(before);
  expect(readFileSync(join(w, 'src/a.ts'), 'utf8')).toBe('mine\n');
  expect(readdirSync(pool)).toEqual([]);
});

test('landing fills the pool, and what was taken from it by a process that was killed is there again', async () => {
  const s = await scene(FILES);
  config(s, 1);
  await finished(s, 'old', { 'src/b.ts': 'b by old\n' });
  await finished(s, 'other', { 'src/other.ts': 'other\n' });
  await merge(s.ports(), { names: [] });
  const pool = join(s.box, 'repo.worktrees/.pool');
  const [name = ''] = readdirSync(pool);
  expect(readdirSync(pool)).toEqual([name, `${name}.json`]);
  expect([s.exists(s.worktree('old')), s.exists(s.worktree('other'))].sort()).toEqual([false, true]);
  s.git('worktree', 'prune');
  expect((await s.gwt('doctor')).out).toContain('All is well.');
  const { ino } = statSync(join(pool, name));
  renameSync(join(pool, `${name}.json`), join(pool, `${name}.json.999999999`));
  await spawn(s.ports(), { tasks: ['next'] });
  expect(statSync(s.worktree('next')).ino).toBe(ino);
  expect(readdirSync(pool)).toEqual([]);
  expect(s.gitIn(s.worktree('next'), 'status', '--porcelain', '--branch')).toBe('## gwt/next');
});

test('killed while it was handed on: the spawn is taken back, the rest goes to the trash, and the next one is fresh', async () => {
  const s = await scene(FILES);
  config(s, 1);
  await finished(s, 'old', { 'src/b.ts': 'b by old\n' });
  await merge(s.ports(), { names: [] });
  const pool = join(s.box, 'repo.worktrees/.pool');
  s.git('worktree', 'add', '-q', '--no-checkout', '--detach', join(s.box, 'half'), 'main');
  renameSync(join(s.box, 'half/.git'), join(pool, 'old/.git'));
  renameSync(join(pool, 'old.json'), join(pool, 'old.json.999999999'));
  s.git('worktree', 'prune');
  await spawn(s.ports(), { tasks: ['next'] });
  expect(readdirSync(pool)).toEqual([]);
  expect(s.gitIn(s.worktree('next'), 'status', '--porcelain')).toBe('');
});

test('a landing that is undone has its worktree again after gwt restore', async () => {
  const s = await scene(FILES);
  config(s, 1);
  await finished(s, 'old', { 'src/b.ts': 'b by old\n' });
  await merge(s.ports(), { names: [] });
  await s.gwt('undo', '--yes');
  expect((await s.gwt('restore', 'old')).code).toBe(0);
  expect(s.gitIn(s.worktree('old'), 'status', '--porcelain', '--branch')).toBe('## gwt/old');
  expect((await s.gwt('doctor')).out).toContain('All is well.');
});

test('two spawns at once and one worktree in the pool: one of them gets it, both get one', async () => {
  const s = await scene(FILES);
  config(s, 1);
  await landed(s);
  const { ino } = statSync(s.worktree('old'));
  await Promise.all(['x', 'y', 'z'].map((task) => spawn(s.ports(), { tasks: [task] })));
  expect(['x', 'y', 'z'].filter((task) => statSync(s.worktree(task)).ino === ino).length).toBe(1);
  for (const task of ['x', 'y', 'z']) expect(s.gitIn(s.worktree(task), 'status', '--porcelain')).toBe('');
});
