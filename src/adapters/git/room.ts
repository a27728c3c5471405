import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../../ports.ts';
import type { GitCall } from './call.ts';
import { parseRaw } from './history.ts';
import { lines } from './refs.ts';
import { gitDirOf } from './worktrees.ts';

/** Where there is this much, git is not asked how much is needed. */
const PLENTY = 1 << 30;
/** For refs, the ledger's entries, and what a file takes beyond its bytes. */
const SPARE = 256 << 10;
const BLOCK = 4096;

/** The path whose disk has not enough room for a checkout to move: its folder, or its git directory. */
export async function room(call: GitCall, worktree: string, from: Oid, to: Oid): Promise<string | undefined> {
  const gitDir = await gitDirOf(call, worktree);
  const [files, git] = await Promise.all([freeAt(worktree), freeAt(gitDir)]);
  if (files.bytes > PLENTY && git.bytes > PLENTY && files.inodes > SPARE) return undefined;
  const index = (statSync(join(gitDir, 'index'), { throwIfNoEntry: false })?.size ?? 0) + SPARE;
  if (git.bytes < index) return gitDir;
  const { bytes, inodes } = await needed(call, from, to);
  return files.bytes < bytes + (files.disk === git.disk ? index : 0) || files.inodes < inodes ? worktree : undefined;
}

async function freeAt(path: string): Promise<{ bytes: number; inodes: number; disk: number }> {
  const { bavail, bsize, files, ffree } = await statfs(path);
  // Some file systems make inodes as they need them, and count none.
  const inodes = files > 0 ? ffree : Number.POSITIVE_INFINITY;
  return { bytes: bavail * bsize, inodes, disk: statSync(path).dev };
}

/** Each file is written before the one it replaces is gone only where it is new: what grows is what counts. */
async function needed(call: GitCall, from: Oid, to: Oid): Promise<{ bytes: number; inodes: number }> {
  const { stdout } = await call(['diff-tree', '-r', '-z', '--no-renames', from, to], { binary: true });
  const changes = parseRaw(stdout).filter(({ oldMode, newMode }) => ![oldMode, newMode].includes('160000'));
  const asked = changes.flatMap(({ oldOid, newOid }) => [oldOid, newOid]);
  const sizes = await call(['cat-file', '--batch-check=%(objectsize)'], { input: `${asked.join('\n')}\n` });
  const blocks = lines(sizes.stdout).map((size) => Math.ceil((Number(size) || 0) / BLOCK) * BLOCK);
  const grown = changes.map((_, at) => Math.max(0, (blocks[2 * at + 1] ?? 0) - (blocks[2 * at] ?? 0)));
  return {
    bytes: grown.reduce((sum, one) => sum + one, 0),
    inodes: changes.filter(({ status }) => status === 'A').length,
  };
}
