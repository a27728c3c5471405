import type { Foreknown } from '../core/collision.ts';
import { Refusal } from '../core/refusal.ts';
import { type RadarPorts, radar } from './radar.ts';

/**
 * What `collides` goes by besides claims, from what is committed on the branches of open tasks: cheap enough to ask
 * whenever a task is to be chosen. Where git cannot tell, the claims alone are known.
 */
export async function foreknown(ports: RadarPorts): Promise<Foreknown> {
  const { ownership } = await ports.config.load();
  try {
    const { pairs, touched } = await radar(ports, { committed: true });
    return { shared: ownership.shared, clashes: pairs, touched };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { shared: ownership.shared };
  }
}
