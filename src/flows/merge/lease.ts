import { holderOf, LEASE_BEAT_MS, LEASE_MS, standsFor, type TargetLease } from '../../core/lease.ts';
import { document, parsed } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Entry, Key, Ports, View, Write } from '../../ports.ts';

type LeasePorts = Pick<Ports, 'ledger' | 'clock' | 'self' | 'ids' | 'programs'>;

/** The right to move a target, as long as nobody took it over. */
export interface Hold {
  readonly key: Key;
  /** Marks every process that is started under it, so that whoever takes over can end them. */
  readonly run: string;
  /** False once it is known to be lost. */
  held(): boolean;
  /** What a transaction that moves the target writes besides; refuses `merge.busy` when the target is another's now. */
  guard(view: View): readonly Write[];
  release(): Promise<void>;
}

/**
 * The lease on a target, written by compare-and-swap, so that it holds between machines that share the repository too.
 * A dead or silent holder's is taken over. Refuses `merge.busy` with the one who has it, and since when.
 */
export async function takeLease(ports: LeasePorts, target: string): Promise<Hold> {
  const key = keyOf(target);
  const { self, clock } = ports;
  const begun = clock.now();
  const mine: TargetLease = {
    target,
    since: new Date(begun).toISOString(),
    holder: `gwt, pid ${self.pid} on ${self.host}`,
    pid: self.pid,
    started: self.startedAt,
    host: self.host,
    beat: begun,
    ttl: LEASE_MS,
    run: ports.ids.next(),
  };
  const dead = await ports.ledger.transact({ keys: [key] }, (view) => {
    const lease = leaseIn(view.entry(key));
    if (lease && standsFor(lease, { now: clock.now(), host: self.host, processStart: self.processStart }))
      throw busy(target, lease);
    return { writes: [written(mine, 'lease.taken', clock.now())], result: lease };
  });
  // Its gates and agents may have outlived it.
  if (dead?.host === self.host) await ports.programs.reap(dead.run);
  return holding(ports, key, mine);
}

/** Who holds the target now, as the ledger has it. */
export async function leaseOn({ ledger }: Pick<Ports, 'ledger'>, target: string): Promise<TargetLease | undefined> {
  return leaseIn(await ledger.read(keyOf(target)));
}

/** The refusal for whoever would have to wait. */
export function busy(target: string, lease: TargetLease): Refusal {
  return new Refusal('merge.busy', { target, holder: holderOf(lease), host: lease.host, since: lease.since });
}

function holding({ ledger, clock }: LeasePorts, key: Key, mine: TargetLease): Hold {
  let lost: TargetLease | undefined;
  let gone = false;
  const guard = (view: View) => {
    const now = leaseIn(view.entry(key));
    if (now?.run === mine.run) return [written(mine, 'lease.held', clock.now())];
    gone = true;
    lost = now;
    throw busy(mine.target, now ?? { ...mine, holder: 'nobody any more: it was taken away' });
  };
  const beat = () => ledger.transact({ keys: [key] }, (view) => ({ writes: guard(view), result: undefined }));
  // A beat that fails is no reason to stop: before anything moves the lease is looked at again.
  const stop = clock.every(LEASE_BEAT_MS, () => void beat().catch(() => {}));
  return {
    key,
    run: mine.run,
    held: () => !gone && lost === undefined,
    guard,
    async release() {
      stop();
      await ledger.transact({ keys: [key] }, (view) => {
        const ours = leaseIn(view.entry(key))?.run === mine.run;
        return {
          writes: ours ? [{ ...written(mine, 'lease.given', clock.now()), remove: true }] : [],
          result: undefined,
        };
      });
    },
  };
}

/** One name, however many parts the target's has: else `release` would stand in the way of `release/1.0`. */
const keyOf = (target: string): Key => `leases/${target.replaceAll('%', '%25').replaceAll('/', '%2F')}`;

function leaseIn(entry: Entry | undefined): TargetLease | undefined {
  return entry && parsed<TargetLease>(entry, 'lease.json');
}

function written(lease: TargetLease, type: 'lease.taken' | 'lease.held' | 'lease.given', now: number): Write {
  const { target, holder } = lease;
  return {
    key: keyOf(target),
    event: { type, at: new Date(now).toISOString(), target, holder },
    docs: { 'lease.json': document({ ...lease, beat: now }) },
  };
}
