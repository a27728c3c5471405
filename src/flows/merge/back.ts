import type { Landing } from '../../core/landing.ts';
import { document, parsed, taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import { moved } from '../../core/task.ts';
import type { Entry, Key, Oid, Ports, View, Write } from '../../ports.ts';
import type { Hold } from './lease.ts';
import { type Moved, moveTarget } from './move.ts';

type BackPorts = Pick<Ports, 'ledger' | 'clock'>;

/** Where the target goes with it. */
export interface Back {
  readonly target: string;
  readonly from: Oid;
  readonly to: Oid;
  /** True when `to` stands on top of `from`: the landings are taken back by commits. */
  readonly revert?: boolean;
  readonly hold: Pick<Hold, 'key' | 'guard'>;
}

/** The entries of these landings and their tasks, as they were before. */
type Before = readonly Entry[];

/**
 * Takes landings back in one transaction: the target by compare-and-swap, their tasks to finished, their records
 * marked as undone. Gives what was there before.
 */
export async function takeBackLandings(
  { ledger, clock }: BackPorts,
  landings: readonly Landing[],
  back: Back,
): Promise<Before> {
  const at = new Date(clock.now()).toISOString();
  const keys = keysOf(landings);
  return ledger.transact({ keys: [...keys, back.hold.key] }, (view) => ({
    writes: [
      ...landings.flatMap((landing) => [undone(view, landing, back, at), ...tasksBack(view, landing, back, at)]),
      ...back.hold.guard(view),
    ],
    moves: [{ ref: `refs/heads/${back.target}`, from: back.from, to: back.to }],
    result: keys.flatMap((key) => view.entry(key) ?? []),
  }));
}

/** The same with every checkout of the target, or nothing at all. */
export async function moveBack(
  ports: Pick<Ports, 'git' | 'files' | 'ledger' | 'clock' | 'report'>,
  landings: readonly Landing[],
  back: Back,
): Promise<Moved> {
  let before: Before = [];
  const record = async () => {
    try {
      before = await takeBackLandings(ports, landings, back);
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'ledger.moved') return false;
      throw error;
    }
  };
  return moveTarget(ports, back, record, () => standAgain(ports, before, back));
}

/** Undoes `takeBackLandings`, where a checkout could not follow it after all. */
async function standAgain({ ledger, clock }: BackPorts, before: Before, back: Back): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  const { target } = back;
  const event = { type: 'landing.kept', at, target } as const;
  await ledger.transact({ keys: before.map(({ key }) => key) }, () => ({
    writes: before.map(({ key, docs }) => ({ key, event, docs })),
    moves: [{ ref: `refs/heads/${target}`, from: back.to, to: back.from }],
    result: undefined,
  }));
}

function keysOf(landings: readonly Landing[]): readonly Key[] {
  const tasks = landings.flatMap(({ landed }) =>
    landed.flatMap(({ task }) => (task ? [`tasks/${task}` as const] : [])),
  );
  return [...new Set<Key>([...landings.map(({ id }) => `landings/${id}` as const), ...tasks])];
}

function undone(view: View, landing: Landing, { target, to, revert }: Back, at: string): Write {
  const key: Key = `landings/${landing.id}`;
  const entry = view.entry(key);
  const known = entry ? parsed<Landing>(entry, 'landing.json') : landing;
  const now: Landing = { ...known, undone: at, ...(revert ? { revert: to } : {}) };
  const event = { type: 'landing.undone', at, target, landing: landing.id, to } as const;
  return { key, event, docs: { 'landing.json': document(now) } };
}

function tasksBack(view: View, { id, landed }: Landing, { target, to }: Back, at: string): readonly Write[] {
  const event = { type: 'landing.undone', at, target, landing: id, to } as const;
  return landed.flatMap(({ task }): Write[] => {
    const entry = task ? view.entry(`tasks/${task}`) : undefined;
    if (!entry) return [];
    const { landed: there, ...rest } = taskOf(entry);
    // Landed once more since, or given up and begun anew: that is another landing's to take back.
    if (there && there.landing !== id) return [];
    // Cleaned away since: it stays in the trash, and comes back from there as what it is now.
    const dropped = rest.dropped ? { dropped: { ...rest.dropped, from: 'finished' as const } } : {};
    const now = moved(rest, rest.state === 'dropped' ? 'dropped' : 'finished', dropped);
    return now ? [{ key: entry.key, event, docs: { 'task.json': document(now) } }] : [];
  });
}
