import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { GitWorktrees, Oid, Repo } from '../../ports.ts';
import type { GitCall } from './call.ts';

/** What is needed to put a worktree in order whose making was cut short. */
export function halfMade(call: GitCall, repo: () => Promise<Repo>): Pick<GitWorktrees, 'besides' | 'forget'> {
  return {
    async besides(path, commit) {
      const { common } = await repo();
      const pointer = text(join(path, '.git'));
      if (!pointer?.startsWith(`gitdir: ${join(common, 'worktrees')}/`)) return undefined;
      return besides(call, common, path, commit);
    },
    async forget(path) {
      const { common } = await repo();
      for (const name of adminsOf(common, path))
        rmSync(join(common, 'worktrees', name), { recursive: true, force: true });
    },
  };
}

/** Read with an index of its own: the worktree's may be missing, half written or locked. */
async function besides(call: GitCall, common: string, path: string, commit: Oid): Promise<readonly string[]> {
  const index = join(common, 'gwt', `index-${randomBytes(4).toString('hex')}`);
  const env = { GIT_INDEX_FILE: index };
  const out = async (...args: string[]) =>
    (await call(['--git-dir', common, '--work-tree', path, ...args], { cwd: path, env, ok: [0, 1] })).stdout
      .split('\0')
      .filter(Boolean);
  try {
    await out('read-tree', commit);
    await out('update-index', '-q', '--refresh');
    const changed = await out('diff-files', '-z', '--name-only', '--diff-filter=d', '--ignore-submodules');
    const added = await out('ls-files', '-z', '--others', '--directory');
    return [...changed, ...added];
  } finally {
    rmSync(index, { force: true });
    rmSync(`${index}.lock`, { force: true });
  }
}

/**
 * The folders in which git keeps its notes on this worktree. One that was cut short may not say yet whose it is: then
 * it still carries git's own mark of a worktree being made, and the name git derives from the path.
 */
function adminsOf(common: string, path: string): readonly string[] {
  return names(join(common, 'worktrees')).filter((name) => {
    const folder = join(common, 'worktrees', name);
    const whose = text(join(folder, 'gitdir'))?.trim();
    if (whose) return resolve(folder, whose) === join(path, '.git');
    const making = text(join(folder, 'locked'));
    return name === basename(path) && (making === undefined || making.startsWith('initializing'));
  });
}

const names = (folder: string): readonly string[] =>
  lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
