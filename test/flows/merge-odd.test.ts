import { mkdirSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { merge } from '../../src/flows/merge.ts';
import { resolve } from '../../src/flows/resolve.ts';
import { type Scene, scene } from '../support/scene.ts';

const text = (name: string) => Array.from({ length: 20 }, (_, n) => `${name} ${n}\n`).join('');
const LONG = `${'a long folder name, for sure/'.repeat(20)}${'file '.repeat(40)}`;
const FILES = {
  'one.txt': text('one'),
  'two.txt': text('two'),
  'dir/a.txt': text('a'),
  'dir/b.txt': text('b'),
  'dir/c.txt': text('c'),
  'plain.txt': text('plain'),
  [LONG]: text('long'),
};

interface Odd {
  readonly name: string;
  readonly ours: (s: Scene) => void;
  readonly theirs: (s: Scene) => void;
  /** Whether git stops at it too. */
  readonly stops: boolean;
}
const move = (s: Scene, from: string, to: string) => {
  mkdirSync(s.path(to, '..'), { recursive: true });
  s.git('mv', from, to);
};

const ODD: readonly Odd[] = [
  {
    name: 'two files renamed to one name',
    stops: true,
    ours: (s) => move(s, 'one.txt', 'same.txt'),
    theirs: (s) => move(s, 'two.txt', 'same.txt'),
  },
  {
    name: 'a folder split in two where the other side adds to it',
    stops: true,
    ours: (s) => {
      move(s, 'dir/a.txt', 'left/a.txt');
      move(s, 'dir/b.txt', 'right/b.txt');
      move(s, 'dir/c.txt', 'right/c.txt');
    },
    theirs: (s) => s.write('dir/new.txt', 'new\n'),
  },
  {
    name: 'a folder split evenly',
    stops: true,
    ours: (s) => {
      move(s, 'dir/a.txt', 'left/a.txt');
      move(s, 'dir/b.txt', 'right/b.txt');
      rmSync(s.path('dir/c.txt'));
    },
    theirs: (s) => s.write('dir/new.txt', 'new\n'),
  },
  {
    name: 'names that differ in case alone',
    stops: false,
    ours: (s) => s.write('README', 'ours\n'),
    theirs: (s) => s.write('readme', 'theirs\n'),
  },
  {
    name: 'a rename that changes case alone, and a change under the old name',
    stops: false,
    ours: (s) => s.write('plain.txt', `${text('plain')}ours\n`),
    theirs: (s) => move(s, 'plain.txt', 'Plain.txt'),
  },
  {
    name: 'a path of more than 700 bytes',
    stops: false,
    ours: (s) => s.write(LONG, `${text('long')}ours\n`),
    theirs: (s) => s.write(LONG, `theirs\n${text('long')}`),
  },
  {
    name: 'attributes that come with the very change they are for',
    stops: false,
    ours: (s) => s.write('plain.txt', text('plain').replace('plain 5', 'ours 5')),
    theirs: (s) => {
      s.write('.gitattributes', '*.txt text eol=crlf\n');
      s.write('plain.txt', text('plain').replace('plain 15', 'theirs 15'));
    },
  },
];

test.each(ODD)('$name: as git itself has it', async ({ ours, theirs, stops }) => {
  const s = await scene(FILES);
  s.git('checkout', '-q', '-b', 'work');
  theirs(s);
  s.commit('work');
  s.git('checkout', '-q', 'main');
  ours(s);
  s.commit('main');
  const by = `${s.box}/by git`;
  s.git('worktree', 'add', '-q', '--detach', by, 'main');
  const { code } = s.tryGit(by, 'cherry-pick', 'work');
  const tree = s.gitIn(by, 'rev-parse', 'HEAD^{tree}');
  const { landed, escalated } = await merge(s.ports(), { names: ['work'] });
  expect([code !== 0, landed.length, escalated.length]).toEqual([stops, stops ? 0 : 1, stops ? 1 : 0]);
  if (!stops) expect(s.git('rev-parse', 'main^{tree}')).toBe(tree);
  expect(s.git('status', '--porcelain')).toBe('');
});

test('a new file in a folder that was split up is asked about, and lands where a person leaves it', async () => {
  const s = await scene({ 'dir/a.txt': text('a'), 'dir/b.txt': text('b') });
  s.git('checkout', '-q', '-b', 'work');
  s.commit('work', { 'dir/new.txt': 'new\n' });
  s.git('checkout', '-q', 'main');
  move(s, 'dir/a.txt', 'left/a.txt');
  move(s, 'dir/b.txt', 'right/b.txt');
  s.commit('main');
  expect((await merge(s.ports(), { names: ['work'] })).escalated).toMatchObject([{ paths: ['dir/new.txt'] }]);
  expect((await resolve(s.ports(), { id: '1', answer: 'theirs' })).outcome).toBe('landed');
  expect([s.read('dir/new.txt'), s.git('status', '--porcelain')]).toEqual(['new\n', '']);
});
