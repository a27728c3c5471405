import { join } from 'node:path';
import { type Gate, type GateSpec, gateOf, type Verdict } from '../../core/gate.ts';
import type { Oid, Ports } from '../../ports.ts';
import { approve } from '../approve.ts';
import { runGates } from '../gates.ts';
import type { Bench } from './bench.ts';
import type { Tip } from './rebase.ts';

export interface ProofOptions {
  readonly gates: readonly GateSpec[];
  readonly run: string;
  readonly bench: (commit: Oid) => Promise<Bench>;
}

/** Says whether gates pass on a state of the train. */
export interface Proof {
  /** Gates that every state must pass. */
  readonly common: readonly Gate[];
  /** The first verdict that is not a pass, or undefined when these gates and the common ones all pass. */
  red(tip: Tip, more: readonly GateSpec[]): Promise<Verdict | undefined>;
  /** The same for one gate alone. */
  redAlone(tip: Tip, gate: string): Promise<Verdict | undefined>;
}

/** Runs gates on the bench, on the very tree that would land; the same gate is run on the same tree once. */
export function openProof(ports: Ports, { gates, run, bench }: ProofOptions): Proof {
  const common = unique(gates.map(gateOf));
  const known = new Map<string, Verdict>();
  const first = async (tip: Tip, wanted: readonly Gate[]): Promise<Verdict | undefined> => {
    for (const gate of wanted) {
      const key = `${tip.tree} ${gate.run}`;
      const verdict = known.get(key) ?? (await ran(ports, tip, gate, { run, bench }));
      if (verdict.outcome === 'stopped') return verdict;
      known.set(key, verdict);
      if (!verdict.passed) return verdict;
    }
    return undefined;
  };
  return {
    common,
    red: (tip, more) => first(tip, unique([...common, ...more.map(gateOf)])),
    redAlone: (tip, name) =>
      first(
        tip,
        common.filter((gate) => gate.name === name),
      ),
  };
}

function unique(gates: readonly Gate[]): readonly Gate[] {
  return gates.filter((gate, at) => gates.findIndex(({ run }) => run === gate.run) === at);
}

async function ran(
  ports: Ports,
  tip: Tip,
  gate: Gate,
  { run, bench }: Pick<ProofOptions, 'run' | 'bench'>,
): Promise<Verdict> {
  await approve(ports, ['gates']);
  const { path: cwd } = await bench(tip.commit);
  const logs = join((await ports.git.repo()).common, 'gwt', 'runs', 'merge', run, ports.ids.next());
  const env = { GWT_PURPOSE: 'gate', GWT_RUN_ID: run, GWT_WORKTREE: cwd, GWT_ROLE: 'gate' };
  const [verdict] = await runGates(ports, { gates: [gate], cwd, tree: tip.tree, env, logs });
  if (!verdict) throw new Error('a gate gave no verdict');
  return verdict;
}
