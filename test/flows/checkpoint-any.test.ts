import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { saveCheckpoint } from '../../src/flows/checkpoint.ts';
import { AWKWARD, BASE, taskIn } from '../support/awkward.ts';
import { listing } from '../support/listing.ts';
import { scene } from '../support/scene.ts';

const NAMES = Object.keys(AWKWARD).filter((name) => !name.startsWith('a filter'));
const RUNS = Number(process.env['RUNS'] ?? 4);
/** Other mixes each time; a failure prints its seed, and SEED=<number> takes it again. */
const SEED = process.env['SEED'];

test('whatever awkward things meet in one worktree, its checkpoint gives all of them back', async () => {
  const s = await scene(BASE);
  const { ports, task, at, git } = await taskIn(s);
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(NAMES, { minLength: 3, maxLength: 9 }).filter(tell), async (names) => {
      for (const name of names) {
        try {
          AWKWARD[name]?.(at, git);
        } catch {
          // Two of them may exclude each other; what was made before stays.
        }
      }
      const before = listing(task.worktree);
      const saved = await saveCheckpoint(ports, task, names.join(', '));
      expect(listing(task.worktree)).toBe(before);
      rmSync(task.worktree, { recursive: true });
      s.git('worktree', 'prune');
      s.git('worktree', 'add', '-q', '--no-checkout', '--detach', task.worktree, `${saved.commit}^1`);
      await ports.git.work.unpack(task.worktree, saved.commit);
      expect(listing(task.worktree)).toBe(before);
      reset(s.dir, task.worktree);
    }),
    { ...(SEED ? { seed: Number(SEED) } : {}), numRuns: RUNS, endOnFailure: true },
  );
}, 600_000);

/**
 * Both write the attributes. What the first has cleaned counts as unchanged after the second only until somebody touches
 * the file: its bytes come back (a test of their own), that git has not looked yet does not.
 */
const tell = (names: readonly string[]): boolean =>
  !(names.includes('clean for git, other bytes on disk') && names.includes('CRLF where git normalises'));

/** An empty worktree on the branch as it began: each run starts from the same. */
function reset(dir: string, worktree: string): void {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: dir, stdio: 'ignore' });
  rmSync(worktree, { recursive: true });
  git('worktree', 'prune');
  git('update-ref', 'refs/heads/gwt/login', 'main');
  git('worktree', 'add', '-q', worktree, 'gwt/login');
}
