import type { Ports } from '../../ports.ts';
import { type Changed, retry } from './change.ts';
import { undrop } from './drop.ts';
import type { QueuePorts } from './look.ts';

/** Gives dead letters all their attempts again, and brings back what was dropped. Refuses `queue.absent`. */
export async function revive(
  ports: QueuePorts & Pick<Ports, 'git'>,
  names: readonly string[] | 'all',
): Promise<Changed> {
  if (names === 'all') return retry(ports, 'all');
  await undrop(ports, names);
  return retry(ports, names);
}
