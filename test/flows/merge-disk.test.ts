import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { branch } from '../support/branches.ts';
import { type Scene, scene, sceneIn } from '../support/scene.ts';

/** Only a system's master may mount a small disk; elsewhere these are not run. */
const MAY_MOUNT = process.platform === 'linux' && process.getuid?.() === 0 && mounts();

function mounts(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'gwt-mount-'));
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'gwt', folder]).status === 0;
  if (made) execFileSync('umount', [folder]);
  rmdirSync(folder);
  return made;
}

const BIG = `${'0123456789'.repeat(20_000)}\n`;

/** A repository whose checkout lies on a disk of its own, where `work` adds large files; the git directory is elsewhere. */
async function small(): Promise<Scene & { readonly disk: string }> {
  const outer = await scene({ 'README.md': 'r\n', 'b.txt': 'b\n' });
  const disk = join(outer.box, 'small disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'gwt', disk]);
  onTestFinished(() => void execFileSync('umount', ['-l', disk]));
  branch(outer, 'work', { 'b.txt': 'b\nwork\n', 'f1.txt': BIG, 'f2.txt': BIG, 'f3.txt': BIG });
  branch(outer, 'other', { 'o.txt': 'o\n' });
  outer.git('checkout', '-q', '--detach');
  outer.git('worktree', 'add', '-q', join(disk, 'main'), 'main');
  return Object.assign(sceneIn(outer.box, join(disk, 'main')), { disk });
}

/** Leaves so many bytes free. */
function fill(disk: string, free: number): void {
  const path = join(disk, 'fill');
  writeFileSync(path, '');
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(path, Buffer.alloc(bavail * bsize - free));
}
const whole = (s: Scene) => ({
  main: s.git('rev-parse', 'main'),
  status: s.git('status', '--porcelain'),
  files: readdirSync(s.dir).sort(),
});

test.runIf(MAY_MOUNT)('a disk without room for the checkout: refused by its path before anything moves', async () => {
  const s = await small();
  fill(s.disk, 300_000);
  const before = whole(s);
  const answer = await s.gwt('merge', 'work', '--into', 'main', '--json');
  expect([answer.code, answer.json().error]).toMatchObject([1, { code: 'file.unwritable', facts: { path: s.dir } }]);
  expect(answer.json().error.message).toContain('the disk is full');
  expect(whole(s)).toEqual(before);
  truncateSync(join(s.disk, 'fill'), 0);
  expect((await s.gwt('merge', 'work', '--into', 'main')).code).toBe(0);
  expect([s.git('status', '--porcelain'), statSync(s.path('f3.txt')).size]).toEqual(['', BIG.length]);
});

test.runIf(MAY_MOUNT)(
  'a disk that runs full while the checkout follows: all is put back, and the path is named',
  async () => {
    const s = await small();
    // A filter makes of each file far more than git knows of.
    s.git('config', 'filter.grow.smudge', 'cat && head -c 1500000 /dev/zero');
    s.git('config', 'filter.grow.clean', "tr -d '\\000'");
    s.write('../../repo/.git/info/attributes', '*.txt filter=grow\n');
    const before = whole(s);
    const answer = await s.gwt('merge', 'work', '--into', 'main', '--json');
    expect([answer.code, answer.json().error.code]).toEqual([1, 'file.unwritable']);
    expect(answer.json().error.facts.path).toContain(s.dir);
    expect(whole(s)).toEqual(before);
    s.git('config', '--unset', 'filter.grow.smudge');
    expect((await s.gwt('merge', 'work', '--into', 'main')).code).toBe(0);
    expect(s.git('status', '--porcelain')).toBe('');
  },
);

test.runIf(MAY_MOUNT)('a git directory that may not be written: refused, and nothing is half done', async () => {
  const s = await scene({ 'README.md': 'r\n' });
  branch(s, 'work', { 'w.txt': 'w\n' });
  await s.gwt('init');
  const before = whole(s);
  const git = s.path('.git');
  execFileSync('mount', ['--bind', git, git]);
  onTestFinished(() => void spawnSync('umount', ['-l', git]));
  execFileSync('mount', ['-o', 'remount,bind,ro', git]);
  const answer = await s.gwt('merge', 'work', '--into', 'main', '--json');
  expect([answer.code, answer.json().error]).toMatchObject([
    1,
    {
      code: 'file.unwritable',
      message: expect.stringContaining('read-only'),
      facts: { path: expect.stringContaining('.git') },
    },
  ]);
  expect(whole(s)).toEqual(before);
  execFileSync('umount', [git]);
  expect((await s.gwt('merge', 'work', '--into', 'main')).code).toBe(0);
});
