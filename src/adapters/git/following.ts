import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { FollowedOn, GitWork, Oid, Ran, TreeChange } from '../../ports.ts';
import { type GitCall, isDisk, refuseDisk } from './call.ts';
import { converge } from './converging.ts';
import { parseRaw } from './history.ts';
import { clearIndexLock, noteIndexLock } from './index-locks.ts';
import { underwayIn } from './placing.ts';
import { room } from './room.ts';
import { gitDirOf } from './worktrees.ts';

/** A checkout that follows its branch when the branch is moved from outside, without touching local changes. */
export function gitFollowing(
  call: GitCall,
): Pick<GitWork, 'blocking' | 'follow' | 'followOn' | 'followBack' | 'underway' | 'room'> {
  return {
    blocking: (worktree, from, to) => blocking(call, worktree, from, to),
    follow: (worktree, from, to) => follow(call, worktree, from, to),
    followOn: (worktree, from, to) => taken(call, worktree, { how: 'on', other: from, goal: to }),
    followBack: (worktree, from, to) => taken(call, worktree, { how: 'back', other: to, goal: from }),
    underway: async (worktree) => underwayIn(await gitDirOf(call, worktree)),
    room: (worktree, from, to) => room(call, worktree, from, to),
  };
}

async function taken(call: GitCall, cwd: string, way: Parameters<typeof converge>[1]): Promise<FollowedOn> {
  await clearIndexLock(await gitDirOf(call, cwd));
  return converge({ call, cwd, quiet: QUIET }, way, (from, to) => follow(call, cwd, from, to));
}

/** Undefined also where a file stands in place of a folder on the way. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Hooks of the project speak about what a person does; a submodule's own checkout is left alone, as `git merge` does. */
const QUIET = ['-c', 'core.hooksPath=/dev/null', '-c', 'submodule.recurse=false'];

async function follow(call: GitCall, worktree: string, from: Oid, to: Oid): Promise<boolean> {
  const { env, forget } = noteIndexLock(await gitDirOf(call, worktree));
  try {
    const { code, stderr } = await moved(call, worktree, ['-u', from, to], env);
    if (code !== 0) refuseDisk(stderr, worktree);
    return code === 0;
  } finally {
    forget();
  }
}

/**
 * `git read-tree -m`, which changes nothing at all when it refuses. It takes a file whose times alone have changed for
 * a local change; only then is the index refreshed, which costs a look at every file, and git asked again.
 */
async function moved(call: GitCall, cwd: string, how: readonly string[], env = {}): Promise<Ran> {
  const args = [...QUIET, 'read-tree', '-m', ...how];
  const options = { cwd, env, ok: [0, 1, 128] };
  const first = await call(args, options);
  if (first.code === 0 || isDisk(first.stderr)) return first;
  await call(['update-index', '-q', '--refresh'], options);
  return call(args, options);
}

/**
 * Three things may be in the way: what is changed in the index or on the disk, what lies where a file is to come (git
 * would write over ignored ones), and what git was told not to look at. Only where something may be changed is every
 * file looked at, and git's own trial run has the last word.
 */
async function blocking(call: GitCall, worktree: string, from: Oid, to: Oid): Promise<readonly string[]> {
  const [differing, staged, marked] = await Promise.all([
    call(['diff-tree', '-r', '-z', '--no-renames', from, to]),
    stagedPaths(call, worktree, from),
    markedPaths(call, worktree),
  ]);
  const changes = parseRaw(differing.stdout);
  const touched = new Map(changes.map((change) => [change.path, change]));
  const hidden = await hiddenPaths(call, worktree, marked, touched);
  const taken = changes.filter(({ status }) => status === 'A').flatMap(({ path }) => inTheWay(worktree, path, touched));
  const there = changes.flatMap(({ path, status }) => (status === 'A' ? [] : [path]));
  const sure =
    !staged.some((path) => path === undefined || touched.has(path)) && !(await mayDiffer(call, worktree, there));
  if (sure && hidden.length + taken.length === 0) return [];
  const dirty = (await dirtyPaths(call, worktree)).filter((path) => touched.has(path));
  const known = [...new Set([...dirty, ...hidden, ...taken])].sort();
  return known.length > 0 ? known : refusedByGit(call, worktree, from, to);
}

