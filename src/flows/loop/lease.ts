import type { Escalation } from '../../core/escalation.ts';
import type { EventOf } from '../../core/event.ts';
import { begun } from '../../core/queue.ts';
import { document, parsed, taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import { expired, type Lease, moved, type Task } from '../../core/task.ts';
import type { Ports, View, Write } from '../../ports.ts';
import { takeUpAgain } from './aside.ts';
import { pidFile } from './places.ts';

type LeasePorts = Pick<Ports, 'ledger' | 'self' | 'clock' | 'ids' | 'files' | 'git' | 'programs' | 'report'>;

export interface Taken {
  readonly task: Task;
  /** True when the loop before this one was cut short. */
  readonly interrupted: boolean;
  /** The ledger's documents of the task as they were. */
  readonly docs: Readonly<Record<string, string>>;
}

/** Far longer than two writes of a loop are apart: only for holders on other machines, whose pid says nothing here. */
const ELSEWHERE_MS = 6 * 60 * 60 * 1000;

/**
 * The task, now running under this process' lease. A dead holder's lease is taken over, and what is left of its run is
 * ended. Refuses `task.busy` while the holder lives, and `task.state` for what is landed, dropped or half made.
 */
export async function takeTask(
  ports: LeasePorts,
  id: string,
  by: { readonly agent: string; readonly max: number; readonly run: string },
): Promise<Taken> {
  const before = await ports.ledger.read(`tasks/${id}`);
  if (!before) throw new Refusal('task.unknown', { task: id, known: [] });
  const known = taskOf(before);
  refuseUnusable(ports, known);
  if (known.lease) await ports.programs.reap(known.lease.run);
  const at = new Date(ports.clock.now()).toISOString();
  const event = { type: 'loop.started', at, task: id, ...by } as const;
  const escalation = known.blocked?.escalation;
  const keys = [`tasks/${id}`, ...(escalation ? [`escalations/${escalation}`] : [])] as const;
  const taken = await ports.ledger.transact(
    { keys: keys as Parameters<typeof ports.ledger.transact>[0]['keys'] },
    (view) => {
      const taken = decideLease(ports, view, id, event);
      return { writes: [taken.write, ...goneOn(view, escalation, at)], result: taken };
    },
  );
  ports.report(event);
  // Whoever starts it on a blocked task wants another try.
  if (known.state === 'blocked') await takeUpAgain(ports, id);
  const repo = await ports.git.repo();
  const { pid, startedAt: started } = ports.self;
  await ports.files.write(pidFile(repo, id), document({ pid, started, run: by.run, task: id }));
  return taken;
}

function decideLease(
  ports: LeasePorts,
  view: View,
  id: string,
  event: EventOf<'loop.started'>,
): Taken & { write: Write } {
  const entry = view.entry(`tasks/${id}`);
  if (!entry) throw new Refusal('task.unknown', { task: id, known: [] });
  const now = taskOf(entry);
  refuseUnusable(ports, now);
  const turn = now.turn && begun(now.turn);
  const task = moved(now, 'running', { lease: leaseOf(ports, event.run), blocked: undefined, turn });
  if (!task) throw new Refusal('task.state', { task: id, state: now.state, doing: 'work on' });
  const write = { key: entry.key, event, docs: { 'task.json': document(task) } };
  return { task, interrupted: now.state === 'running', docs: entry.docs, write };
}

/** Whoever starts the loop on a blocked task has answered the question it was blocked on: go on. */
function goneOn(view: View, id: string | undefined, at: string): readonly Write[] {
  const entry = id ? view.entry(`escalations/${id}`) : undefined;
  if (!entry || !id) return [];
  const escalation = parsed<Escalation>(entry, 'escalation.json');
  if (escalation.state !== 'open') return [];
  const resolved: Escalation = { ...escalation, state: 'resolved', resolvedAt: at, resolvedBy: 'gwt loop' };
  const event = { type: 'escalation.resolved', at, escalation: id, by: 'gwt loop' } as const;
  return [{ key: entry.key, event, docs: { 'escalation.json': document(resolved) } }];
}

/** Refuses a task nobody may start a loop on now. */
export function refuseUnusable(ports: Pick<Ports, 'self' | 'clock'>, task: Task): void {
  const { id, state, ready, lease } = task;
  if (state === 'landed' || state === 'dropped' || !ready)
    throw new Refusal('task.state', { task: id, state: ready ? state : 'half made', doing: 'work on' });
  if (lease && isHeld(ports, lease)) throw new Refusal('task.busy', { task: id, holder: lease.holder });
}

/** True while the holder of a lease lives. */
export function isHeld({ self, clock }: Pick<Ports, 'self' | 'clock'>, lease: Lease): boolean {
  if (lease.host !== self.host) return !expired(lease, clock.now());
  return self.processStart(lease.pid) === lease.started;
}

/** A lease for this process, from now on. */
export function leaseOf({ self, clock }: Pick<Ports, 'self' | 'clock'>, run: string): Lease {
  const holder = `gwt loop, pid ${self.pid} on ${self.host}`;
  const { pid, host, startedAt: started } = self;
  return { holder, pid, started, host, beat: clock.now(), ttl: ELSEWHERE_MS, run };
}
