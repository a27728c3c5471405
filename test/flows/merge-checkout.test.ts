import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { merge } from '../../src/flows/merge.ts';
import { undo } from '../../src/flows/undo.ts';
import { branch } from '../support/branches.ts';
import { type Scene, scene } from '../support/scene.ts';

const FILES = { 'changed.txt': 'c\n', 'deleted.txt': 'd\n', 'kept.txt': 'k\n', 'dir/inner.txt': 'i\n', thing: 't\n' };

/** main is checked out; `work` changes, adds, deletes, and swaps a file for a folder and a folder for a file. */
async function ready(): Promise<Scene> {
  const s = await scene({ ...FILES, '.gitignore': '*.log\nbuild/\n' });
  s.git('checkout', '-q', '-b', 'work');
  s.git('rm', '-q', '-r', 'deleted.txt', 'dir', 'thing');
  const made = {
    'changed.txt': 'c\nwork\n',
    'added.txt': 'a\n',
    'deep/er/added.txt': 'a\n',
    dir: 'now a file\n',
    'thing/in.txt': 't\n',
  };
  for (const [path, text] of Object.entries(made)) s.write(path, text);
  s.write('forced.log', 'tracked all the same\n');
  s.git('add', '--force', '--all');
  s.git('commit', '-q', '-m', 'work');
  s.git('checkout', '-q', 'main');
  return s;
}
const put = (s: Scene, path: string, text: string) => {
  mkdirSync(dirname(s.path(path)), { recursive: true });
  writeFileSync(s.path(path), text);
};
const land = (s: Scene) => merge(s.ports(), { names: ['work'], into: 'main' });
/** Every file of the checkout but git's own, with its content, and what git says about it. */
const picture = (s: Scene) => ({
  status: s.git('status', '--porcelain', '--ignored'),
  head: s.git('rev-parse', 'main'),
});

test('an untouched checkout follows in everything', async () => {
  const s = await ready();
  await land(s);
  expect(s.git('status', '--porcelain')).toBe('');
  expect([s.read('dir'), s.read('thing/in.txt'), s.exists('deleted.txt')]).toEqual(['now a file\n', 't\n', false]);
  await undo(s.ports(), {});
  expect(s.git('status', '--porcelain')).toBe('');
  expect([s.read('dir/inner.txt'), s.exists('added.txt')]).toEqual(['i\n', false]);
});

test.each([
  { name: 'a change', path: 'changed.txt', make: (s: Scene) => put(s, 'changed.txt', 'mine\n') },
  {
    name: 'a staged change',
    path: 'changed.txt',
    make: (s: Scene) => {
      put(s, 'changed.txt', 'mine\n');
      s.git('add', 'changed.txt');
    },
  },
  {
    name: 'a change staged and taken back on the disk',
    path: 'changed.txt',
    make: (s: Scene) => {
      put(s, 'changed.txt', 'mine\n');
      s.git('add', 'changed.txt');
      put(s, 'changed.txt', 'c\n');
    },
  },
  { name: 'a change to what goes', path: 'deleted.txt', make: (s: Scene) => put(s, 'deleted.txt', 'mine\n') },
  { name: 'an untracked file', path: 'added.txt', make: (s: Scene) => put(s, 'added.txt', 'mine\n') },
  { name: 'an untracked file with the same text', path: 'added.txt', make: (s: Scene) => put(s, 'added.txt', 'a\n') },
  { name: 'an ignored file', path: 'forced.log', make: (s: Scene) => put(s, 'forced.log', 'mine\n') },
  {
    name: 'an untracked folder where a file comes',
    path: 'added.txt/x',
    make: (s: Scene) => put(s, 'added.txt/x', 'mine\n'),
  },
  { name: 'an untracked file where a folder comes', path: 'deep', make: (s: Scene) => put(s, 'deep', 'mine\n') },
  {
    name: 'an untracked link where a folder comes',
    path: 'deep',
    make: (s: Scene) => symlinkSync('/tmp', s.path('deep')),
  },
  {
    name: 'an untracked file in a folder that becomes a file',
    path: 'dir/mine.txt',
    make: (s: Scene) => put(s, 'dir/mine.txt', 'mine\n'),
  },
  {
    name: 'an ignored file in a folder that becomes a file',
    path: 'dir/mine.log',
    make: (s: Scene) => put(s, 'dir/mine.log', 'mine\n'),
  },
  {
    name: 'an intent to add',
    path: 'added.txt',
    make: (s: Scene) => {
      put(s, 'added.txt', 'mine\n');
      s.git('add', '--intent-to-add', 'added.txt');
    },
  },
  {
    name: 'a change git was told not to look at (assume-unchanged)',
    path: 'changed.txt',
    make: (s: Scene) => {
      s.git('update-index', '--assume-unchanged', 'changed.txt');
      put(s, 'changed.txt', 'mine\n');
    },
  },
  {
    name: 'a change git was told not to look at (skip-worktree)',
    path: 'changed.txt',
    make: (s: Scene) => {
      s.git('update-index', '--skip-worktree', 'changed.txt');
      put(s, 'changed.txt', 'mine\n');
    },
  },
  { name: 'a mode', path: 'changed.txt', make: (s: Scene) => chmodSync(s.path('changed.txt'), 0o755) },
  {
    name: 'a file replaced by a folder',
    path: 'changed.txt',
    make: (s: Scene) => {
      rmSync(s.path('changed.txt'));
      put(s, 'changed.txt/x', 'mine\n');
    },
  },
] as { name: string; path: string; make: (s: Scene) => void }[])(
  '$name in the way: nothing lands, and it is named',
  async ({ path, make }) => {
    const s = await ready();
    make(s);
    const before = picture(s);
    const answer = await s.gwt('merge', 'work');
    expect([answer.code, answer.err]).toEqual([1, expect.stringContaining(path)]);
    expect(answer.err).toContain(s.dir);
    expect(picture(s)).toEqual(before);
  },
);

