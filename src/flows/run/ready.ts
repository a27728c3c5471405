import { overlap } from '../../core/claims.ts';
import type { Planned } from '../../core/queue.ts';
import type { Task } from '../../core/task.ts';
import type { Scene } from '../../core/turns.ts';
import type { Floor } from './floor.ts';

/**
 * Since when only a slot was missing, in milliseconds: since it was put into the queue or came back to it, had rested
 * after a refusal, what it comes after landed (or was finished), and who had claimed its paths landed. Never before `begun`.
 */
export function readySince(work: Task | Planned, scene: Scene, floor: Floor, begun: number): number {
  const others = scene.tasks.filter(({ id }) => id !== work.id);
  const before = others.filter(({ id }) => work.after.includes(id));
  const claimants = 'iteration' in work ? [] : others.filter(({ owns }) => overlap(owns, work.owns, scene.shared));
  const times = [...before, ...claimants].map((task) =>
    task.landed ? Date.parse(task.landed.at) : lastEnd(floor, task.id),
  );
  const since = 'since' in work ? work.since : 0;
  const profile = floor.freed.get(work.profile ?? '') ?? 0;
  const rested = floor.refused.get(work.id)?.until ?? 0;
  return Math.max(begun, since, floor.back.get(work.id) ?? 0, rested, profile, ...times);
}

const lastEnd = ({ spans }: Floor, id: string): number => spans.findLast(({ task }) => task === id)?.to ?? 0;
