import type { Planned } from '../../core/queue.ts';
import { parsed, taskOf } from '../../core/records.ts';
import { holds } from '../../core/recovery.ts';
import type { Lease } from '../../core/task.ts';
import type { Scene } from '../../core/turns.ts';
import type { Entry, Key, Oid, Ports } from '../../ports.ts';

export type QueuePorts = Pick<Ports, 'ledger' | 'config' | 'self' | 'clock' | 'ids' | 'report' | 'locks' | 'git'>;

/** What a look at the queue may be told, for whoever knows more than the ledger does. */
export type Hints = Pick<Scene, 'apart' | 'only' | 'skip' | 'done'>;

/** The queue as it was at one moment, with the state of the ledger it was read from. */
export interface Look {
  readonly scene: Scene;
  readonly revs: ReadonlyMap<Key, Oid>;
}

/** Reads all that decides whose turn it is. */
export async function lookAt(ports: QueuePorts, hints: Hints = {}): Promise<Look> {
  const [planned, tasks, config] = await Promise.all([
    ports.ledger.list('queue', ['entry.json']),
    ports.ledger.list('tasks', ['task.json']),
    ports.config.load(),
  ]);
  const scene: Scene = {
    ...hints,
    now: ports.clock.now(),
    ageMinutes: config.queue.ageMinutes,
    tasks: tasks.map(taskOf),
    planned: planned.map(plannedOf),
    shared: config.ownership.shared,
    stands: standing(ports),
  };
  return { scene, revs: new Map([...planned, ...tasks].map(({ key, rev }) => [key, rev])) };
}

/** The planned work of a ledger entry. Refuses `ledger.broken`. */
export function plannedOf(entry: Pick<Entry, 'key' | 'docs'>): Planned {
  return parsed<Planned>(entry, 'entry.json');
}

/** True while nobody else may take what a lease is on. */
export function standing({ self, clock }: Pick<Ports, 'self' | 'clock'>): (lease: Lease) => boolean {
  const starts = new Map<number, string | undefined>();
  const processStart = (pid: number) => {
    if (!starts.has(pid)) starts.set(pid, self.processStart(pid));
    return starts.get(pid);
  };
  return (lease) => holds(lease, { now: clock.now(), host: self.host, processStart });
}
