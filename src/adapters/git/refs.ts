import type { GitRefs, RefMove } from '../../ports.ts';
import type { GitCall } from './call.ts';

/** Refs of the repository; moves go through the shared git directory, where no worktree's hooks apply. */
export function gitRefs(call: GitCall, common: () => Promise<string>): GitRefs {
  return {
    async resolve(rev) {
      const { code, stdout } = await call(['rev-parse', '--verify', '--quiet', '--end-of-options', `${rev}^{commit}`], {
        ok: [0, 1, 128],
      });
      return code === 0 ? stdout.trim() : undefined;
    },
    async heads(patterns) {
      if (patterns.length === 0) return new Map();
      const { stdout } = await call(['for-each-ref', '--format=%(refname) %(objectname)', ...patterns]);
      return new Map(lines(stdout).map((line) => line.split(' ') as [string, string]));
    },
    async current() {
      const { code, stdout } = await call(['symbolic-ref', '--quiet', '--short', 'HEAD'], { ok: [0, 1, 128] });
      return code === 0 ? stdout.trim() : undefined;
    },
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
  const input = moves.map(({ ref, from, to }) => `update ${ref}\0${to}\0${from}\0`).join('');
  const { code } = await call(['--git-dir', common, 'update-ref', '-m', reason, '-z', '--stdin'], {
    input,
    ok: [0, 128],
  });
  return code === 0;
}

/** The lines of an answer, without the empty last one. */
export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
