import { join } from 'node:path';
import { Refusal } from '../../core/refusal.ts';
import type { Ports } from '../../ports.ts';
import { finishMove } from './move.ts';

/**
 * Does what moves a target while nobody else does, after what a crash may have cut short was finished. Refuses
 * `merge.busy` with the one who is at it. `held` tells whether it is still so.
 */
export async function alone<T>(
  ports: Pick<Ports, 'git' | 'files' | 'locks'>,
  target: string,
  work: (held: () => boolean) => Promise<T>,
): Promise<T> {
  const path = join((await ports.git.repo()).common, 'gwt', 'locks', 'landing');
  const lock = await ports.locks.take(path);
  if (!lock) throw new Refusal('merge.busy', { target, holder: (await ports.locks.holder(path)) ?? 'another process' });
  try {
    await finishMove(ports);
    return await work(lock.held);
  } finally {
    await lock.release();
  }
}
