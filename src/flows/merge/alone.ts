import { join } from 'node:path';
import { Refusal } from '../../core/refusal.ts';
import type { Ports } from '../../ports.ts';
import { busy, type Hold, leaseOn, takeLease } from './lease.ts';
import { finishMove } from './move.ts';

type AlonePorts = Pick<Ports, 'git' | 'files' | 'locks' | 'ledger' | 'clock' | 'self' | 'ids' | 'programs' | 'report'>;

/**
 * Does what moves a target while nobody else does, after what a crash may have cut short was finished. Refuses
 * `merge.busy` with the one who is at it. Two things are held: a lock file, for what there is one of in this repository
 * (the integration worktree, the note of a move under way), and the lease on the target in the ledger, which is
 * written anew by the very transaction that moves the target: whoever lost it moves nothing.
 */
export async function alone<T>(ports: AlonePorts, target: string, work: (hold: Hold) => Promise<T>): Promise<T> {
  return aloneAsIs(ports, target, async (hold) => {
    await finishMove(ports);
    return work(hold);
  });
}

/** The same, for what itself says what becomes of a move that was cut short. */
export async function aloneAsIs<T>(ports: AlonePorts, target: string, work: (hold: Hold) => Promise<T>): Promise<T> {
  const path = join((await ports.git.repo()).common, 'gwt', 'locks', 'landing');
  const lock = await ports.locks.take(path);
  if (!lock) {
    const lease = await leaseOn(ports, target);
    if (lease) throw busy(target, lease);
    throw new Refusal('merge.busy', { target, holder: (await ports.locks.holder(path)) ?? 'another process' });
  }
  try {
    const lease = await takeLease(ports, target);
    try {
      return await work({ ...lease, held: () => lock.held() && lease.held() });
    } finally {
      await lease.release();
    }
  } finally {
    await lock.release();
  }
}
