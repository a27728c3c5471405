import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Repo } from '../../ports.ts';

/**
 * The repository around a folder as `git rev-parse` gives it, found as git finds it, without a process; undefined where
 * git must be asked: anything about it that is not as `git init` and `git worktree add` make it, or another user's.
 * (git(1) "DISCUSSION", gitrepository-layout(5))
 */
export function repoInFiles(cwd: string): Repo | undefined {
  if (process.env['GIT_CEILING_DIRECTORIES']) return undefined;
  try {
    const start = realpathSync(cwd);
    const disk = statSync(start).dev;
    for (let top = start; ; top = dirname(top)) {
      if (statSync(top).dev !== disk || isGitDir(top)) return undefined;
      if (existsSync(join(top, '.git'))) return repoAt(top);
      if (top === dirname(top)) return undefined;
    }
  } catch {
    return undefined;
  }
}

const isGitDir = (folder: string): boolean =>
  ['HEAD', 'objects', 'refs'].every((name) => existsSync(join(folder, name)));

function repoAt(top: string): Repo | undefined {
  const link = join(top, '.git');
  const linked = lstatSync(link).isFile();
  const gitDir = linked ? resolve(top, /^gitdir: (.+)\n?$/.exec(text(link))?.[1] ?? '') : link;
  const common = linked ? resolve(gitDir, text(join(gitDir, 'commondir')).trim()) : link;
  if (!common.endsWith('/.git') || !isGitDir(common) || lstatSync(common).isSymbolicLink()) return undefined;
  if (realpathSync(gitDir) !== gitDir || ![top, link, gitDir].every(isMine)) return undefined;
  const objectFormat = formatIn(text(join(common, 'config')));
  if (!objectFormat || [common, gitDir].some(placesItself)) return undefined;
  return { common, gitDir, top, root: dirname(common), bare: false, objectFormat };
}

/** Git works for nobody in another user's repository unless told so. (git-config(1), safe.directory) */
const isMine = (path: string): boolean => lstatSync(path).uid === process.geteuid?.();

/** Settings that say where files are, or that another file says more. */
export const PLACING = /^\s*(\[include|bare\s*=(?!\s*false\s*$)|bare\s*$|worktree\s*=)/im;

function placesItself(gitDir: string): boolean {
  const path = join(gitDir, 'config.worktree');
  return existsSync(path) && PLACING.test(text(path));
}

function formatIn(config: string): Repo['objectFormat'] | undefined {
  if (PLACING.test(config) || /^\s*repositoryformatversion\s*=(?!\s*[01]\s*$)/im.test(config)) return undefined;
  const [, extensions = ''] = /^\s*\[extensions\]([^[]*)/im.exec(config) ?? [];
  const names = extensions.split('\n').flatMap((line) => /^\s*(\w+)\s*=?/.exec(line)?.[1]?.toLowerCase() ?? []);
  if (names.some((name) => name !== 'worktreeconfig' && name !== 'objectformat')) return undefined;
  return /^\s*objectformat\s*=\s*sha256\s*$/im.test(extensions) ? 'sha256' : 'sha1';
}

const text = (path: string): string => readFileSync(path, 'utf8');
