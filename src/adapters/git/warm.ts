import {
  copyFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { GitWorktrees, Warm } from '../../ports.ts';
import type { GitCall } from './call.ts';
import { underwayIn } from './placing.ts';
import { gitDirOf } from './worktrees.ts';

/** What is needed to give the files of one worktree to another. */
export function gitWarm(call: GitCall): Pick<GitWorktrees, 'warm' | 'settle' | 'graft' | 'renew'> {
  return {
    warm: (path, since) => warm(call, path, since),
    async settle(path, head) {
      const admin = await gitDirOf(call, path);
      writeFileSync(join(admin, 'gitdir'), `${join(path, '.git')}\n`);
      if (head) writeFileSync(join(admin, 'HEAD'), `${head}\n`);
    },
    async graft(from, to) {
      const [old, fresh] = [await gitDirOf(call, from), await gitDirOf(call, to)];
      copyFileSync(join(old, 'index'), join(fresh, 'index'));
      renameSync(join(to, '.git'), join(from, '.git'));
      rmdirSync(to);
      renameSync(from, to);
      return old;
    },
    async renew(path, files) {
      for (const file of files) removed(join(path, file));
      if (files.length === 0) return;
      const input = files.map((file) => `${file}\0`).join('');
      await call(['checkout-index', '--quiet', '--force', '-u', '-z', '--stdin'], { cwd: path, input, ok: [0, 1] });
    },
  };
}

/** What is a folder now is no file of the old commit any more. */
function removed(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === false) rmSync(file);
}

async function warm(call: GitCall, path: string, since: number): Promise<Warm | undefined> {
  const admin = await gitDirOf(call, path);
  if (isSpecial(admin) || underwayIn(admin)) return undefined;
  const out = async (...args: string[]) => (await call(args, { cwd: path })).stdout.split('\0').filter(Boolean);
  const others = ['ls-files', '-z', '--others', '--directory'];
  const [head, status, entries, all, ignored] = await Promise.all([
    call(['rev-parse', '--verify', 'HEAD^{commit}'], { cwd: path }).then(({ stdout }) => stdout.trim()),
    out('status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=no', '--ignore-submodules=none'),
    out('ls-files', '-z', '-v', '-s'),
    out(...others),
    out(...others, '--ignored', '--exclude-standard'),
  ]);
  if (status.length > 0 || all.some((one) => isStrange(path, one))) return undefined;
  const touched: string[] = [];
  for (const entry of entries) {
    const file = plainFile(entry);
    const stat = file === undefined ? undefined : lstatSync(join(path, file), { throwIfNoEntry: false });
    if (file === undefined || !stat) return undefined;
    if (stat.ctimeMs >= since) touched.push(file);
  }
  return { head, others: all, ignored, touched };
}

/** Files of its git directory that make a worktree unlike a fresh one. */
function isSpecial(admin: string): boolean {
  if (['locked', 'info/sparse-checkout', 'modules'].some((name) => existsSync(join(admin, name)))) return true;
  if (readdirSync(admin).some((name) => name.startsWith('sharedindex.'))) return true;
  const config = join(admin, 'config.worktree');
  return existsSync(config) && /sparsecheckout/i.test(readFileSync(config, 'utf8'));
}

/** A repository inside is nobody's to move, and a name that is no text cannot be. */
const isStrange = (path: string, name: string): boolean =>
  name.includes('\ufffd') || (name.endsWith('/') && existsSync(join(path, name, '.git')));

/** The name of an entry that git looks at like at any other and that is no submodule. */
function plainFile(entry: string): string | undefined {
  const [, tag, mode, name] = /^(\S) (\d+) [0-9a-f]+ 0\t(.*)$/s.exec(entry) ?? [];
  return tag === 'H' && mode !== '160000' && !name?.includes('\ufffd') ? name : undefined;
}
