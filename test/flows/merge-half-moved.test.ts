import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { clearIndexLock } from '../../src/adapters/git/index-locks.ts';
import { merge } from '../../src/flows/merge.ts';
import { type Scene, scene } from '../support/scene.ts';

const LONG = `${'a line\n'.repeat(2000)}the end\n`;

/** A landing whose ref moved, and whose checkout was killed while `git read-tree` wrote `b.txt`: its index is as before. */
async function halfMoved(): Promise<Scene> {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n', 'd.txt': 'd\n', '.gitattributes': '' });
  s.git('checkout', '-q', '-b', 'work');
  s.git('rm', '-q', 'd.txt');
  s.commit('work', { 'a.txt': 'a\nlanded\n', 'b.txt': LONG, 'c.txt': 'c\nlanded\n', 'new/e.txt': LONG });
  s.git('checkout', '-q', 'main');
  const from = s.git('rev-parse', 'main');
  await merge(s.ports(), { names: ['work'], into: 'main' });
  const to = s.git('rev-parse', 'main');
  s.git('read-tree', '-m', '-u', to, from);
  s.write('a.txt', 'a\nlanded\n');
  s.write('b.txt', LONG.slice(0, 4096));
  rmSync(s.path('c.txt'));
  rmSync(s.path('d.txt'));
  s.write('new/e.txt', '');
  s.write('.git/gwt/landing.json', JSON.stringify({ version: 1, target: 'main', from, to, checkouts: [s.dir] }));
  return s;
}
const status = (s: Scene) => s.git('status', '--porcelain');

test('files that were being written when it was cut short are written anew, either way', async () => {
  const on = await halfMoved();
  expect((await on.gwt('merge', '--continue')).code).toBe(0);
  expect([status(on), on.read('b.txt'), on.read('new/e.txt'), on.exists('d.txt')]).toEqual(['', LONG, LONG, false]);
  const back = await halfMoved();
  expect((await back.gwt('merge', '--abort')).code).toBe(0);
  expect([status(back), back.read('a.txt'), back.read('b.txt'), back.exists('new')]).toEqual(['', 'a\n', 'b\n', false]);
});

test('the beginning of a file with line ends of Windows is known too', async () => {
  const s = await halfMoved();
  s.git('config', 'core.autocrlf', 'true');
  s.write('b.txt', LONG.replaceAll('\n', '\r\n').slice(0, 4096));
  expect((await s.gwt('merge', '--continue')).code).toBe(0);
  expect([status(s), s.read('b.txt')]).toEqual(['', LONG.replaceAll('\n', '\r\n')]);
});

test('what somebody changed meanwhile stays, is told, and is unmerged, so that no commit takes the landing back', async () => {
  const s = await halfMoved();
  s.write('b.txt', 'mine\nb\n');
  s.write('d.txt', 'd\nmine\n');
  const answer = await s.gwt('merge', '--continue');
  expect([answer.code, answer.err]).toEqual([0, expect.stringMatching(/kept as it is and unmerged.*b\.txt, d\.txt/)]);
  expect([s.read('b.txt'), s.read('d.txt')]).toEqual(['mine\nb\n', 'd\nmine\n']);
  expect(status(s)).toBe('UU b.txt\nDU d.txt');
  s.write('c.txt', 'c\nlanded\nmine\n');
  s.git('checkout', '-m', '--', 'b.txt');
  expect(s.read('b.txt')).toContain('the end');
  expect(s.tryGit(s.dir, 'commit', '-m', 'unaware').code).not.toBe(0);
  s.git('add', '--all');
  s.git('commit', '-q', '-m', 'settled');
  expect(s.read('a.txt')).toBe('a\nlanded\n');
});

test('given up, what somebody changed meanwhile is a change of theirs on what was there before', async () => {
  const s = await halfMoved();
  s.write('b.txt', 'mine\nb\n');
  expect((await s.gwt('merge', '--abort')).code).toBe(0);
  expect([status(s), s.read('b.txt'), s.read('a.txt')]).toEqual([' M b.txt', 'mine\nb\n', 'a\n']);
});

test('what was staged meanwhile is kept too', async () => {
  const s = await halfMoved();
  s.write('b.txt', 'staged\n');
  s.git('add', 'b.txt');
  s.write('b.txt', 'on the disk\n');
  expect((await s.gwt('merge', '--continue')).code).toBe(0);
  expect([s.git('show', ':3:b.txt'), s.read('b.txt')]).toEqual(['staged', 'on the disk\n']);
});

test('names of any bytes are taken up too', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  const odd = Buffer.concat([Buffer.from(`${s.dir}/ü "q"\n`), Buffer.from([0xe9, 0xff]), Buffer.from('.txt')]);
  s.git('checkout', '-q', '-b', 'work');
  writeFileSync(odd, LONG);
  s.commit('work', { 'line\nfeed.txt': LONG });
  s.git('checkout', '-q', 'main');
  const from = s.git('rev-parse', 'main');
  await merge(s.ports(), { names: ['work'], into: 'main' });
  const to = s.git('rev-parse', 'main');
  s.git('read-tree', '-m', '-u', to, from);
  writeFileSync(odd, LONG);
  s.write('line\nfeed.txt', LONG.slice(0, 100));
  s.write('.git/gwt/landing.json', JSON.stringify({ version: 1, target: 'main', from, to, checkouts: [s.dir] }));
  expect((await s.gwt('merge', '--continue')).code).toBe(0);
  expect([status(s), s.read('line\nfeed.txt'), readFileSync(odd, 'utf8')]).toEqual(['', LONG, LONG]);
});

/** The note that a gwt with this pid made before it started git, which left its lock. */
function locked(s: Scene, pid: number): void {
  mkdirSync(s.path('.git/gwt/refs'), { recursive: true });
  const note = { pid, host: hostname(), started: '1', refs: ['index'] };
  writeFileSync(s.path('.git/gwt/refs/1-x.json'), JSON.stringify(note));
  writeFileSync(s.path('.git/index.lock'), '');
}

test('the lock on the index that a killed gwt left is taken away; the checkout follows', async () => {
  const s = await halfMoved();
  locked(s, 999_999_999);
  expect((await s.gwt('merge', '--continue')).code).toBe(0);
  expect([status(s), s.exists('.git/index.lock'), s.exists('.git/gwt/refs/1-x.json')]).toEqual(['', false, false]);
});

test('a lock on the index that no gwt has noted, or whose git lives on, stays', async () => {
  const s = await halfMoved();
  writeFileSync(s.path('.git/index.lock'), '');
  expect((await s.gwt('merge', '--continue')).err).toContain('index.lock');
  locked(s, 999_999_999);
  const env = { ...process.env, GWT_HOLDS_INDEX: s.path('.git') };
  const git = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { env });
  await once(git, 'spawn');
  onTestFinished(() => void git.kill('SIGKILL'));
  const clearing = clearIndexLock(s.path('.git'));
  expect(s.exists('.git/index.lock')).toBe(true);
  git.kill('SIGKILL');
  await clearing;
  expect(s.exists('.git/index.lock')).toBe(false);
});
