import { join } from 'node:path';
import { afterAttempt, type Planned, turnOf } from '../../core/queue.ts';
import { document, taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Lease, Task } from '../../core/task.ts';
import { type Place, placesOf, readyPlaces } from '../../core/turns.ts';
import type { Key, Lock, View, Write } from '../../ports.ts';
import { type Hints, type Look, lookAt, plannedOf, type QueuePorts, standing } from './look.ts';

export interface TakeInput extends Hints {
  /** Who has it from then on; left out, this process. */
  readonly lease?: Lease;
}
/** What was taken is the taker's until its lease ends: `task` has a worktree, `entry` is made one by `spawnTaken`. */
export type Take =
  | { readonly outcome: 'taken'; readonly task: Task; readonly lease: Lease }
  | { readonly outcome: 'taken'; readonly entry: Planned; readonly lease: Lease }
  | { readonly outcome: 'none'; readonly why: readonly Reason[] };
/** Why something in the queue could not be taken. */
export interface Reason {
  readonly id: string;
  readonly why: string;
}

/** Far longer than it takes to make something of it: only for holders on other machines, whose pid says nothing here. */
const TAKEN_MS = 3_600_000;

/**
 * Takes the next thing that is ready, for one taker among any number of processes. Nothing is given to two: it is
 * taken by compare-and-swap, and whoever was slower looks again.
 */
export async function take(ports: QueuePorts, input: TakeInput = {}): Promise<Take> {
  const lock = await turnstile(ports);
  try {
    return await taking(ports, input);
  } finally {
    await lock?.release();
  }
}

/** So that many takers need not all look for the one to be right: the ledger decides, with this or without. */
async function turnstile({ locks, git, clock }: QueuePorts): Promise<Lock | undefined> {
  const path = join((await git.repo()).common, 'gwt', 'locks', 'queue');
  const until = clock.now() + TURNSTILE_MS;
  for (let wait = 20; clock.now() < until; wait = Math.min(400, wait * 2)) {
    const lock = await locks.take(path);
    if (lock) return lock;
    await clock.sleep(wait);
  }
  return undefined;
}

const TURNSTILE_MS = 15_000;

async function taking(ports: QueuePorts, input: TakeInput): Promise<Take> {
  for (let lost = 0; ; lost += 1) {
    const look = await lookAt(ports, input);
    // Where many take at the same moment, the ones that lost spread over what comes next.
    const ready = readyPlaces(look.scene, 1 + Math.min(lost * 4, 64));
    const place = ready[lost === 0 ? 0 : Number.parseInt(ports.ids.next().slice(0, 8), 16) % Math.max(1, ready.length)];
    if (!place) return { outcome: 'none', why: reasonsIn(look) };
    const taken = await claim(ports, look, place, input.lease ?? leaseFor(ports));
    if (taken) return taken;
  }
}

/** A lease of this process on something it took from the queue. */
export function leaseFor({ self, clock, ids }: Pick<QueuePorts, 'self' | 'clock' | 'ids'>): Lease {
  const { pid, host, startedAt: started } = self;
  const holder = `gwt, pid ${pid} on ${host}`;
  return { holder, pid, started, host, beat: clock.now(), ttl: TAKEN_MS, run: ids.next() };
}

function reasonsIn({ scene }: Look): readonly Reason[] {
  return placesOf(scene).map(({ id, why = '' }) => ({ id, why }));
}

/** Undefined when somebody was faster, with this or with what it must not run beside. */
async function claim(ports: QueuePorts, look: Look, place: Place, lease: Lease): Promise<Take | undefined> {
  const key: Key = `${place.kind === 'planned' ? 'queue' : 'tasks'}/${place.id}`;
  const at = new Date(ports.clock.now()).toISOString();
  const event = { type: 'queue.taken', at, task: place.id, by: lease.holder } as const;
  const beside = besideOf(look, place);
  try {
    const taken = await ports.ledger.transact<Take | undefined>({ keys: [key] }, (view) => {
      const found = view.entry(key);
      if (found?.rev !== look.revs.get(key)) return { writes: [], result: undefined };
      const { write, result } = written(ports, view, key, lease);
      return { writes: [{ ...write, event }], moves: beside, result };
    });
    if (taken) ports.report(event);
    return taken;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'ledger.moved') return undefined;
    throw error;
  }
}

/** What it must not run beside has to be as it was seen, or two such could be taken at the same moment. */
function besideOf({ scene, revs }: Look, { id }: Place) {
  const others = (scene.apart ?? []).flatMap(([a, b]) => (a === id ? [b] : b === id ? [a] : []));
  const keys = others.flatMap((other): Key[] => [`queue/${other}`, `tasks/${other}`]);
  return keys.flatMap((key) => {
    const rev = revs.get(key);
    return rev === undefined ? [] : [{ ref: `refs/gwt/${key}`, from: rev, to: rev }];
  });
}

function written(
  ports: QueuePorts,
  view: View,
  key: Key,
  lease: Lease,
): { readonly write: Omit<Write, 'event'>; readonly result: Take } {
  const found = view.entry(key);
  if (!found) throw new Refusal('ledger.moved', { refs: [key] });
  const isHeld = standing(ports);
  const at = new Date(ports.clock.now()).toISOString();
  const begun = <T extends { readonly takenBy?: Lease }>(turn: T & ReturnType<typeof turnOf>) => {
    const before = turn.takenBy;
    const gone = before && !isHeld(before);
    const reason = `${before?.holder} had it and is gone`;
    const kept = gone ? afterAttempt(turn, { at, by: before.holder, outcome: 'lost', reason }) : turn;
    return { ...kept, takenBy: lease };
  };
  if (key.startsWith('queue/')) {
    const entry = begun(plannedOf(found));
    return { write: { key, docs: { 'entry.json': document(entry) } }, result: { outcome: 'taken', entry, lease } };
  }
  const before = taskOf(found);
  const task = { ...before, turn: begun(turnOf(before)) };
  return { write: { key, docs: { 'task.json': document(task) } }, result: { outcome: 'taken', task, lease } };
}
