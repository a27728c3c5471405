import { accessSync, constants, lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import type { Oid } from '../../ports.ts';
import type { GitCallOptions } from './call.ts';
import { lines } from './refs.ts';
import type { TreeFile } from './tree.ts';

/** Git on one worktree with an index of its own. Text goes in and out byte for byte, as latin1. */
export type Bench = (args: readonly string[], options?: GitCallOptions) => Promise<string>;

interface Disk {
  readonly worktree: string;
  readonly bench: Bench;
  readonly write: (type: 'blob', body: Buffer) => Oid;
}

/** Files byte for byte, no filter run. */
export async function rawFiles({ bench, worktree, write }: Disk, paths: readonly string[]): Promise<TreeFile[]> {
  const found = paths.map((path) => ({ path, stat: onDisk(worktree, path) }));
  const regular = found.filter(({ path, stat }) => stat?.isFile() && readable(worktree, path));
  const oids = isLittle(regular.map(({ stat }) => stat))
    ? regular.map(({ path }) => write('blob', readFileSync(bytesOf(worktree, path))))
    : await hashed(
        bench,
        regular.map(({ path }) => path),
      );
  const files = regular.map(({ path, stat }, at) => ({
    path,
    mode: (stat?.mode ?? 0) & 0o100 ? '100755' : '100644',
    oid: oids[at] ?? '',
  }));
  const links = found
    .filter(({ stat }) => stat?.isSymbolicLink())
    .map(({ path }) => ({ path, mode: '120000', oid: write('blob', readlinkSync(bytesOf(worktree, path), 'buffer')) }));
  return [...files, ...links];
}

/** A few small files are written without a process. */
const isLittle = (stats: readonly (Stats | undefined)[]): boolean =>
  stats.length <= 20 && stats.every((stat) => (stat?.size ?? 0) <= 1_000_000);

async function hashed(bench: Bench, paths: readonly string[]): Promise<readonly Oid[]> {
  const input = Buffer.from(paths.map((path) => `${quoted(path)}\n`).join(''), 'latin1');
  return lines(await bench(['hash-object', '-w', '--no-filters', '--stdin-paths'], { input }));
}

/** Permissions beyond what git keeps, such as a key file's 0600. */
export function oddModes(worktree: string, paths: readonly string[]): Record<string, number> {
  const odd = [...new Set(paths)].flatMap((path) => {
    const stat = onDisk(worktree, path);
    const mode = (stat?.mode ?? 0) & 0o7777;
    return stat?.isFile() && mode !== 0o644 && mode !== 0o755 ? [[path, mode] as const] : [];
  });
  return Object.fromEntries(odd);
}

/** The file's name on disk: a path from git is a byte string, whatever the encoding. */
export function bytesOf(worktree: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${worktree}/`), Buffer.from(path, 'latin1')]);
}

/** The byte string as text for people. */
export function utf8(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

/** What lies at a path, the link itself where it is one; undefined when there is nothing. */
export function onDisk(worktree: string, path: string): Stats | undefined {
  try {
    return lstatSync(bytesOf(worktree, path));
  } catch {
    return undefined;
  }
}

/** False for a file that may not be read. */
export function readable(worktree: string, path: string): boolean {
  if (!onDisk(worktree, path)?.isFile()) return true;
  try {
    accessSync(bytesOf(worktree, path), constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** A path as git reads it from lines: in C's quotes. */
export function quoted(path: string): string {
  const inside = path.replace(/[^ !#-[\]-~]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return `"${inside}"`;
}