test('changes that are not in the way stay as they are: staged, unstaged, untracked, ignored', async () => {
  const s = await ready();
  put(s, 'kept.txt', 'mine\n');
  put(s, 'staged.txt', 'mine\n');
  s.git('add', 'staged.txt');
  put(s, 'untracked.txt', 'mine\n');
  put(s, 'build/out', 'mine\n');
  const before = s.git('status', '--porcelain', '--ignored');
  await land(s);
  expect(s.git('status', '--porcelain', '--ignored')).toBe(before);
  expect([s.read('changed.txt'), s.read('kept.txt'), s.read('build/out')]).toEqual(['c\nwork\n', 'mine\n', 'mine\n']);
});

test.each([
  { name: 'a merge', begin: (s: Scene) => s.tryGit(s.dir, 'merge', 'rival') },
  { name: 'a cherry-pick', begin: (s: Scene) => s.tryGit(s.dir, 'cherry-pick', 'rival') },
  { name: 'a rebase', begin: (s: Scene) => s.tryGit(s.dir, 'rebase', 'rival') },
  { name: 'a revert', begin: (s: Scene) => s.tryGit(s.dir, 'revert', '--no-edit', 'HEAD~1') },
  { name: 'another git command', begin: (s: Scene) => writeFileSync(s.path('.git/index.lock'), '') },
])('$name under way in the checkout: nothing lands', async ({ name, begin }) => {
  const s = await ready();
  branch(s, 'rival', { 'kept.txt': 'rival\n' });
  s.commit('main', { 'kept.txt': 'main\n' });
  begin(s);
  const head = s.git('rev-parse', 'main');
  const answer = await s.gwt('merge', 'work');
  expect([answer.code, answer.err]).toEqual([1, expect.stringContaining(`${name}`)]);
  expect(s.git('rev-parse', 'main')).toBe(head);
});

/** How a person's git may be set up without anything being wrong with it: the checkout follows all the same. */
const SETUPS: { name: string; set: (s: Scene) => void }[] = [
  { name: 'an untracked cache', set: (s) => s.git('update-index', '--force-untracked-cache') },
  { name: 'a split index', set: (s) => s.git('update-index', '--split-index') },
  { name: 'an index of version 4', set: (s) => s.git('update-index', '--index-version', '4') },
  { name: 'file system events by a program', set: (s) => monitored(s) },
  { name: 'line ends of Windows', set: (s) => s.git('config', 'core.autocrlf', 'true') },
  { name: 'submodules that follow', set: (s) => s.git('config', 'submodule.recurse', 'true') },
];

