import type { Lease } from '../../core/task.ts';
import type { Place } from '../../core/turns.ts';
import type { Ports } from '../../ports.ts';
import { listQueue } from './list.ts';
import { type Made, spawnTaken } from './spawn.ts';
import { leaseFor, type Reason, take } from './take.ts';

export interface NextInput {
  /** Take it for so many minutes; only a look when left out. */
  readonly minutes?: number;
  /** Take it, and make it a task with a worktree. */
  readonly spawn?: boolean;
}
export type Next =
  | { readonly outcome: 'next'; readonly next: Place }
  | { readonly outcome: 'taken'; readonly id: string; readonly worktree: string | null; readonly lease: Lease }
  | { readonly outcome: 'none'; readonly why: readonly Reason[] };

/** What comes next in the queue; taken, or made a task, where that is asked for. Throws the refusal of a spawn that failed. */
export async function next(ports: Ports, { minutes, spawn = false }: NextInput): Promise<Next> {
  if (minutes === undefined && !spawn) return peek(ports);
  const lease = minutes === undefined ? leaseFor(ports) : forTime(ports, minutes);
  const taken = await take(ports, { lease });
  if (taken.outcome === 'none') return taken;
  if ('task' in taken) return { outcome: 'taken', id: taken.task.id, worktree: taken.task.worktree, lease };
  if (!spawn) return { outcome: 'taken', id: taken.entry.id, worktree: null, lease };
  const made: Made = await spawnTaken(ports, taken);
  if (made.outcome === 'refused') throw made.refusal;
  return { outcome: 'taken', id: made.task.id, worktree: made.task.worktree, lease };
}

async function peek(ports: Ports): Promise<Next> {
  const { queue } = await listQueue(ports);
  const first = queue.find(({ why }) => why === undefined);
  if (first) return { outcome: 'next', next: first };
  return { outcome: 'none', why: queue.map(({ id, why = '' }) => ({ id, why })) };
}

/** Whoever starts gwt once for each step outlives no lease of a process: theirs holds for its time. */
function forTime(ports: Ports, minutes: number): Lease {
  const holder = ports.self.env['GWT_AGENT_ID'] ?? `gwt queue next on ${ports.self.host}`;
  return { ...leaseFor(ports), holder, pid: 0, started: '', ttl: minutes * 60_000 };
}
