import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commitsOf, rebase, type Settle } from '../../src/flows/merge/rebase.ts';
import { merge } from '../../src/flows/merge.ts';
import { branch } from '../support/branches.ts';
import { type Scene, scene } from '../support/scene.ts';

const never: Settle = async () => ({ outcome: 'unsettled', tried: [] });
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `line ${from + n}\n`).join('');

/** The branch rebased in memory and by git itself, each commit as tree, author, date and message. */
async function both(s: Scene, branch: string) {
  const ports = s.ports();
  const main = s.git('rev-parse', 'main');
  const tip = { commit: main, tree: s.git('rev-parse', 'main^{tree}') };
  const work = { branch, head: s.git('rev-parse', branch) };
  const slow = await rebase(ports, work, tip, never);
  // Once more with everything looked up beforehand: what needs no merge is then put there without one.
  const commits = (await commitsOf(ports, [work], main)).get(branch) ?? [];
  await ports.git.merging.prepare(tip.tree, commits);
  const ours = await rebase(ports, work, tip, never, commits);
  const trees = (head: string) => s.git('log', '--format=%T', `main..${head}`);
  if (slow.outcome !== 'clean' || ours.outcome !== 'clean') throw new Error('stuck');
  expect(trees(ours.tip.commit)).toBe(trees(slow.tip.commit));
  s.git('worktree', 'add', '-q', '--detach', `${s.box}/by git`, branch);
  s.gitIn(`${s.box}/by git`, 'rebase', '-q', 'main');
  const story = (head: string) => s.git('log', '--reverse', '--format=%T %an %ae %ad %B', `main..${head}`);
  if (ours.outcome !== 'clean') throw new Error('stuck');
  return { ours: story(ours.tip.commit), git: story(s.gitIn(`${s.box}/by git`, 'rev-parse', 'HEAD')), result: ours };
}

test('trees, authors, dates and messages are those of git rebase, on awkward content', async () => {
  const s = await scene({
    'a.txt': lines(0, 40),
    'räum lich/"q".txt': 'q\n',
    'crlf.txt': 'x\r\ny\r\n',
    'gone.txt': 'g\n',
  });
  s.git('checkout', '-q', '-b', 'work');
  s.commit('subject\n\nbody\n\nGwt-Task: work', { 'räum lich/"q".txt': 'q\nwork' });
  writeFileSync(s.path('image.bin'), Buffer.from([0, 1, 2, 255, 254]));
  symlinkSync('a.txt', s.path('link'));
  chmodSync(s.path('a.txt'), 0o755);
  s.commit('binary, link, mode');
  s.commit('an empty one');
  s.git('mv', 'crlf.txt', 'renamed.txt');
  s.commit('renamed', { 'a.txt': lines(0, 40).replace('line 30', 'thirty') });
  s.git('rm', '-q', 'gone.txt');
  s.commit('gone', { 'no newline': 'end' });
  s.git('checkout', '-q', 'main');
  s.commit('main moves', { 'a.txt': lines(0, 40).replace('line 3\n', 'three\n'), 'crlf.txt': 'x\r\nmain\r\ny\r\n' });
  const { ours, git } = await both(s, 'work');
  expect(ours).toBe(git);
  expect(ours).toContain('an empty one');
});

test('merge commits are flattened, and what the target has already is left out', async () => {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  s.git('checkout', '-q', '-b', 'side');
  s.commit('side', { 'side.txt': 's\n' });
  s.git('checkout', '-q', '-b', 'work', 'main');
  s.commit('one', { 'a.txt': 'a\none\n' });
  s.commit('landed before', { 'b.txt': 'b\nlanded\n' });
  s.git('merge', '-q', '--no-edit', 'side');
  s.commit('two', { 'c.txt': 'c\n' });
  s.git('checkout', '-q', 'main');
  s.commit('same change, other words', { 'b.txt': 'b\nlanded\n' });
  const { ours, git, result } = await both(s, 'work');
  expect(ours).toBe(git);
  expect(result.commits).toHaveLength(3);
});

