import { stat } from 'node:fs/promises';
import { Refusal } from '../../core/refusal.ts';
import type { GitRefs, RefMove } from '../../ports.ts';
import { type GitCall, refuseDisk } from './call.ts';
import { moverOf } from './marks.ts';
import { refsInFiles } from './ref-files.ts';
import { clearLocks, noteLocks } from './ref-locks.ts';

/** Refs of the repository; moves go through the shared git directory, where no worktree's hooks apply. */
export function gitRefs(call: GitCall, common: () => Promise<string>): GitRefs {
  return {
    async resolve(rev) {
      // A branch, or a ref of gwt's, by its full name is what its file says: no process is needed to read it.
      const read = /^refs\/(heads|gwt)\/[^~^:@{}]+$/.test(rev) ? refsInFiles(await common(), [rev]) : undefined;
      if (read) return read.get(rev);
      const { code, stdout } = await call(['rev-parse', '--verify', '--quiet', '--end-of-options', `${rev}^{commit}`], {
        ok: [0, 1, 128],
      });
      return code === 0 ? stdout.trim() : undefined;
    },
    async heads(patterns) {
      if (patterns.length === 0) return new Map();
      const read = refsInFiles(await common(), patterns);
      if (read) return read;
      const { stdout } = await call(['for-each-ref', '--format=%(refname) %(objectname)', ...patterns]);
      return new Map(lines(stdout).map((line) => line.split(' ') as [string, string]));
    },
    async current() {
      const { code, stdout } = await call(['symbolic-ref', '--quiet', '--short', 'HEAD'], { ok: [0, 1, 128] });
      return code === 0 ? stdout.trim() : undefined;
    },
    mover: async (ref) => moverOf(await common(), ref),
    move: async (moves, reason) => moveRefs(call, await common(), moves, reason),
  };
}

/** False when git would not move them because one is not where it was expected, or locked by another process. */
export async function moveRefs(
  call: GitCall,
  common: string,
  moves: readonly RefMove[],
  reason: string,
): Promise<boolean> {
  if (moves.length === 0) return true;
  const input = moves
    .map(({ ref, from, to }) => (from === to ? `verify ${ref}\0${from}\0` : `update ${ref}\0${to}\0${from}\0`))
    .join('');
  const command = ['--git-dir', common, 'update-ref', '-m', reason, '-z', '--stdin'];
  const forget = noteLocks(
    common,
    moves.map(({ ref }) => ref),
  );
  const { code, stderr } = await call(command, { input, ok: [0, 1, 128] }).finally(forget);
  // Also where none was in the way: a person's own git would stumble over them.
  const cleared = clearLocks(common);
  if (code === 0) return true;
  refuseDisk(stderr, common);
  if (HOPELESS.test(stderr))
    throw new Refusal('git.failed', { command: 'git update-ref --stdin', code, message: stderr.trim() });
  if (!cleared) await refuseStaleLock(stderr);
  return false;
}

/** Trying again would not help: these are no lost races. */
const HOPELESS =
  /Permission denied|aborted by hook|exists; cannot create|nonexistent object|refusing to update ref with bad name/i;

/** Git holds a ref's lock for milliseconds; one this old belongs to a process that was killed. */
const STALE_MS = 10_000;

async function refuseStaleLock(stderr: string): Promise<void> {
  const path = /Unable to create '(.+\.lock)': File exists/.exec(stderr)?.[1];
  const made = path ? (await stat(path).catch(() => undefined))?.mtimeMs : undefined;
  if (path && made !== undefined && Date.now() - made > STALE_MS) throw new Refusal('ref.locked', { path });
}

/** The lines of an answer, without the empty last one. */
export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
