import type { Judgement } from './judge.ts';
import type { Usage } from './usage.ts';

/** How a loop on one task ended. */
export type LoopOutcome = 'complete' | 'max' | 'stuck' | 'budget' | 'limit' | 'blocked' | 'interrupted' | 'failed';

/** What one iteration left behind, as far as stopping is concerned. */
export interface Trace {
  readonly outcome: Judgement['outcome'];
  readonly reason: string;
  /** The tree of the branch afterwards. */
  readonly tree: string;
  /** What the gates said, in one line; empty when they were not run. */
  readonly verdict: string;
  readonly usage: Usage;
  /** A limit of the provider's ended it; `until` in milliseconds since 1970 where it is known. */
  readonly limited?: { readonly until?: number };
}
export interface Limits {
  readonly max: number;
  readonly usd?: number;
}

/** This many iterations in a row without a new tree or a new verdict are enough to see that more will not help. */
export const STUCK_AFTER = 3;

/**
 * Why the loop should not go on, or undefined when it should. `start` is the tree before the first of the iterations.
 */
export function stopAfter(
  traces: readonly Trace[],
  start: string,
  limits: Limits,
): { readonly outcome: LoopOutcome; readonly reason: string } | undefined {
  const last = traces.at(-1);
  if (last?.limited) return { outcome: 'limit', reason: limitReason(last, last.limited.until) };
  const spent = traces.reduce((sum, { usage }) => sum + usage.costUsd, 0);
  if (limits.usd !== undefined && spent >= limits.usd)
    return { outcome: 'budget', reason: `$${spent.toFixed(4)} of $${limits.usd} are spent` };
  const still = idleSince(traces, start);
  if (still >= STUCK_AFTER) return stuckBy(traces.slice(-STUCK_AFTER));
  if (traces.length >= limits.max) return { outcome: 'max', reason: usedUp(limits.max) };
  return undefined;
}

const usedUp = (max: number): string => (max === 1 ? 'the one iteration is used up' : `${max} iterations are used up`);

function limitReason({ reason }: Trace, until: number | undefined): string {
  return until === undefined ? reason : `${reason}; the limit ends at ${new Date(until).toISOString()}`;
}

/** How many of the last iterations brought neither a new tree nor a new verdict. */
function idleSince(traces: readonly Trace[], start: string): number {
  const seen = new Set([start]);
  let still = 0;
  for (const { outcome, tree, verdict } of traces) {
    const fresh = !seen.has(tree) || (verdict !== '' && !seen.has(`${tree} ${verdict}`));
    still = fresh || outcome === 'passed' || outcome === 'no-change-needed' ? 0 : still + 1;
    seen.add(tree).add(`${tree} ${verdict}`);
  }
  return still;
}

function stuckBy(last: readonly Trace[]): { readonly outcome: LoopOutcome; readonly reason: string } {
  const failed = last.every(({ outcome }) => outcome === 'failed');
  const why = last.at(-1)?.reason ?? '';
  return {
    outcome: failed ? 'failed' : 'stuck',
    reason: `${last.length} iterations without a new tree or verdict; the last one: ${why}`,
  };
}

const EXIT: Readonly<Record<LoopOutcome, number>> = {
  complete: 0,
  max: 1,
  budget: 1,
  limit: 1,
  stuck: 3,
  blocked: 3,
  failed: 3,
  interrupted: 130,
};

/** The exit code for several loops: an interruption first, then a person that is needed, then what is unfinished. */
export function exitOf(outcomes: readonly LoopOutcome[]): number {
  return Math.max(0, ...outcomes.map((outcome) => EXIT[outcome]));
}
