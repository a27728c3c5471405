/** A command that must succeed. `timeout` is in seconds. */
export interface Gate {
  readonly name: string;
  readonly run: string;
  readonly timeout: number;
}

/** A gate as config and command line write it: the command alone, or with a name and a limit. */
export type GateSpec = string | { readonly run: string; readonly name?: string; readonly timeout?: number };

/** Ten minutes: longer than most test suites, short enough that a hanging one is noticed. */
export const GATE_TIMEOUT = 600;

/** The gate with every field filled in. */
export function gateOf(spec: GateSpec): Gate {
  if (typeof spec === 'string') return { name: spec, run: spec, timeout: GATE_TIMEOUT };
  return { name: spec.name ?? spec.run, run: spec.run, timeout: spec.timeout ?? GATE_TIMEOUT };
}

/** What a gate said about one tree. `tail` is the end of its output, `log` the file with all of it. */
export interface Verdict {
  readonly gate: string;
  readonly passed: boolean;
  readonly outcome: 'passed' | 'failed' | 'timeout' | 'stopped' | 'not-found';
  readonly code: number | null;
  readonly seconds: number;
  readonly tree: string;
  readonly tail: string;
  readonly log?: string;
}
