import type { AgentConfig } from './config.ts';
import type { Trouble } from './trouble.ts';

/** Nothing runs at a provider before `until` (milliseconds since 1970). */
export interface Pause {
  readonly provider: string;
  /** The tier of models it is about; all of them when left out. */
  readonly tier?: string;
  readonly until: number;
  /** True when the provider did not say how long: then somebody looks again from time to time. */
  readonly guessed?: boolean;
  /** How many guesses in a row this is. */
  readonly guesses?: number;
  /** True for the circuit of a busy provider: known to this process alone, over in minutes, and always waited for. */
  readonly circuit?: boolean;
  /** Resolves when it may be over before `until`. */
  readonly settled?: Promise<unknown>;
  readonly words: string;
}

/**
 * Who serves an agent: agents with the same one share its limits. The program, the address it asks, and the variable
 * of its key, since another key is another account.
 */
export function providerOf({ driver, command, baseUrl, keyEnv, keyFile }: AgentConfig): string {
  const program = driver === 'command' || driver === 'scripted' ? [driver, command?.[0] ?? ''] : [driver];
  return [...program, baseUrl ?? '', keyEnv ?? '', keyFile ?? ''].filter(Boolean).join(' ');
}

const TIER = /\b(opus|sonnet|haiku|fable)\b/i;

/** True when an agent may not run while this lasts. */
export function holds(pause: Pause, agent: AgentConfig): boolean {
  if (pause.provider !== providerOf(agent)) return false;
  return pause.tier === undefined || agent.model === undefined || agent.model.toLowerCase().includes(pause.tier);
}

const GUESS = 15 * 60_000;
const MOST = 60 * 60_000;

/** The pause that a limit asks for; where nobody said how long, a quarter of an hour, then longer, up to an hour. */
export function pauseFor(
  trouble: Extract<Trouble, { kind: 'limit' }>,
  agent: AgentConfig,
  before: Pause | undefined,
  now: number,
): Pause {
  const provider = providerOf(agent);
  const tier = TIER.exec(trouble.words)?.[1]?.toLowerCase();
  const about = { provider, ...(tier ? { tier } : {}), words: trouble.words };
  if (trouble.until !== undefined && trouble.until > now) return { ...about, until: trouble.until };
  const guesses = (before?.guesses ?? 0) + 1;
  return { ...about, until: now + Math.min(MOST, GUESS * 2 ** (guesses - 1)), guessed: true, guesses };
}

/** So many busy answers in a row, of all loops together, and no run is started at a provider for a while. */
export const FAILURES = 5;

const REST = 60_000;

/** How long a provider is left alone, in milliseconds: a minute, and twice as long after each trial in vain. */
export function restAfter(times: number): number {
  return Math.min(LONGEST, REST * 2 ** Math.max(0, times - 1));
}

const FIRST_TRY = 5_000;
const LONGEST = 5 * 60_000;

/** How long to leave a busy provider alone before the try after `tries` in vain: what it said, else twice as long each time. */
export function backoff(tries: number, until: number | undefined, now: number): number {
  const said = until === undefined ? 0 : until - now;
  return Math.max(said, Math.min(LONGEST, FIRST_TRY * 2 ** Math.max(0, tries - 1)));
}