/** A monitor that knows nothing and so names every path, as git asks it to when it has lost count. */
function monitored(s: Scene): void {
  s.write('.git/monitor', "#!/bin/sh\nprintf 'now\\0/\\0'\n", 0o755);
  s.git('config', 'core.fsmonitor', '.git/monitor');
  s.git('status');
}

test.each(SETUPS)('with $name the checkout follows, and what is in the way is named', async ({ set }) => {
  const s = await ready();
  set(s);
  put(s, 'kept.txt', 'mine\n');
  put(s, 'untracked.txt', 'mine\n');
  put(s, 'added.txt', 'mine\n');
  const blocked = await s.gwt('merge', 'work');
  expect([blocked.code, blocked.err]).toEqual([1, expect.stringContaining('added.txt')]);
  rmSync(s.path('added.txt'));
  await land(s);
  expect(s.git('status', '--porcelain')).toBe(' M kept.txt\n?? untracked.txt');
  expect(s.read('changed.txt').replaceAll('\r', '')).toBe('c\nwork\n');
});

test('a file with line ends of Windows is no local change, and stays one when it is changed', async () => {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  branch(s, 'work', { 'a.txt': 'a\nwork\n' });
  s.git('config', 'core.autocrlf', 'true');
  for (const path of ['a.txt', 'b.txt']) rmSync(s.path(path));
  s.git('checkout', '-q', '--', '.');
  expect(s.read('a.txt')).toBe('a\r\n');
  put(s, 'a.txt', 'mine\r\n');
  const blocked = await s.gwt('merge', 'work');
  expect([blocked.code, blocked.err]).toEqual([1, expect.stringContaining('a.txt')]);
  put(s, 'a.txt', 'a\r\n');
  put(s, 'b.txt', 'mine\r\n');
  await land(s);
  expect([s.read('a.txt'), s.read('b.txt')]).toEqual(['a\r\nwork\r\n', 'mine\r\n']);
});

test('a name that changes its case alone changes in the checkout, and a file of the new name is not written over', async () => {
  const s = await scene({ Readme: 'r\n' });
  s.git('checkout', '-q', '-b', 'work');
  s.git('mv', 'Readme', 'README');
  s.commit('louder');
  s.git('checkout', '-q', 'main');
  put(s, 'README', 'mine\n');
  const blocked = await s.gwt('merge', 'work');
  expect([blocked.code, blocked.err]).toEqual([1, expect.stringContaining('README')]);
  rmSync(s.path('README'));
  await land(s);
  expect([s.git('status', '--porcelain'), s.exists('Readme'), s.read('README')]).toEqual(['', false, 'r\n']);
});

test('of two checkouts of the target both follow, or neither', async () => {
  const s = await ready();
  const second = `${s.box}/second`;
  s.git('worktree', 'add', '-q', '--force', second, 'main');
  writeFileSync(join(second, 'changed.txt'), 'mine\n');
  const blocked = await s.gwt('merge', 'work');
  expect([blocked.code, blocked.err]).toEqual([1, expect.stringContaining(second)]);
  expect([s.git('status', '--porcelain'), s.exists('added.txt')]).toEqual(['', false]);
  s.gitIn(second, 'checkout', '-q', '--', 'changed.txt');
  await land(s);
  expect([s.git('status', '--porcelain'), s.gitIn(second, 'status', '--porcelain')]).toEqual(['', '']);
});

test('a file that lies where a sparse checkout leaves one out is not written over', async () => {
  const s = await ready();
  s.git('sparse-checkout', 'set', '--no-cone', '/*', '!/changed.txt');
  put(s, 'changed.txt', 'mine\n');
  const blocked = await s.gwt('merge', 'work');
  expect([blocked.code, blocked.err, s.read('changed.txt')]).toEqual([
    1,
    expect.stringContaining('changed.txt'),
    'mine\n',
  ]);
});