/** Paths that differ between commit and index; undefined for an unmerged one, which stops git wherever it is. */
async function stagedPaths(call: GitCall, cwd: string, from: Oid): Promise<readonly (string | undefined)[]> {
  const { stdout } = await call(['diff-index', '--cached', '--no-renames', '--name-status', '-z', from], { cwd });
  const fields = stdout.split('\0');
  return fields.flatMap((path, at) => (at % 2 === 0 ? [] : [fields[at - 1] === 'U' ? undefined : path]));
}

/** So many paths are named to git; of more it looks at all. */
const MOST_NAMED = 200;

/** True when one of these files may be another than the index has: so git says from its times alone. */
async function mayDiffer(call: GitCall, cwd: string, paths: readonly string[]): Promise<boolean> {
  if (paths.length === 0) return false;
  const named = paths.length > MOST_NAMED ? [] : paths;
  const env = { GIT_LITERAL_PATHSPECS: '1' };
  const { stdout } = await call(['diff-files', '--name-only', '-z', '--', ...named], { cwd, env });
  const asked = new Set(paths);
  return stdout.split('\0').some((path) => asked.has(path));
}

/** Paths with staged or unstaged changes. A submodule that is merely checked out elsewhere is not touched by a move. */
async function dirtyPaths(call: GitCall, worktree: string): Promise<readonly string[]> {
  const { stdout } = await call(
    ['status', '--porcelain=v2', '-z', '--untracked-files=no', '--ignore-submodules=dirty', '--no-renames'],
    { cwd: worktree },
  );
  return stdout.split('\0').flatMap((line) => {
    const [kind, code = '', submodule = ''] = line.split(' ');
    const path = line
      .split(' ')
      .slice(kind === 'u' ? 10 : 8)
      .join(' ');
    if (kind !== '1' && kind !== 'u') return [];
    return submodule.startsWith('S') && code.startsWith('.') ? [] : [path];
  });
}

/** Paths whose changes `git status` was told not to look at (assume-unchanged, skip-worktree). */
async function markedPaths(call: GitCall, cwd: string): Promise<readonly string[]> {
  const { stdout } = await call(['ls-files', '-v', '-z'], { cwd });
  return stdout.split('\0').flatMap((line) => (/^([a-z]|S) /.test(line) ? [line.slice(2)] : []));
}

async function hiddenPaths(
  call: GitCall,
  cwd: string,
  marked: readonly string[],
  touched: ReadonlyMap<string, TreeChange>,
): Promise<readonly string[]> {
  const there = marked.filter((path) => touched.has(path) && statOf(join(cwd, path))?.isFile());
  const found = await hashes(call, cwd, there);
  return there.filter((path, at) => found[at] !== touched.get(path)?.oldOid);
}

/** What each file would be as a blob, filters and line ends applied. */
async function hashes(call: GitCall, cwd: string, paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  // A name with a line feed cannot go in through --stdin-paths.
  for (const path of paths) found.push((await call(['hash-object', '--', path], { cwd })).stdout.trim());
  return found;
}

/** What lies on the disk where a file is to be made, unless the very move takes it away. */
function inTheWay(worktree: string, path: string, touched: ReadonlyMap<string, TreeChange>): readonly string[] {
  const goes = (name: string) => touched.get(name)?.status === 'D';
  const parts = path.split('/');
  for (let at = 1; at <= parts.length; at += 1) {
    const name = parts.slice(0, at).join('/');
    const stat = statOf(join(worktree, name));
    if (!stat) return [];
    if (!stat.isDirectory()) return goes(name) ? [] : [name];
  }
  return filesBelow(worktree, path).filter((name) => !goes(name));
}

function filesBelow(worktree: string, folder: string): readonly string[] {
  const entries = readdirSync(join(worktree, folder), { withFileTypes: true });
  if (entries.length === 0) return [];
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(worktree, path) : [path];
  });
}

/** What git's trial run stumbles over: the paths it names, or its whole complaint. */
async function refusedByGit(call: GitCall, cwd: string, from: Oid, to: Oid): Promise<readonly string[]> {
  const trial = await moved(call, cwd, ['-u', '-n', from, to]);
  if (trial.code === 0) return [];
  const named = [...trial.stderr.matchAll(/'([^'\n]+)'/g)].map((match) => match[1] ?? '');
  return named.length > 0 ? named : [trial.stderr.trim()];
}
