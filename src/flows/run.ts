import type { GateSpec } from '../core/gate.ts';
import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';
import { approve } from './approve.ts';
import { refreshHooks } from './hooks.ts';
import { targetOf } from './init.ts';
import { recover } from './recover.ts';
import { enterPlan, type Plan, readPlanned } from './run/plan.ts';
import { type Ran, reportOf } from './run/report.ts';
import { supervise } from './run/supervise.ts';

export type { Ran } from './run/report.ts';

export interface RunInput {
  /** A plan file; without one the queue is worked off. */
  readonly plan?: string;
  /** The plan is a PRD: a task for each of its stories. */
  readonly split?: boolean;
  /** How many agents at once, or between how many: as many as there is work for. */
  readonly min?: number;
  readonly max?: number;
  /** Land what is finished, as it is finished. */
  readonly merge?: boolean;
  /** The most iterations for each task. */
  readonly iterations?: number;
  readonly agent?: string;
  readonly gates?: readonly GateSpec[];
  /** What would conflict may run at once. */
  readonly together?: boolean;
  readonly dryRun?: boolean;
}
/** What a run would make, by `--dry-run`. */
export interface Foreseen {
  readonly foreseen: Plan;
}

/** Works off a plan, or the queue: agents in as many slots as asked for, and what is finished lands. */
export async function run(ports: Ports, input: RunInput): Promise<Ran | Foreseen> {
  const { plan: path, split = false, merge = false } = input;
  if (input.dryRun) {
    if (path === undefined) throw new Refusal('usage.bad', { problem: '--dry-run is about a plan', command: 'run' });
    return { foreseen: (await readPlanned(ports, path, split))[0] };
  }
  // Everything a person has to agree to is asked before anything is begun.
  if (path !== undefined) await readPlanned(ports, path, split);
  const target = await targetOf(ports);
  await approve(ports, ['gates', 'agents', 'setup']);
  await recover(ports);
  await refreshHooks(ports);
  const plan = path === undefined ? undefined : await enterPlan(ports, path, split);
  const only = plan && new Set(plan.rows.map(({ id }) => id));
  const { agents } = (await ports.config.load()).run;
  const min = input.min ?? Math.min(agents, input.max ?? agents);
  const max = Math.max(min, input.max ?? min);
  const { iterations, agent, gates } = input;
  const at = new Date(ports.clock.now()).toISOString();
  ports.report({
    ...{ type: 'run.started', at, slots: max, tasks: plan?.rows.length ?? 0 },
    ...(plan ? { plan: plan.name } : {}),
  });
  const about = { target, merge, ...(only ? { only } : {}), ...(plan ? { plan: plan.name } : {}) };
  const done = await supervise(ports, {
    ...{ ...about, min, max, together: input.together === true },
    ...(iterations ? { iterations } : {}),
    ...(agent ? { agent } : {}),
    ...(gates ? { gates } : {}),
  });
  return reportOf(ports, done, about);
}