test('a bisect under way in the checkout is left alone, and ends on the target as it is then', async () => {
  const s = await ready();
  s.commit('second', { 'more.txt': '2\n' });
  s.commit('third', { 'more.txt': '3\n' });
  s.git('bisect', 'start', 'main', 'main~2');
  const before = s.git('rev-parse', 'HEAD');
  await land(s);
  expect([s.git('rev-parse', 'HEAD'), s.git('status', '--porcelain')]).toEqual([before, '']);
  s.git('bisect', 'reset');
  expect([s.git('branch', '--show-current'), s.read('changed.txt'), s.git('status', '--porcelain')]).toEqual([
    'main',
    'c\nwork\n',
    '',
  ]);
});

test.skipIf(process.getuid?.() === 0)('a folder nobody may look into is named, and nothing lands', async () => {
  const s = await ready();
  mkdirSync(s.path('deep'));
  chmodSync(s.path('deep'), 0);
  const blocked = await s.gwt('merge', 'work');
  chmodSync(s.path('deep'), 0o755);
  expect([blocked.code, blocked.err]).toEqual([1, expect.stringContaining('deep')]);
});

test('a linked worktree of the target follows, the main one on another branch is left alone', async () => {
  const s = await ready();
  s.git('checkout', '-q', '-b', 'mine');
  put(s, 'changed.txt', 'mine\n');
  s.git('worktree', 'add', '-q', `${s.box}/linked one`, 'main');
  await land(s);
  expect(readFileSync(join(s.box, 'linked one/changed.txt'), 'utf8')).toBe('c\nwork\n');
  expect(s.gitIn(`${s.box}/linked one`, 'status', '--porcelain')).toBe('');
  expect([s.read('changed.txt'), s.git('branch', '--show-current')]).toEqual(['mine\n', 'mine']);
});

test('where nobody has the target checked out only the ref moves', async () => {
  const s = await ready();
  s.git('checkout', '-q', '--detach');
  put(s, 'changed.txt', 'mine\n');
  await land(s);
  expect(s.git('show', 'main:changed.txt')).toBe('c\nwork');
  expect(s.read('changed.txt')).toBe('mine\n');
});

test('a sparse checkout stays sparse', async () => {
  const s = await ready();
  s.git('sparse-checkout', 'set', '--no-cone', '/*', '!/deep/');
  await land(s);
  expect(s.git('status', '--porcelain')).toBe('');
  expect([s.exists('deep'), s.exists('added.txt')]).toEqual([false, true]);
});

test('a submodule pointer moves, and the submodule in the checkout is left alone', async () => {
  const inner = await scene();
  const second = inner.commit('second', { x: 'x\n' });
  const first = inner.git('rev-parse', 'HEAD~1');
  const s = await ready();
  s.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.dir, 'sub');
  s.gitIn(s.path('sub'), 'checkout', '-q', first);
  s.commit('sub at first');
  s.git('checkout', '-q', '-b', 'moves');
  s.gitIn(s.path('sub'), 'checkout', '-q', second);
  s.commit('sub at second');
  s.gitIn(s.path('sub'), 'checkout', '-q', first);
  s.git('checkout', '-q', 'main');
  appendFileSync(s.path('sub/README.md'), 'mine\n');
  await merge(s.ports(), { names: ['moves'] });
  expect(s.git('rev-parse', 'main:sub')).toBe(second);
  expect(s.gitIn(s.path('sub'), 'rev-parse', 'HEAD')).toBe(first);
  expect(readFileSync(s.path('sub/README.md'), 'utf8')).toContain('mine');
});

test('line ends that git changes on the way are no local changes', async () => {
  const s = await scene({ '.gitattributes': '*.txt text eol=crlf\n', 'a.txt': 'a\n' });
  branch(s, 'work', { 'a.txt': 'a\r\nwork\r\n' });
  rmSync(s.path('a.txt'));
  s.git('checkout', '-q', '--', 'a.txt');
  await land(s);
  expect([s.git('status', '--porcelain'), s.read('a.txt')]).toEqual(['', 'a\r\nwork\r\n']);
});

test('undo names the local changes that are in its way, and refuses when others have built on the landing', async () => {
  const s = await ready();
  await land(s);
  put(s, 'changed.txt', 'mine\n');
  const blocked = await s.gwt('undo');
  expect([blocked.code, blocked.err]).toEqual([1, expect.stringContaining('changed.txt')]);
  s.git('checkout', '-q', '--', 'changed.txt');
  s.commit('on top', { 'more.txt': 'm\n' });
  const built = await s.gwt('undo');
  expect([built.code, built.err]).toEqual([1, expect.stringContaining('has moved on')]);
});

