import type { Mode } from './mode.ts';
import type { Blocker } from './waits.ts';

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
  readonly mode?: Mode;
  readonly title?: string;
  /** What there is to say about it besides. */
  readonly note?: string;
  /** Why there is nothing of it to land. */
  readonly settled?: string;
  /** Its commits that are to land though the target has seen them before. */
  readonly again?: readonly string[];
  /** Its commits that are not on the target yet, where they were looked up. */
  readonly picks?: readonly string[];
  /** Lines that come and go, branches it would conflict with, paths where it conflicts with the target: where they were looked into. */
  readonly lines?: number;
  readonly meets?: readonly string[];
  readonly clashes?: readonly string[];
  /** Changes nothing that the target changed since it left it. */
  readonly apart?: boolean;
}
export interface Step {
  readonly candidate: Candidate;
  readonly why: string;
}
export interface Skipped {
  readonly branch: string;
  readonly reason: string;
  /** The target has all of it: nothing was left undone. */
  readonly there?: true;
  /** The task that must land first. */
  readonly waitsFor?: string;
  /** What it waits for, and what that waits for, to what it all hangs on. */
  readonly blockedBy?: readonly Blocker[];
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
  const circle = left.map(({ branch, after }) => ({
    branch,
    reason: `waits in a circle for ${after.join(', ')}`,
    ...(after[0] ? { waitsFor: after[0] } : {}),
  }));
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
        waitsFor: task,
      });
    }
    ready = ready.filter((one) => !orphans.includes(one));
  }
}

function compare(a: Candidate, b: Candidate, order: Order): number {
  const urgent = order === 'given' ? 0 : b.priority - a.priority;
  // Those in nobody's way first, small before large: what then has to be settled is settled once, by whom it concerns.
  const easy = order === 'planned' ? trouble(a) - trouble(b) || (a.lines ?? 0) - (b.lines ?? 0) : 0;
  return urgent || easy || a.given - b.given;
}

const trouble = ({ meets = [], clashes = [] }: Candidate): number => meets.length + (clashes.length > 0 ? 1 : 0);

function why(candidate: Candidate, order: Order, before: readonly Step[]): string {
  const { after, priority } = candidate;
  const builtOn = after.filter((task) => before.some((step) => step.candidate.task === task));
  if (builtOn.length > 0) return [`after ${builtOn.join(', ')}, which it builds on`, ...meeting(candidate)].join(', ');
  const note = candidate.note ? [candidate.note] : [];
  if (order === 'given') return [...note, 'as given'].join(', ');
  const urgent = [...note, ...(priority === 0 ? [] : [`priority ${priority}`])];
  const reasons = order === 'planned' ? [...urgent, ...meeting(candidate), ...size(candidate)] : urgent;
  return reasons.length > 0 ? reasons.join(', ') : 'in order';
}

/** Names in a reason are only its beginning: the whole list is in the plan's facts. */
const NAMED = 3;

function meeting({ meets, clashes = [] }: Candidate): readonly string[] {
  if (clashes.length > 0) return ['conflicts with the target itself'];
  if (!meets) return [];
  if (meets.length === 0) return ['meets no other'];
  const more = meets.length > NAMED ? ` and ${meets.length - NAMED} more` : '';
  return [`meets ${meets.slice(0, NAMED).join(', ')}${more}`];
}

const size = ({ lines }: Candidate): readonly string[] =>
  lines === undefined ? [] : [`${lines} line${lines === 1 ? '' : 's'}`];
