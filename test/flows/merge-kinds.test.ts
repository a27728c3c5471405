import { chmodSync, rmSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kindOf } from '../../src/core/merge/conflict.ts';
import { inbox } from '../../src/flows/inbox.ts';
import { merge } from '../../src/flows/merge.ts';
import { resolve } from '../../src/flows/resolve.ts';
import { type Scene, scene } from '../support/scene.ts';

const LINES = Array.from({ length: 20 }, (_, n) => `line ${n}\n`).join('');
const FILES = { 'a.txt': LINES, 'b.bin': '\0base', 'dir/in.txt': LINES, 'x y/"q".txt': 'q\n' };

interface Kind {
  readonly name: string;
  readonly kinds: readonly string[];
  /** What each side does before its commit. */
  readonly ours: (s: Scene) => void;
  readonly theirs: (s: Scene) => void;
  /** Lists paths and blobs of a resolution by side; undefined where git's own paths stand in the way of a plain one. */
  readonly check?: (s: Scene) => void;
}
const link = (s: Scene, to: string) => {
  rmSync(s.path('a.txt'), { force: true });
  symlinkSync(to, s.path('a.txt'));
};

const KINDS: readonly Kind[] = [
  {
    name: 'both add',
    kinds: ['add/add'],
    ours: (s) => s.write('n.txt', 'ours\n'),
    theirs: (s) => s.write('n.txt', 'theirs\n'),
    check: (s) => expect(s.read('n.txt')).toBe('theirs\n'),
  },
  {
    name: 'deleted, changed',
    kinds: ['modify/delete'],
    ours: (s) => rmSync(s.path('x y/"q".txt')),
    theirs: (s) => s.write('x y/"q".txt', 'q\ntheirs\n'),
    check: (s) => expect(s.read('x y/"q".txt')).toBe('q\ntheirs\n'),
  },
  {
    name: 'changed, deleted',
    kinds: ['modify/delete'],
    ours: (s) => s.write('a.txt', 'ours\n'),
    theirs: (s) => rmSync(s.path('a.txt')),
    check: (s) => expect(s.exists('a.txt')).toBe(false),
  },
  {
    name: 'binary',
    kinds: ['binary'],
    ours: (s) => s.write('b.bin', '\0ours'),
    theirs: (s) => s.write('b.bin', '\0theirs'),
    check: (s) => expect(s.read('b.bin')).toBe('\0theirs'),
  },
  {
    name: 'links',
    kinds: ['symlink'],
    ours: (s) => link(s, 'ours'),
    theirs: (s) => link(s, 'theirs'),
    check: (s) => expect(s.git('cat-file', '-p', 'main:a.txt')).toBe('theirs'),
  },
  {
    name: 'renamed to two names',
    kinds: ['structure', 'structure', 'structure'],
    ours: (s) => s.git('mv', 'a.txt', 'one.txt'),
    theirs: (s) => s.git('mv', 'a.txt', 'two.txt'),
  },
  {
    name: 'renamed, deleted',
    kinds: ['structure'],
    ours: (s) => s.git('mv', 'a.txt', 'one.txt'),
    theirs: (s) => rmSync(s.path('a.txt')),
  },
  {
    name: 'a folder where a file comes',
    kinds: ['structure'],
    ours: (s) => s.write('new/in.txt', 'ours\n'),
    theirs: (s) => s.write('new', 'theirs\n'),
  },
  {
    name: 'mode and text',
    kinds: ['content'],
    ours: (s) => s.write('a.txt', `${LINES}ours\n`),
    theirs: (s) => {
      s.write('a.txt', `${LINES}theirs\n`);
      chmodSync(s.path('a.txt'), 0o755);
    },
    check: (s) => expect(s.git('ls-tree', 'main', 'a.txt')).toContain('100755'),
  },
];

async function conflict({ ours, theirs }: Kind): Promise<Scene> {
  const s = await scene(FILES);
  s.git('checkout', '-q', '-b', 'work');
  theirs(s);
  s.commit('work');
  s.git('checkout', '-q', 'main');
  ours(s);
  s.commit('main');
  await merge(s.ports(), { names: ['work'] });
  return s;
}

test.each(KINDS)('$name: it is seen for what it is, asked about once, and nothing lands', async (kind) => {
  const s = await conflict(kind);
  const [question] = (await inbox(s.ports(), {})).escalations;
  const { files = [] } = question?.context.conflict ?? {};
  const said = question?.context.messages ?? [];
  expect(files.map((file) => kindOf(file, said))).toEqual(kind.kinds);
  expect(said.join('\n')).toMatch(/CONFLICT|binary/);
  expect(s.git('log', '-1', '--format=%s', 'main')).toBe('main');
  expect(s.git('status', '--porcelain')).toBe('');
});

test.each(KINDS.filter(({ check }) => check))('$name: --theirs settles it', async (kind) => {
  const s = await conflict(kind);
  expect((await resolve(s.ports(), { id: '1', answer: 'theirs' })).outcome).toBe('landed');
  kind.check?.(s);
  expect(s.git('status', '--porcelain')).toBe('');
});

test('a submodule that both sides moved is a question, and a side can be taken', async () => {
  const inner = await scene();
  const [first, second] = [inner.commit('1', { x: '1\n' }), inner.commit('2', { x: '2\n' })];
  const s = await scene();
  const at = (oid: string) => {
    s.git('update-index', '--add', '--cacheinfo', `160000,${oid},sub`);
    s.git('commit', '-q', '-m', oid);
  };
  at(inner.git('rev-parse', 'HEAD~2'));
  s.git('checkout', '-q', '-b', 'work');
  at(first);
  s.git('checkout', '-q', 'main');
  at(second);
  const result = await merge(s.ports(), { names: ['work'] });
  expect(result.escalated).toMatchObject([{ branch: 'work', paths: ['sub'] }]);
  await resolve(s.ports(), { id: '1', answer: 'theirs' });
  expect(s.git('rev-parse', 'main:sub')).toBe(first);
});
