import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GitWorktrees, Repo, Worktree } from '../../ports.ts';
import { listedAdmin } from './admin.ts';
import type { GitCall, GitCallOptions } from './call.ts';
import { halfMade } from './half-made.ts';
import { submodules } from './submodules.ts';
import { gitWarm } from './warm.ts';
import { worktreesInFiles } from './worktree-files.ts';

/** The worktrees git knows of. */
export function gitWorktrees(call: GitCall, repo: () => Promise<Repo>): GitWorktrees {
  return {
    ...halfMade(call, repo),
    ...gitWarm(call),
    submodules: async (path, env) => submodules(call, (await repo()).common, path, env),
    async list() {
      const { common } = await repo();
      const read = worktreesInFiles(common);
      if (read) return read;
      const { stdout } = await call(['worktree', 'list', '--porcelain', '-z']);
      const found = stdout.split('\0\0').filter(Boolean).map(parseWorktree);
      return found.map((one, at) =>
        at === 0 && isMarkedBare(common) ? { ...one, head: '', branch: undefined, bare: true } : one,
      );
    },
    async fill(path, env, config) {
      const settings = Object.entries({ 'submodule.recurse': 'false', ...config });
      const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      await call([...flags, 'read-tree', '-m', '-u', 'HEAD'], { cwd: path, env });
    },
    async announce(path, head, env) {
      const args = ['hook', 'run', '--ignore-missing', 'post-checkout', '--', '0'.repeat(head.length), head, '1'];
      await call(args, { cwd: path, env, ok: [0, 1] });
    },
    async add({ path, branch, commit, checkout = true, env }) {
      const flags = [...(checkout ? [] : ['--no-checkout']), ...(branch ? [] : ['--detach'])];
      // The branch is there already, so nothing is tracked and no lock on the config is taken.
      const args = ['worktree', 'add', '--quiet', ...flags, '--', path, branch ?? commit ?? 'HEAD'];
      // In an agent's worktree its hooks would refuse this, and its own settings would be inherited.
      await addedPatiently(call, args, { cwd: (await repo()).root, ...(env ? { env } : {}) });
    },
    async adopt({ path, branch, commit }) {
      // Git makes a worktree only in an empty folder: it makes one beside this, and its git directory is given to this.
      const beside = `${path}.new-${randomBytes(4).toString('hex')}`;
      const args = ['worktree', 'add', '--quiet', '--no-checkout', '--detach', '--', beside, commit];
      await addedPatiently(call, args, { cwd: (await repo()).root });
      const admin = resolve(beside, pointerIn(beside) ?? '');
      renameSync(join(beside, '.git'), join(path, '.git'));
      rmSync(beside, { recursive: true });
      writeFileSync(join(admin, 'gitdir'), `${join(path, '.git')}\n`);
      writeFileSync(join(admin, 'HEAD'), `ref: refs/heads/${branch}\n`);
      await call(['read-tree', commit], { cwd: path });
      await call(['update-index', '-q', '--refresh'], { cwd: path, ok: [0, 1] });
    },
    admin: async (path) => listedAdmin(path, (await repo()).common),
    gitDir: (path) => gitDirOf(call, path),
    async probe(path, ref, commit) {
      const zero = '0'.repeat(commit.length);
      const { code, stderr } = await call(['update-ref', ref, commit, zero], { cwd: path, ok: [0, 1, 128] });
      if (code !== 0) return stderr;
      await call(['update-ref', '-d', ref, commit], { cwd: path });
      return undefined;
    },
  };
}

/**
 * Git looks at all other worktrees before it adds one, and stumbles over one that another process is just beginning:
 * it says so within milliseconds and leaves nothing, so it is asked again.
 */
async function addedPatiently(call: GitCall, args: readonly string[], options: GitCallOptions): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const { code, stderr } = await call(args, { ...options, ok: [0, 128] });
    if (code === 0) return;
    if (!/failed to read .*(commondir|gitdir|HEAD)/.test(stderr)) break;
    await sleep(2 + Math.random() * 10);
  }
  await call(args, options);
}

/** What a linked worktree's `.git` file says, without asking git. (gitrepository-layout(5)) */
/** The git directory of the worktree at that path. */
export async function gitDirOf(call: GitCall, path: string): Promise<string> {
  const written = pointerIn(path);
  if (written) return resolve(path, written);
  if (existsSync(join(path, '.git/HEAD')) && existsSync(join(path, '.git/objects'))) return join(path, '.git');
  const answer = (await call(['rev-parse', '--path-format=absolute', '--git-dir'], { cwd: path })).stdout.trim();
  return isAbsolute(answer) ? answer : resolve(path, answer);
}

function pointerIn(path: string): string | undefined {
  try {
    return /^gitdir: (.+)\n?$/.exec(readFileSync(join(path, '.git'), 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/**
 * Where each worktree has a config of its own, a linked one does not see that the first is bare, and git lists that as
 * a checkout. (NEEDSWORK in `get_main_worktree` of git's worktree.c.)
 */
function isMarkedBare(common: string): boolean {
  const path = join(common, 'config.worktree');
  return existsSync(path) && /^\s*bare\s*=\s*true\s*$/m.test(readFileSync(path, 'utf8'));
}

function parseWorktree(block: string): Worktree {
  const fields = new Map(
    block
      .split('\0')
      .filter(Boolean)
      .map((line) => {
        const space = line.indexOf(' ');
        return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
      }),
  );
  return {
    path: fields.get('worktree') ?? '',
    head: fields.get('HEAD') ?? '',
    branch: fields.get('branch')?.replace(/^refs\/heads\//, ''),
    bare: fields.has('bare'),
    locked: fields.has('locked'),
    prunable: fields.has('prunable'),
  };
}