test('a commit that becomes empty on the way is dropped', async () => {
  const s = await scene({ 'a.txt': 'a\nb\n' });
  s.git('checkout', '-q', '-b', 'work');
  s.commit('both', { 'a.txt': 'a\nx\n', 'n.txt': 'n\n' });
  s.git('checkout', '-q', 'main');
  s.commit('first half', { 'a.txt': 'a\nx\n' });
  s.commit('second half', { 'n.txt': 'n\n' });
  const { ours, git, result } = await both(s, 'work');
  expect(ours).toBe(git);
  expect(result.commits).toEqual([]);
});

test('a branch that stands on the target keeps its very commits', async () => {
  const s = await scene();
  s.git('checkout', '-q', '-b', 'work');
  const made = [s.commit('one', { a: '1\n' }), s.commit('two', { a: '2\n' })];
  const { result } = await both(s, 'work');
  expect(result.commits).toEqual(made);
});

test('a message in another encoding is kept byte for byte', async () => {
  const s = await scene();
  const message = Buffer.from('gr\xfc\xdfe\n\nk\xf6rper\n', 'latin1');
  s.git('checkout', '-q', '-b', 'work');
  s.write('a', 'a\n');
  s.git('add', 'a');
  execFileSync('git', ['-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '-q', '-F', '-'], {
    cwd: s.dir,
    input: message,
  });
  s.git('checkout', '-q', 'main');
  s.commit('main moves', { b: 'b\n' });
  const tip = { commit: s.git('rev-parse', 'main'), tree: s.git('rev-parse', 'main^{tree}') };
  const result = await rebase(s.ports(), { branch: 'work', head: s.git('rev-parse', 'work') }, tip, never);
  if (result.outcome !== 'clean') throw new Error('stuck');
  const raw = execFileSync('git', ['cat-file', 'commit', result.tip.commit], { cwd: s.dir });
  expect(raw.includes(message)).toBe(true);
  expect(raw.toString('latin1')).toContain('\nencoding ISO-8859-1\n');
  expect(s.tryGit(s.dir, 'fsck', '--no-dangling').code).toBe(0);
});

test('a branch with a history of its own can be put on the target', async () => {
  const s = await scene();
  s.git('checkout', '-q', '--orphan', 'work');
  s.commit('another beginning', { 'other.txt': 'o\n' });
  s.git('checkout', '-q', 'main');
  const { ours, git } = await both(s, 'work');
  expect(ours.split(' ')[0]).toBe(git.split(' ')[0]);
});

test.each([
  {
    name: 'the target renamed the file that is changed',
    main: ['mv', 'dir/a.txt', 'a.txt'],
    work: { 'dir/a.txt': 'a\nwork\n' },
  },
  {
    name: 'new folders',
    main: ['mv', 'b.txt', 'c.txt'],
    work: { 'x/y/z.txt': 'z\n', 'x/w.txt': 'w\n', 'dir.txt': 'd\n' },
  },
  {
    name: 'names around a folder',
    main: ['mv', 'b.txt', 'c.txt'],
    work: { 'dir-a': '1\n', 'dir.a': '1\n', dir0: '1\n', 'dir/ü': '1\n' },
  },
] as { name: string; main: string[]; work: Record<string, string> }[])(
  'as git does it: $name',
  async ({ main, work }) => {
    const s = await scene({ 'dir/a.txt': lines(0, 20), 'dir/b.txt': lines(20, 40), 'b.txt': 'b\n' });
    s.git('checkout', '-q', '-b', 'work');
    s.commit('work', work);
    s.git('checkout', '-q', 'main');
    s.git(...main);
    s.commit('main moves');
    const { ours, git } = await both(s, 'work');
    expect(ours).toBe(git);
  },
);

