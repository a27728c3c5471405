import { type Limits, overBudget } from './stops.ts';
import { addUsage, type Usage } from './usage.ts';

/** Something that may be used up, and how much of it was when a run began. */
export interface Bound {
  /** Whose it is, in words; empty for the loop's own. */
  readonly of: string;
  /** The story's own: the loop may go on with others. */
  readonly story: boolean;
  readonly limits: Partial<Omit<Limits, 'max'>>;
  readonly before: { readonly usage: Usage; readonly seconds: number };
}

/** What a run was ended for. */
export interface Over {
  readonly story: boolean;
  /** With the figures. */
  readonly reason: string;
}

/** The first of the bounds that is used up by what a run used so far; undefined while none is. */
export function overBound(
  bounds: readonly Bound[],
  run: { readonly usage: Usage; readonly seconds: number },
): Over | undefined {
  for (const { of, story, limits, before } of bounds) {
    const usage = addUsage(before.usage, run.usage);
    const used = overBudget([{ usage, seconds: before.seconds + run.seconds }], limits);
    if (used) return { story, reason: of === '' ? used : `the budget of ${of}: ${used}` };
  }
  return undefined;
}

/** How long a run may take until the first of the bounds that count hours is used up, in milliseconds. */
export function timeLeft(bounds: readonly Bound[]): number {
  const left = bounds.map(
    ({ limits, before }) => ((limits.hours ?? Number.POSITIVE_INFINITY) * 3600 - before.seconds) * 1000,
  );
  return Math.max(1, Math.min(Number.POSITIVE_INFINITY, ...left));
}
