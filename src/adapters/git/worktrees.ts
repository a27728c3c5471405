import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { GitWorktrees, Worktree } from '../../ports.ts';
import { listedAdmin } from './admin.ts';
import type { GitCall } from './call.ts';

/** The worktrees git knows of. */
export function gitWorktrees(call: GitCall, common: () => Promise<string>): GitWorktrees {
  return {
    async list() {
      const { stdout } = await call(['worktree', 'list', '--porcelain', '-z']);
      return stdout.split('\0\0').filter(Boolean).map(parseWorktree);
    },
    async add({ path, branch, commit, checkout = true }) {
      const flags = [...(checkout ? [] : ['--no-checkout']), ...(branch ? [] : ['--detach'])];
      // The branch is there already, so nothing is tracked and no lock on the config is taken.
      // Seen from the main worktree: git copies the settings of the one it is started in, an agent's hooks too.
      await call([
        '--git-dir',
        await common(),
        'worktree',
        'add',
        '--quiet',
        ...flags,
        '--',
        path,
        branch ?? commit ?? 'HEAD',
      ]);
    },
    async adopt({ path, branch, commit }) {
      // Git makes a worktree only in an empty folder: it makes one beside this, and its git directory is given to this.
      const beside = `${path}.new-${randomBytes(4).toString('hex')}`;
      await call([
        '--git-dir',
        await common(),
        ...['worktree', 'add', '--quiet', '--no-checkout', '--detach', '--', beside, commit],
      ]);
      const admin = resolve(beside, pointerIn(beside) ?? '');
      rmSync(join(path, '.git'), { recursive: true, force: true });
      renameSync(join(beside, '.git'), join(path, '.git'));
      rmSync(beside, { recursive: true });
      writeFileSync(join(admin, 'gitdir'), `${join(path, '.git')}\n`);
      writeFileSync(join(admin, 'HEAD'), `ref: refs/heads/${branch}\n`);
      await call(['read-tree', commit], { cwd: path });
      await call(['update-index', '-q', '--refresh'], { cwd: path, ok: [0, 1] });
    },
    async prune() {
      await call(['worktree', 'prune', '--expire', 'now']);
    },
    admin: async (path) => listedAdmin(path, await common()),
    async gitDir(path) {
      const written = pointerIn(path);
      if (written) return resolve(path, written);
      const answer = (await call(['rev-parse', '--path-format=absolute', '--git-dir'], { cwd: path })).stdout.trim();
      return isAbsolute(answer) ? answer : resolve(path, answer);
    },
    async probe(path, ref, commit) {
      const zero = '0'.repeat(commit.length);
      const { code, stderr } = await call(['update-ref', ref, commit, zero], { cwd: path, ok: [0, 1, 128] });
      if (code !== 0) return stderr;
      await call(['update-ref', '-d', ref, commit], { cwd: path });
      return undefined;
    },
  };
}

/** What a linked worktree's `.git` file says, without asking git. (gitrepository-layout(5)) */
function pointerIn(path: string): string | undefined {
  try {
    return /^gitdir: (.+)\n?$/.exec(readFileSync(join(path, '.git'), 'utf8'))?.[1];
  } catch {
    return undefined;
  }
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
