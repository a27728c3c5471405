import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repoInFiles } from '../../src/adapters/git/repo-files.ts';
import { worktreesInFiles } from '../../src/adapters/git/worktree-files.ts';
import { type Scene, scene } from '../support/scene.ts';

const ASKED = ['--path-format=absolute', '--show-object-format', '--git-common-dir', '--git-dir', '--show-toplevel'];

/** What is read from files, as git says it; undefined where git is to be asked. */
function both(s: Scene, folder: string) {
  const read = repoInFiles(folder);
  const said = s.tryGit(folder, 'rev-parse', ...ASKED).out.trim();
  return { read: read && [read.objectFormat, read.common, read.gitDir, read.top].join('\n'), said };
}

test('the repository around a folder is read as git finds it', async () => {
  const s = await scene({ 'deep/er/a.txt': 'a\n' });
  s.git('config', 'extensions.worktreeConfig', 'true');
  const linked = join(s.box, 'linked one');
  s.git('worktree', 'add', '-q', '-b', 'work', linked);
  mkdirSync(join(linked, 'new'));
  for (const folder of [s.dir, s.path('deep/er'), linked, join(linked, 'new')]) {
    const { read, said } = both(s, folder);
    expect([folder, read]).toEqual([folder, said]);
  }
});

test('where a repository is not as git makes it git is asked', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  s.git('worktree', 'add', '-q', '-b', 'work', join(s.box, 'linked'));
  s.git('clone', '-q', '--bare', s.dir, join(s.box, 'bare.git'));
  s.git('clone', '-q', `--separate-git-dir=${join(s.box, 'apart')}`, s.dir, join(s.box, 'separate'));
  for (const folder of [s.box, s.path('.git'), s.path('.git/refs'), join(s.box, 'bare.git'), join(s.box, 'separate')])
    expect([folder, repoInFiles(folder)]).toEqual([folder, undefined]);
  for (const [name, value] of [
    ['core.worktree', '..'],
    ['core.bare', 'true'],
    ['include.path', 'more'],
    ['extensions.refStorage', 'other'],
  ] as const) {
    s.git('config', name, value);
    expect([name, repoInFiles(s.dir)]).toEqual([name, undefined]);
    s.tryGit(s.box, 'config', '--file', s.path('.git/config'), '--unset', name);
  }
});

test('worktrees are listed as git lists them: detached, locked, gone, unborn, packed', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  const add = (name: string, ...how: string[]) => s.git('worktree', 'add', '-q', ...how, join(s.box, name));
  add('b one', '-b', 'feature/one');
  add('a two', '--detach');
  add('gone', '-b', 'gone');
  add('locked', '-b', 'locked');
  rmSync(join(s.box, 'gone'), { recursive: true });
  rmSync(join(s.box, 'locked'), { recursive: true });
  s.git('worktree', 'lock', join(s.box, 'locked'));
  s.git('pack-refs', '--all');
  s.gitIn(join(s.box, 'b one'), 'symbolic-ref', 'HEAD', 'refs/heads/unborn');
  const said = s.git('worktree', 'list', '--porcelain', '-z').split('\0\0').filter(Boolean);
  const read = worktreesInFiles(s.path('.git')) ?? [];
  expect(
    read.map(({ path, head, branch, locked, prunable }) => [
      `worktree ${path}`,
      `HEAD ${head}`,
      branch === undefined ? 'detached' : `branch refs/heads/${branch}`,
      locked,
      prunable,
    ]),
  ).toEqual(
    said.map((block) => {
      const [path, head, branch, ...more] = block.split('\0').filter(Boolean);
      const has = (word: string) => more.some((line) => line.startsWith(word));
      return [path, head, branch, has('locked'), has('prunable')];
    }),
  );
  s.git('config', 'core.bare', 'true');
  expect(worktreesInFiles(s.path('.git'))).toBeUndefined();
});
