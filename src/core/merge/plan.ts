export type Order = 'planned' | 'given' | 'priority';

/** A branch that may land. `given` is its place among what was asked for; `after` names tasks. */
export interface Candidate {
  readonly branch: string;
  readonly task?: string;
  readonly head: string;
  /** Heads of branches that landed before: what can be reached from them is on the target. */
  readonly past?: readonly string[];
  readonly priority: number;
  readonly after: readonly string[];
  readonly given: number;
}
export interface Step {
  readonly candidate: Candidate;
  readonly why: string;
}
export interface Skipped {
  readonly branch: string;
  readonly reason: string;
}
export interface MergePlan {
  readonly steps: readonly Step[];
  readonly skipped: readonly Skipped[];
}

/**
 * In what order the candidates land, and why each stands where it stands. Nothing lands before what it builds on,
 * whatever the order asked for; what waits for a task that neither landed nor lands now is skipped.
 * `states` holds the state of every task by id.
 */
export function planMerge(
  candidates: readonly Candidate[],
  order: Order,
  states: ReadonlyMap<string, string>,
): MergePlan {
  const { ready, skipped } = withoutOrphans(candidates, states);
  const left = [...ready].sort((a, b) => compare(a, b, order));
  const steps: Step[] = [];
  for (;;) {
    const next = left.find((one) => !one.after.some((task) => left.some((other) => other.task === task)));
    if (!next) break;
    left.splice(left.indexOf(next), 1);
    steps.push({ candidate: next, why: why(next, order, steps) });
  }
  const circle = left.map(({ branch, after }) => ({ branch, reason: `waits in a circle for ${after.join(', ')}` }));
  return { steps, skipped: [...skipped, ...circle] };
}

/** What waits for something outside the train, directly or through others, cannot land now. */
function withoutOrphans(candidates: readonly Candidate[], states: ReadonlyMap<string, string>) {
  let ready = candidates;
  const skipped: Skipped[] = [];
  for (;;) {
    const waits = (one: Candidate) =>
      one.after.find((task) => states.get(task) !== 'landed' && !ready.some((other) => other.task === task));
    const orphans = ready.filter((one) => waits(one) !== undefined);
    if (orphans.length === 0) return { ready, skipped };
    for (const one of orphans) {
      const task = waits(one) ?? '';
      const state = states.get(task) ?? 'not known';
      skipped.push({
        branch: one.branch,
        reason: `waits for ${task}, which is ${state === 'finished' ? 'not landing now' : state}`,
      });
    }
    ready = ready.filter((one) => !orphans.includes(one));
  }
}

function compare(a: Candidate, b: Candidate, order: Order): number {
  const urgent = order === 'given' ? 0 : b.priority - a.priority;
  return urgent || a.given - b.given;
}

function why({ after, priority }: Candidate, order: Order, before: readonly Step[]): string {
  const builtOn = after.filter((task) => before.some(({ candidate }) => candidate.task === task));
  if (builtOn.length > 0) return `after ${builtOn.join(', ')}, which it builds on`;
  if (order === 'given') return 'as given';
  return priority === 0 ? 'in order' : `priority ${priority}`;
}
