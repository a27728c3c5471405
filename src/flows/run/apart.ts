import type { Place, Scene } from '../../core/turns.ts';
import type { Ports } from '../../ports.ts';
import { apart } from '../radar-known.ts';
import type { Floor } from './floor.ts';

/**
 * Tasks with work of their own that would conflict with what is being worked on now, each with the other; looked for
 * only where there are such. What has no branch yet is told apart by its claim alone, which the queue does.
 */
export async function apartNow(
  ports: Ports,
  floor: Floor,
  scene: Scene,
  ready: readonly Place[],
): Promise<NonNullable<Scene['apart']>> {
  const waiting = new Set(ready.filter(({ kind }) => kind === 'task').map(({ id }) => id));
  const working = new Set(scene.tasks.filter(({ id }) => floor.working.has(id)).map(({ id }) => id));
  if (waiting.size === 0 || working.size === 0) return [];
  return (await apart(ports)).flatMap(([a, b]) => {
    if (waiting.has(a) && working.has(b)) return [[a, b] as const];
    return waiting.has(b) && working.has(a) ? [[b, a] as const] : [];
  });
}
