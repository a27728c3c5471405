import { subjectOf } from '../../core/event.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Decision, Entry, Git, Key, Kind, Ledger, Reads, RefMove, View } from '../../ports.ts';
import { openStore, type Store } from './store.ts';
import { between, positionOf } from './told.ts';

/** Losing a race is normal among many processes; losing this often in a row means something else is wrong. */
const TRIES = 200;

/** What gwt remembers, kept under `refs/gwt/` of the repository. */
export function openLedger(git: Git, clock: { now(): number; sleep(ms: number): Promise<void> }): Ledger {
  const store = openStore(git, clock);
  return {
    read: async (key) => (await store.read([key]))[0],
    list: (kind, docs) => store.list(kind, docs),
    history: (key) => store.history(key),
    position: () => positionOf(git),
    between: (from, to) => between(git, from, to),
    async transact<T>(reads: Reads, decide: (view: View) => Decision<T>): Promise<T> {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const view = await look(store, reads);
        const decision = decide(view);
        if (await commit(git, store, view, decision)) return decision.result;
        await refuseMoved(git, decision.moves ?? []);
        await clock.sleep(Math.min(100, 2 ** Math.min(attempt, 6)) * Math.random());
      }
      throw new Refusal('ledger.moved', { refs: reads.keys.map(refOf) });
    },
  };
}

/** The ref an entry lives in. */
export function refOf(key: Key): string {
  return `refs/gwt/${key}`;
}

/** What a decision may look into when it sees all entries of a kind. */
const DOCS: Readonly<Record<Kind, readonly string[]>> = {
  tasks: ['task.json', 'prd.json'],
  requests: ['request.json'],
  escalations: ['escalation.json'],
  messages: ['message.json'],
  landings: ['landing.json'],
  leases: ['lease.json'],
  resolutions: ['resolution.json'],
  decisions: ['decision.json'],
  queue: ['entry.json'],
  meta: ['meta.json'],
};

async function look(store: Store, reads: Reads): Promise<View> {
  // The keys first: what guards the listing must be older than the listing.
  const keys = await store.read(reads.keys);
  const kinds = new Map<Kind, readonly Entry[]>();
  for (const kind of reads.kinds ?? []) kinds.set(kind, await store.list(kind, DOCS[kind]));
  const byKey = new Map(reads.keys.map((key, at) => [key, keys[at]]));
  return { entry: (key) => byKey.get(key), all: (kind) => kinds.get(kind) ?? [] };
}

async function commit<T>(git: Git, store: Store, view: View, decision: Decision<T>): Promise<boolean> {
  const moves: RefMove[] = [...(decision.moves ?? [])];
  for (const write of decision.writes) {
    const before = view.entry(write.key);
    const to = write.remove ? await store.zero() : await store.write(write, before);
    moves.push({ ref: refOf(write.key), from: before?.rev ?? (await store.zero()), to });
  }
  const reason = decision.writes[0] ? `gwt: ${subjectOf(decision.writes[0].event)}` : 'gwt';
  return git.refs.move(moves, reason);
}

async function refuseMoved(git: Git, moves: readonly RefMove[]): Promise<void> {
  const moved: string[] = [];
  for (const { ref, from } of moves) {
    const now = await git.refs.resolve(ref);
    if ((now ?? '') !== (/^0+$/.test(from) ? '' : from)) moved.push(ref);
  }
  if (moved.length > 0) throw new Refusal('ledger.moved', { refs: moved });
}