/** As a crash leaves it: the ref has moved, the checkout has not, or only some of its files. */
function cutShort(s: Scene, moved: readonly string[]): void {
  const [from, to] = [s.git('rev-parse', 'main'), s.git('rev-parse', 'work')];
  put(s, '.git/gwt/landing.json', JSON.stringify({ version: 1, target: 'main', from, to, checkouts: [s.dir] }));
  s.git('update-ref', 'refs/heads/main', to);
  for (const path of moved) put(s, path, s.git('show', `work:${path}`).concat('\n'));
}

test.each([{ moved: [] }, { moved: ['changed.txt', 'added.txt'] }, { moved: ['deep/er/added.txt', 'forced.log'] }])(
  'a landing cut short with $moved written is finished by the next one, and local changes stay',
  async ({ moved }) => {
    const s = await ready();
    put(s, 'kept.txt', 'mine\n');
    put(s, 'untracked.txt', 'mine\n');
    cutShort(s, moved);
    await merge(s.ports(), { names: [] });
    expect(s.git('status', '--porcelain')).toBe(' M kept.txt\n?? untracked.txt');
    expect(s.exists('.git/gwt/landing.json')).toBe(false);
    await merge(s.ports(), { names: [] });
    expect(s.git('status', '--porcelain')).toBe(' M kept.txt\n?? untracked.txt');
  },
);

test('a landing cut short before anything moved leaves nothing behind', async () => {
  const s = await ready();
  const before = picture(s);
  put(
    s,
    '.git/gwt/landing.json',
    JSON.stringify({
      version: 1,
      target: 'main',
      from: before.head,
      to: s.git('rev-parse', 'work'),
      checkouts: [s.dir],
    }),
  );
  await merge(s.ports(), { names: [] });
  expect([picture(s), s.exists('.git/gwt/landing.json')]).toEqual([before, false]);
});

test('a landing cut short after the checkout followed does not mind what was changed since', async () => {
  const s = await ready();
  const [from, to] = [s.git('rev-parse', 'main'), s.git('rev-parse', 'work')];
  await land(s);
  put(s, '.git/gwt/landing.json', JSON.stringify({ version: 1, target: 'main', from, to, checkouts: [s.dir] }));
  put(s, 'changed.txt', 'mine\n');
  s.git('add', 'changed.txt');
  put(s, 'added.txt', 'mine too\n');
  await merge(s.ports(), { names: [] });
  expect(s.git('status', '--porcelain')).toBe(' M added.txt\nM  changed.txt');
});

test('a checkout where somebody went on meanwhile is named, follows in the rest, and their file is not touched', async () => {
  const s = await ready();
  cutShort(s, []);
  put(s, 'changed.txt', 'mine\n');
  const answer = await s.gwt('merge', '--all');
  expect([answer.code, answer.err]).toEqual([0, expect.stringContaining(s.dir)]);
  expect([s.read('changed.txt'), s.git('status', '--porcelain')]).toEqual(['mine\n', 'UU changed.txt']);
});

test('beside a bare repository the linked checkout follows, wherever gwt is started', async () => {
  const outer = await ready();
  const bare = join(outer.box, 'project.git');
  outer.git('clone', '-q', '--bare', outer.dir, bare);
  const linked = join(outer.box, 'linked');
  outer.gitIn(bare, 'worktree', 'add', '-q', linked, 'main');
  expect((await outer.gwtIn(linked, ['merge', 'work'])).code).toBe(0);
  expect(outer.gitIn(linked, 'status', '--porcelain')).toBe('');
  appendFileSync(join(linked, 'changed.txt'), 'mine\n');
  expect((await outer.gwtIn(linked, ['undo', '--json'])).json().error).toMatchObject({
    code: 'undo.blocked',
    facts: { paths: ['changed.txt'] },
  });
  outer.gitIn(linked, 'checkout', '-q', 'changed.txt');
  expect((await outer.gwtIn(linked, ['undo'])).code).toBe(0);
  expect(outer.gitIn(linked, 'status', '--porcelain')).toBe('');
});
