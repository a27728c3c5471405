import { type Bound, type Over, overBound, timeLeft } from '../../core/bound.ts';
import { NO_USAGE, type Usage } from '../../core/usage.ts';
import type { AgentEnd } from '../../ports.ts';
import { ofToday } from './budget.ts';
import type { LoopPorts, LoopRun } from './run.ts';

/** How often is looked at what agents of other tasks use, where all of them share a limit. */
const LOOK_MS = 10_000;

/** How a run ended, and which limit it was ended for. */
export interface Watched extends AgentEnd {
  readonly over?: Over;
}

/** What keeps one run within its limits. */
export interface Watch {
  /** Aborts when one of them is used up. */
  readonly until: AbortSignal;
  /** How long it may take in all. */
  readonly wallMs: number;
  seen(usage: Usage): void;
  /** No more is looked at; the end says why, where it was ended for a limit. */
  ended(end: AgentEnd): Watched;
}

/**
 * Ends a run in its middle when what it told to have used, with what was used before it, is a limit's worth. What its
 * protocol does not tell before the end is seen then.
 */
export function watchBounds(ports: LoopPorts, loop: LoopRun, bounds: readonly Bound[]): Watch {
  const minutes = loop.config.loop.minutes * 60_000;
  const control = new AbortController();
  let now = bounds;
  let used = NO_USAGE;
  let over: Over | undefined;
  const look = () => {
    over ??= overBound(now, { usage: used, seconds: 0 });
    if (over) control.abort();
  };
  const again = async () => {
    const today = await ofToday(ports, loop);
    now = now.map((one) => (today && one.of.startsWith('all tasks') ? today : one));
    look();
  };
  const shared = bounds.some(({ of }) => of.startsWith('all tasks'));
  // What cannot be read now is read the next time.
  const rest = shared ? ports.clock.every(LOOK_MS, () => void again().catch(() => {})) : () => {};
  return {
    until: control.signal,
    wallMs: Math.min(minutes, timeLeft(bounds)),
    seen(usage) {
      used = usage;
      look();
    },
    ended(end) {
      rest();
      if (ports.stop.aborted) return end;
      const late = end.outcome === 'timeout' && timeLeft(bounds) < minutes;
      // A timer may ring a moment early: the time that was given counts as used.
      const seconds = Math.max(end.seconds, timeLeft(bounds) / 1000);
      const why = late ? overBound(bounds, { usage: NO_USAGE, seconds }) : end.outcome === 'stopped' ? over : undefined;
      return why ? { ...end, over: why } : end;
    },
  };
}
