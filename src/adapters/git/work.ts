import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { GitWork, Identity, Oid } from '../../ports.ts';
import type { GitCall } from './call.ts';
import { parseRaw } from './history.ts';

/** One worktree's files and index. Nothing here runs the project's hooks but `commit`. */
export function gitWork(call: GitCall): GitWork {
  return {
    async status(worktree) {
      const { stdout } = await call(['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames'], {
        cwd: worktree,
      });
      return stdout
        .split('\0')
        .filter(Boolean)
        .map((line) => ({ code: line.slice(0, 2), path: line.slice(3) }));
    },
    commit: (worktree, paths, message, identity) => commitPaths(call, worktree, paths, message, identity),
    snapshot: (worktree, message, identity) => snapshot(call, worktree, message, identity),
    unpack: (worktree, commit) => unpack(call, worktree, commit),
    blocking: (worktree, from, to) => blocking(call, worktree, from, to),
    async follow(worktree, from, to) {
      await call(['update-index', '-q', '--refresh'], { cwd: worktree, ok: [0, 1] });
      return (
        (
          await call(['-c', 'submodule.recurse=false', 'read-tree', '-m', '-u', from, to], {
            cwd: worktree,
            ok: [0, 128],
          })
        ).code === 0
      );
    },
  };
}

const named = ({ name, email }: Identity) => ({
  GIT_AUTHOR_NAME: name,
  GIT_AUTHOR_EMAIL: email,
  GIT_COMMITTER_NAME: name,
  GIT_COMMITTER_EMAIL: email,
});

async function commitPaths(
  call: GitCall,
  worktree: string,
  paths: readonly string[],
  message: string,
  identity: Identity,
): Promise<Oid | undefined> {
  if (paths.length === 0) return undefined;
  const input = paths.join('\0');
  const pathspecs = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  const env = { ...named(identity), GIT_LITERAL_PATHSPECS: '1' };
  await call(['add', '--all', ...pathspecs], { cwd: worktree, input, env });
  const { code } = await call(['diff', '--cached', '--quiet', 'HEAD'], { cwd: worktree, ok: [0, 1] });
  if (code === 0) return undefined;
  await call(['commit', '--quiet', '--message', message, '--only', ...pathspecs], { cwd: worktree, input, env });
  return (await call(['rev-parse', 'HEAD'], { cwd: worktree })).stdout.trim();
}

/** Built in an index of its own, so that the worktree's index is only read. */
async function snapshot(call: GitCall, worktree: string, message: string, identity: Identity): Promise<Oid> {
  const gitDir = (await call(['rev-parse', '--path-format=absolute', '--git-dir'], { cwd: worktree })).stdout.trim();
  const index = join(gitDir, 'index');
  const scratch = join(gitDir, `gwt-snapshot-${randomBytes(4).toString('hex')}`);
  try {
    if (existsSync(index)) copyFileSync(index, scratch);
    const env = { ...named(identity), GIT_INDEX_FILE: scratch };
    const out = async (args: string[], more = {}) =>
      (await call(args, { cwd: worktree, env: { ...env, ...more } })).stdout.trim();
    const head = await out(['rev-parse', 'HEAD']);
    const staged = await stagedTree(call, worktree, env, head);
    await out(['add', '--all', '--ignore-errors', '.']);
    const files = await out(['write-tree']);
    const indexCommit = await out(['commit-tree', staged, '-p', head, '-m', 'index']);
    return await out(['commit-tree', files, '-p', head, '-p', indexCommit, '-m', message]);
  } finally {
    rmSync(scratch, { force: true });
    rmSync(`${scratch}.lock`, { force: true });
  }
}

/** An index with unmerged entries has no tree: then the snapshot keeps HEAD's in its place. */
async function stagedTree(call: GitCall, cwd: string, env: Record<string, string>, head: Oid): Promise<Oid> {
  const { code, stdout } = await call(['write-tree'], { cwd, env, ok: [0, 128] });
  return code === 0 ? stdout.trim() : (await call(['rev-parse', `${head}^{tree}`], { cwd })).stdout.trim();
}

async function unpack(call: GitCall, worktree: string, commit: Oid): Promise<void> {
  await call(['read-tree', '--reset', '-u', commit], { cwd: worktree });
  await call(['read-tree', `${commit}^2`], { cwd: worktree });
  await call(['update-index', '-q', '--refresh'], { cwd: worktree, ok: [0, 1] });
}

async function blocking(call: GitCall, worktree: string, from: Oid, to: Oid): Promise<readonly string[]> {
  const changes = parseRaw((await call(['diff-tree', '-r', '-z', '--no-renames', from, to])).stdout);
  const local = await call(
    ['status', '--porcelain', '-z', '--untracked-files=all', '--ignored=matching', '--no-renames'],
    { cwd: worktree },
  );
  const dirty = local.stdout
    .split('\0')
    .filter(Boolean)
    .map((line) => line.slice(3));
  const touched = new Set(changes.map((change) => change.path));
  const taken = changes
    .filter(({ path, status }) => status === 'A' && occupied(worktree, path))
    .map(({ path }) => path);
  return [...new Set([...dirty.filter((path) => touched.has(path)), ...taken])].sort();
}

function occupied(worktree: string, path: string): boolean {
  const parts = path.split('/');
  return parts.some((_, at) => {
    const stat = lstatSync(join(worktree, ...parts.slice(0, at + 1)), { throwIfNoEntry: false });
    return stat !== undefined && (at === parts.length - 1 || !stat.isDirectory());
  });
}
