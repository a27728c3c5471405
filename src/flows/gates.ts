import { join } from 'node:path';
import type { Gate, Verdict } from '../core/gate.ts';
import type { Oid, Ports, ProgramEnd } from '../ports.ts';

export interface GateRun {
  readonly gates: readonly Gate[];
  readonly cwd: string;
  /** The tree that lies in `cwd`: what the verdicts are about. */
  readonly tree: Oid;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder for the gates' whole output. */
  readonly logs: string;
  /** The task the verdicts are told for. */
  readonly task?: string;
}

/** Runs the gates one after the other and gives their verdicts; after one that does not pass no more are run. */
export async function runGates(
  { programs, clock, report }: Pick<Ports, 'programs' | 'clock' | 'report'>,
  { gates, cwd, tree, env, logs, task }: GateRun,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const [at, gate] of gates.entries()) {
    const log = join(logs, `gate-${at + 1}.log`);
    const end = await programs.run({ command: gate.run, cwd, env, wallMs: gate.timeout * 1000, log });
    const verdict: Verdict = { ...verdictOf(gate, end, tree), log };
    verdicts.push(verdict);
    const { passed, outcome, seconds } = verdict;
    const now = new Date(clock.now()).toISOString();
    report({ type: 'gate.ended', at: now, task: task ?? '', gate: gate.name, passed, outcome, seconds, tree });
    if (!passed) break;
  }
  return verdicts;
}

function verdictOf(gate: Gate, end: ProgramEnd, tree: Oid): Verdict {
  const outcome = outcomeOf(end);
  const { code, seconds, tail } = end;
  return { gate: gate.name, passed: outcome === 'passed', outcome, code, seconds, tree, tail };
}

/** 127 is how a shell says that there is no such program. (POSIX sh, "Exit Status for Commands") */
function outcomeOf(end: ProgramEnd): Verdict['outcome'] {
  if (end.outcome === 'exited') return end.code === 0 ? 'passed' : end.code === 127 ? 'not-found' : 'failed';
  return end.outcome === 'idle' ? 'timeout' : end.outcome;
}