test('a file added to a folder the target renamed is a question, as it is for git', async () => {
  const s = await scene({ 'dir/a.txt': lines(0, 20), 'dir/b.txt': lines(20, 40) });
  s.git('checkout', '-q', '-b', 'work');
  const head = s.commit('work', { 'dir/new.txt': 'n\n' });
  s.git('checkout', '-q', 'main');
  s.git('mv', 'dir', 'moved');
  s.commit('main moves');
  const ports = s.ports();
  const tip = { commit: s.git('rev-parse', 'main'), tree: s.git('rev-parse', 'main^{tree}') };
  const commits = (await commitsOf(ports, [{ branch: 'work', head }], tip.commit)).get('work') ?? [];
  await ports.git.merging.prepare(tip.tree, commits);
  expect((await rebase(ports, { branch: 'work', head }, tip, never, commits)).outcome).toBe('stuck');
  s.git('checkout', '-q', 'work');
  expect(s.tryGit(s.dir, 'rebase', '-q', 'main').code).not.toBe(0);
});

test('a file named like an object is a file like any other', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  s.git('checkout', '-q', '-b', 'work');
  s.commit('work', { [s.git('rev-parse', 'HEAD').replace(/^./, '0')]: 'x\n', 'z.txt': 'z\n' });
  s.git('checkout', '-q', 'main');
  s.commit('main moves', { 'm.txt': 'm\n' });
  const { ours, git } = await both(s, 'work');
  expect(ours).toBe(git);
});

test('whatever happened on both sides: what git can rebase comes out the same, and what it cannot is a question', async () => {
  const names = ['a.txt', 'b.txt', 'dir/c.txt', 'dir/d.txt'];
  const act = fc.record({
    kind: fc.constantFrom('edit', 'edit', 'add', 'delete', 'move'),
    at: fc.nat(3),
    line: fc.nat(19),
  });
  const side = fc.array(act, { minLength: 1, maxLength: 4 });
  const made = (s: Scene, { kind, at, line }: { kind: string; at: number; line: number }, n: number) => {
    const path = names[at] ?? '';
    const there = s.exists(path);
    if (kind === 'delete' && there) s.git('rm', '-q', path);
    else if (kind === 'move' && there) s.git('mv', path, `moved-${line}-${n}.txt`);
    else if (kind === 'edit' && there) s.write(path, s.read(path).replace(`line ${line}\n`, `line ${line}, ${n}\n`));
    else s.write(`new-${line}.txt`, `${n}\n`);
    s.commit(`${kind} ${n}`);
  };
  await fc.assert(
    fc.asyncProperty(side, side, async (ours, theirs) => {
      const s = await scene(Object.fromEntries(names.map((name) => [name, lines(0, 20)])));
      s.git('checkout', '-q', '-b', 'work');
      for (const [n, one] of theirs.entries()) made(s, one, n);
      s.git('checkout', '-q', 'main');
      for (const [n, one] of ours.entries()) made(s, one, n + 10);
      const tip = { commit: s.git('rev-parse', 'main'), tree: s.git('rev-parse', 'main^{tree}') };
      const result = await rebase(s.ports(), { branch: 'work', head: s.git('rev-parse', 'work') }, tip, never);
      s.git('checkout', '-q', '--detach', 'work');
      const clean = s.tryGit(s.dir, 'rebase', '-q', 'main').code === 0;
      const story = (head: string) => s.git('log', '--reverse', '--format=%T %an %ae %ad %B', `main..${head}`);
      expect(result.outcome).toBe(clean ? 'clean' : 'stuck');
      if (result.outcome === 'clean') expect(story(result.tip.commit)).toBe(story('HEAD'));
    }),
    { numRuns: 8 },
  );
});

test.each([
  { rewrite: true, found: 'seen by Ada' },
  { rewrite: false, found: '' },
])('notes go along where git would take them along in a rebase: $rewrite', async ({ rewrite, found }) => {
  const s = await scene({ 'a.txt': 'a\n' });
  branch(s, 'work', { 'w.txt': 'w\n' });
  s.commit('main moves', { 'm.txt': 'm\n' });
  s.git('notes', 'add', '-m', 'seen by Ada', 'work');
  if (rewrite) s.git('config', 'notes.rewriteRef', 'refs/notes/*');
  await merge(s.ports(), { names: ['work'] });
  expect(s.git('log', '-1', '--format=%s%n%N', 'main').trim()).toBe(`work work\n${found}`.trim());
});
