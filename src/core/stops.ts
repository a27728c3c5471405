import type { Over } from './bound.ts';
import type { Judgement } from './judge.ts';
import type { Trouble } from './trouble.ts';
import type { Usage } from './usage.ts';

/** How a loop on one task ended. */
export type LoopOutcome = 'complete' | 'max' | 'stuck' | 'budget' | 'limit' | 'blocked' | 'interrupted' | 'failed';

/** What one iteration left behind, as far as going on is concerned. */
export interface Trace {
  readonly story: string;
  readonly outcome: Judgement['outcome'];
  readonly reason: string;
  /** The tree of the branch afterwards. */
  readonly tree: string;
  /** What the gates said, in one line; empty when they were not run. */
  readonly verdict: string;
  readonly usage: Usage;
  /** How long the agent ran. */
  readonly seconds: number;
  /** What it changed on the branch. */
  readonly paths?: readonly string[];
  /** How many tests failed, where a gate told. */
  readonly failing?: { readonly gate: string; readonly count: number };
  /** What on the branch makes gates easier to pass. */
  readonly cheats?: readonly string[];
  /** What the agent asked instead of working. */
  readonly question?: string;
  /** What a person may type to look at what its agent changed outside of its worktree, and to take it back. */
  readonly advice?: readonly string[];
  /** The limit it was ended for, in the middle of the run. */
  readonly over?: Over;
  /** The provider's doing: such an iteration is charged to nobody. */
  readonly trouble?: Trouble;
}

/** What a loop may use up; what is left out is not bounded. */
export interface Limits {
  readonly max: number;
  readonly hours?: number;
  readonly tokens?: number;
  readonly usd?: number;
}

/** This many iterations in a row without a new tree or a new verdict are enough to see that more will not help. */
export const STUCK_AFTER = 3;

/**
 * Why the loop should not go on, or undefined when it should. `start` is the tree before the first of the iterations.
 * One story that gets nowhere is no reason while others are left: that is `asideAfter`'s to see.
 */
export function stopAfter(
  traces: readonly Trace[],
  start: string,
  limits: Limits,
): { readonly outcome: LoopOutcome; readonly reason: string } | undefined {
  const used = overBudget(traces, limits);
  if (used) return { outcome: 'budget', reason: used };
  const charged = traces.filter(({ trouble }) => !trouble);
  const last = charged.slice(-STUCK_AFTER);
  const idle = broughtNothing(charged, start).slice(-STUCK_AFTER);
  if (last.length === STUCK_AFTER && last.every(({ outcome }, at) => outcome === 'failed' && idle[at]))
    return { outcome: 'failed', reason: stillReason(last) };
  if (charged.length >= limits.max) return { outcome: 'max', reason: usedUp(limits.max) };
  return undefined;
}

const usedUp = (max: number): string => (max === 1 ? 'the one iteration is used up' : `${max} iterations are used up`);

/** Tokens as they are paid for: what came out of a cache is not counted. */
export const tokensOf = ({ inputTokens, outputTokens, cacheWriteTokens }: Usage): number =>
  inputTokens + outputTokens + (cacheWriteTokens ?? 0);

/** Which limit is used up, in words; undefined when none is. What it cost is spent, whoever is to blame. */
export function overBudget(
  traces: readonly Pick<Trace, 'usage' | 'seconds'>[],
  { hours, tokens, usd }: Partial<Limits>,
): string | undefined {
  const total = (of: (trace: Pick<Trace, 'usage' | 'seconds'>) => number) =>
    traces.reduce((sum, one) => sum + of(one), 0);
  const paid = total(({ usage }) => usage.costUsd);
  if (usd !== undefined && paid >= usd) return `$${paid.toFixed(4)} of $${usd} are spent`;
  const used = total(({ usage }) => tokensOf(usage));
  if (tokens !== undefined && used >= tokens) return `${used} of ${tokens} tokens are used`;
  const ran = total(({ seconds }) => seconds) / 3600;
  if (hours !== undefined && ran >= hours) return `agents ran for ${ran.toFixed(1)} of ${hours} hours`;
  return undefined;
}

/** For each iteration whether it brought neither a new tree nor a new verdict. */
export function broughtNothing(traces: readonly Trace[], start: string): readonly boolean[] {
  const seen = new Set([start]);
  return traces.map(({ outcome, tree, verdict }) => {
    const fresh = !seen.has(tree) || (verdict !== '' && !seen.has(`${tree} ${verdict}`));
    seen.add(tree).add(`${tree} ${verdict}`);
    return !fresh && outcome !== 'passed' && outcome !== 'no-change-needed';
  });
}

/** That the last iterations were for nothing, and what the last of them came to. */
export function stillReason(last: readonly Trace[]): string {
  return `${last.length} iterations without a new tree or verdict; the last one: ${last.at(-1)?.reason ?? ''}`;
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
