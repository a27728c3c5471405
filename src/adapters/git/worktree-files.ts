import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Oid, Worktree } from '../../ports.ts';
import { refsInFiles } from './ref-files.ts';
import { PLACING } from './repo-files.ts';

/**
 * The worktrees as `git worktree list` gives them, read from git's files without a process; undefined where git must be
 * asked: a git directory elsewhere than in `.git`, refs stored another way, settings that place the first one.
 * (gitrepository-layout(5), git-worktree(1) "DETAILS")
 */
export function worktreesInFiles(common: string): readonly Worktree[] | undefined {
  if (!common.endsWith('/.git') || existsSync(join(common, 'config.worktree'))) return undefined;
  try {
    if (PLACING.test(text(join(common, 'config')))) return undefined;
    const folder = join(common, 'worktrees');
    const admins = existsSync(folder) ? readdirSync(folder) : [];
    const linked = admins.map((name) => linkedAt(common, join(folder, name)));
    linked.sort((a, b) => (a.path < b.path ? -1 : 1));
    return [
      { ...headOf(common, common), path: dirname(common), bare: false, locked: false, prunable: false },
      ...linked,
    ];
  } catch {
    // One that is being made or taken away at this moment, or that only git can read.
    return undefined;
  }
}

function linkedAt(common: string, admin: string): Worktree {
  const pointer = resolve(admin, text(join(admin, 'gitdir')).trim());
  const locked = existsSync(join(admin, 'locked'));
  return {
    ...headOf(common, admin),
    path: dirname(pointer),
    bare: false,
    locked,
    prunable: !locked && !existsSync(pointer),
  };
}

function headOf(common: string, admin: string): { readonly head: Oid; readonly branch: string | undefined } {
  const head = text(join(admin, 'HEAD')).trim();
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(head)) return { head, branch: undefined };
  const ref = /^ref: (refs\/heads\/.+)$/.exec(head)?.[1];
  const found = ref ? refsInFiles(common, [ref]) : undefined;
  if (!ref || !found || ref === 'refs/heads/.invalid') throw new Error('only git can tell');
  return { head: found.get(ref) ?? '0'.repeat(40), branch: ref.slice('refs/heads/'.length) };
}

const text = (path: string): string => readFileSync(path, 'utf8');
