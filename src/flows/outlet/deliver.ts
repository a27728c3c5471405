import { subjectOf } from '../../core/event.ts';
import { handlersFor } from '../../core/outlet.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Ports, Position, Repo, Told } from '../../ports.ts';
import { approve } from '../approve.ts';
import { exportFresh } from '../export.ts';
import { type Handled, handle } from './handle.ts';
import { openJournal } from './journal.ts';
import { outletLock, positionFile } from './places.ts';

export interface DeliverInput {
  /** ISO time: where nothing was ever told, only what happened from then on is. */
  readonly since?: string;
}
export interface Delivered {
  readonly delivered: readonly Handled[];
  /** Why nothing was told, where nothing could be. */
  readonly held: 'busy' | 'unapproved' | null;
}

/** Who comes back after a day does not want to hear all of yesterday. */
const OLD_MS = 24 * 60 * 60_000;
/** What follows soon is told by the same process. */
const LINGER_MS = 1_500;

/**
 * Has everything that was not told yet told to those whom `on:` names, in order, each event once. One process at a time; it looks again before it ends, and once more after it has given the lock back.
 */
export async function deliver(ports: Ports, { since }: DeliverInput): Promise<Delivered> {
  const repo = await ports.git.repo();
  const delivered: Handled[] = [];
  do {
    const lock = await ports.locks.take(outletLock(repo));
    if (!lock) return { delivered, held: 'busy' };
    try {
      if (!(await allowed(ports))) return { delivered, held: 'unapproved' };
      do delivered.push(...(await batch(ports, repo, since)));
      while (!ports.stop.aborted && (await stirred(ports, repo)));
    } finally {
      await lock.release();
    }
  } while (!ports.stop.aborted && (await isBehind(ports, repo)));
  return { delivered, held: null };
}

/** A command of the project that nobody has seen is not run; it waits, for a day at most. */
async function allowed(ports: Ports): Promise<boolean> {
  try {
    await approve(ports, ['on']);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'config.unapproved') return false;
    throw error;
  }
}

async function batch(ports: Ports, repo: Repo, since: string | undefined): Promise<readonly Handled[]> {
  const before = await positionOf(ports, repo);
  const now = await ports.ledger.position();
  const { on } = await ports.config.load();
  const oldest = before ? new Date(ports.clock.now() - OLD_MS).toISOString() : (since ?? '9');
  const journal = await openJournal(ports, repo);
  const handled: Handled[] = [];
  for await (const page of ports.ledger.between(before ?? new Map(), now))
    for (const told of page) if (told.event.at >= oldest) handled.push(...(await tellOne(ports, on, told, journal)));
  // Cut short, the next one goes on where this one was.
  if (ports.stop.aborted) return handled;
  await ports.files.write(positionFile(repo), JSON.stringify([...now]), 0o600);
  await journal.clear();
  await exportFresh(ports);
  return handled;
}

async function tellOne(
  ports: Ports,
  on: Parameters<typeof handlersFor>[0],
  { id, key, event }: Told,
  journal: Awaited<ReturnType<typeof openJournal>>,
): Promise<readonly Handled[]> {
  const handled: Handled[] = [];
  for (const [place, { name, handler }] of handlersFor(on, event).entries()) {
    if (ports.stop.aborted) break;
    const mark = `${id} ${place}`;
    if (journal.ended(mark)) continue;
    const again = journal.begun(mark);
    await journal.begin(mark);
    const text = subjectOf(event);
    const facts = { id, name, at: event.at, key, text, event, ...(again ? { again } : {}) };
    handled.push(await handle(ports, handler, facts));
    if (!ports.stop.aborted) await journal.end(mark);
  }
  return handled;
}

async function positionOf({ files }: Ports, repo: Repo): Promise<Position | undefined> {
  try {
    return new Map(JSON.parse((await files.read(positionFile(repo))) ?? '') as [never, never][]);
  } catch {
    return undefined;
  }
}

/** Waits a moment for more. */
async function stirred(ports: Ports, repo: Repo): Promise<boolean> {
  if (await isBehind(ports, repo)) return true;
  await ports.clock.sleep(LINGER_MS);
  return isBehind(ports, repo);
}

async function isBehind(ports: Ports, repo: Repo): Promise<boolean> {
  const told = await positionOf(ports, repo);
  return [...(await ports.ledger.position())].some(([key, oid]) => told?.get(key) !== oid);
}
