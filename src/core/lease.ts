import { expired, type Lease } from './task.ts';

/** Who may move a target now: ledger entry `leases/<target>`, document `lease.json`; gone while nobody lands. */
export interface TargetLease extends Lease {
  readonly target: string;
  /** ISO time. */
  readonly since: string;
}

/** How long a holder may be silent before others take over. Four beats are missed by then. */
export const LEASE_MS = 60_000;
export const LEASE_BEAT_MS = 15_000;

/** What is known of the holder's process: its start as the kernel tells it, undefined when there is none. */
export interface Sighting {
  readonly now: number;
  readonly host: string;
  processStart(pid: number): string | undefined;
}

/**
 * True while nobody else may take the lease. A dead process on this machine holds nothing; one that lives and says
 * nothing for too long neither, here as elsewhere: it finds out before it moves anything, so that is safe.
 */
export function standsFor(lease: Lease, { now, host, processStart }: Sighting): boolean {
  if (expired(lease, now)) return false;
  return lease.host !== host || processStart(lease.pid) === lease.started;
}

/** The holder in words, for whoever waits. */
export function holderOf({ holder, since }: Pick<TargetLease, 'holder' | 'since'>): string {
  return `${holder} since ${since}`;
}
