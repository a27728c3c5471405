import type { Foreknown } from '../core/collision.ts';
import { Refusal } from '../core/refusal.ts';
import { isActive } from '../core/task.ts';
import { type RadarPorts, radar } from './radar.ts';
import { allTasks } from './tasks.ts';

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

/** Open tasks by id that would conflict with each other by what is committed on their branches: they should not run at once. */
export async function apart(ports: RadarPorts): Promise<readonly (readonly [string, string])[]> {
  const { clashes = [] } = await foreknown(ports);
  if (clashes.length === 0) return [];
  const ids = new Map((await allTasks(ports)).filter(isActive).map(({ branch, id }) => [branch, id]));
  return clashes.flatMap(({ a, b }) => {
    const [one, other] = [ids.get(a), ids.get(b)];
    return one !== undefined && other !== undefined ? [[one, other] as const] : [];
  });
}
