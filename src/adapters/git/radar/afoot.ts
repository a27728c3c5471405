import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid, Repo } from '../../../ports.ts';
import { adminOf } from '../admin.ts';
import { onDisk } from '../disk.ts';
import type { Scratch } from '../scratch.ts';
import { filesOf, type Place, QUIET } from '../snapshot.ts';
import { synthetic } from '../synthetic.ts';

/** Larger files that nobody committed are output of programs. */
const LARGEST = 1_000_000;

/**
 * The files of a worktree as a commit on its HEAD, in the scratch's folder; undefined where nothing differs from HEAD, or
 * there is no HEAD. Its index is read, and a look at it takes no lock.
 */
export async function afoot(scratch: Scratch, { common }: Repo, worktree: string): Promise<Oid | undefined> {
  const admin = adminOf(worktree, common);
  if (!admin) return undefined;
  const index = join(common, 'gwt', `afoot-${randomBytes(6).toString('hex')}`);
  mkdirSync(join(common, 'gwt'), { recursive: true });
  const stderr = { text: '' };
  const place: Place = {
    worktree,
    admin,
    common,
    stderr,
    write: (type, body) => scratch.write(type, body),
    bench: async (args, options = {}) => {
      const at = ['--git-dir', admin, '--work-tree', worktree];
      // Only looking is done with the worktree's own index.
      const own = args[0] === 'status' ? {} : { GIT_INDEX_FILE: index };
      const env = { GIT_LITERAL_PATHSPECS: '1', ...own };
      const ran = await scratch.call([...at, ...QUIET, ...args], { cwd: worktree, binary: true, env, ...options });
      stderr.text += ran.stderr;
      return ran.stdout;
    },
  };
  try {
    const seen = await filesOf(place, index, { head: '' }, (path) => (onDisk(worktree, path)?.size ?? 0) > LARGEST);
    return seen?.head ? scratch.write('commit', synthetic(seen.tree, seen.head)) : undefined;
  } finally {
    for (const path of [index, `${index}.lock`]) rmSync(path, { force: true });
  }
}
