import { endOf, type GateSpec, type Verdict } from '../../core/gate.ts';
import type { LandedBranch, LandingProof } from '../../core/landing.ts';
import type { Mode } from '../../core/merge/mode.ts';
import type { Candidate, MergePlan, Order, Skipped } from '../../core/merge/plan.ts';
import { blockers, type Waiting } from '../../core/merge/waits.ts';
import type { Oid } from '../../ports.ts';
import type { Found } from './candidates.ts';
import type { Bounced, Ends, Escalated } from './fallen.ts';
import type { Pushed } from './push.ts';
import type { Built } from './yard.ts';

export interface MergeInput {
  /** Tasks and branches; every finished task when empty. */
  readonly names: readonly string[];
  readonly into?: string;
  readonly order?: Order;
  /** How the branches come to the target, instead of the configured way. */
  readonly mode?: Mode;
  readonly dryRun?: boolean;
  /** The merge agent instead of the configured one; false for none. */
  readonly agent?: string | false;
  /** Gates besides the configured ones. */
  readonly gates?: readonly GateSpec[];
  /** Run every gate, whatever it said of the same tree before. */
  readonly fresh?: boolean;
  readonly clean?: boolean;
  /** Pushes the target afterwards; a name instead of the branch's own remote, false for not at all. */
  readonly push?: string | boolean;
}
export interface Planned {
  readonly branch: string;
  readonly task?: string;
  readonly why: string;
  /** How many commits would land; null where a conflict or a trespass stands in the way. */
  readonly commits: number | null;
  readonly conflicts: readonly string[];
  /** Other branches of the train it would conflict with, put on the target one by one. */
  readonly meets: readonly string[];
  /** Why there is nothing of it to land, where the target has it by other ways. */
  readonly settled?: string;
}
export interface Merged extends Ends {
  readonly target: string;
  readonly before: string;
  readonly after: string;
  /** The record `gwt undo` takes back; null when nothing landed. */
  readonly landing: string | null;
  /** The command that takes it back; null when nothing landed. */
  readonly undo: string | null;
  readonly landed: readonly LandedBranch[];
  readonly escalated: readonly Escalated[];
  readonly bounced: readonly Bounced[];
  readonly skipped: readonly (Skipped & Bounced)[];
  /** What did not land and others wait for, directly or through others. */
  readonly waiting: readonly Waiting[];
  readonly plan: readonly Planned[];
  /** What a dry run has to say besides: signatures that would be lost, hooks that would not run. */
  readonly notices: readonly string[];
  /** What the gates said of the tree that landed, and how often they ran; null when none ran or nothing landed. */
  readonly proof: LandingProof | null;
  /** A gate that is red on the target itself: then nobody is blamed. */
  readonly inherited: { readonly gate: string; readonly output: string } | null;
  /** Tasks whose worktree and branch were taken away after landing, and those where that was refused. */
  readonly removed: readonly string[];
  readonly kept: readonly { readonly task: string; readonly why: string }[];
  /** What came of pushing the target; null where it was not asked for. */
  readonly pushed: Pushed | null;
  /** What had landed already when the landing that is gone on with was cut short. */
  readonly earlier?: readonly string[];
  /** True when something that was named did not land. */
  readonly incomplete: boolean;
  readonly dryRun: boolean;
}

/** A train from plan to landing. */
export interface Whole {
  readonly input: MergeInput;
  readonly target: string;
  readonly before: Oid;
  readonly found: Found;
  readonly plan: MergePlan;
  readonly built: Built;
  readonly notices: readonly string[];
}

/** What a landing, or the try of one, has to say. */
export function answer(
  whole: Whole,
  after: Oid,
  landing: string | null,
  landed: readonly LandedBranch[],
  ends: Ends,
): Merged {
  const { input, target, before, found, plan, built } = whole;
  const { inherited } = built;
  const red = inherited
    ? plan.steps.map(({ candidate: { branch } }) => ({ branch, reason: redBase(inherited, target) }))
    : [];
  const all = [...found.skipped, ...plan.skipped, ...built.skipped, ...red, ...ends.skipped];
  const { skipped, waiting } = blockers({
    skipped: all,
    asked: [...askedOf(ends), ...fallenOf(built)],
    tasks: found.tasks,
  });
  return {
    target,
    before,
    after,
    landing,
    undo: landing === null ? null : `gwt undo${input.into === undefined ? '' : ` --into ${target}`}`,
    landed,
    escalated: ends.escalated,
    bounced: ends.bounced,
    skipped,
    waiting,
    notices: whole.notices,
    plan: plan.steps.map(({ candidate, why }) => planned(built, candidate, why)),
    proof: (landing === null ? undefined : built.proof) ?? null,
    inherited: inherited ? { gate: inherited.gate, output: inherited.tail } : null,
    removed: [],
    pushed: null,
    kept: [],
    incomplete: ends.bounced.length > 0 || (input.names.length > 0 && skipped.some(({ there }) => !there)),
    dryRun: input.dryRun === true,
  };
}

function askedOf({ escalated, bounced }: Ends) {
  return [
    ...escalated.map(({ id, branch, reason, paths }) => ({
      branch,
      why: `${reason}${paths.length > 0 ? ` in ${paths.join(', ')}` : ''}: gwt inbox show ${id}`,
    })),
    ...bounced.map(({ branch, reason, gate }) => ({
      branch,
      why: gate ? `red: gate ${gate}` : `sent back: ${reason}`,
    })),
  ];
}

/** What fell off the train and nobody was asked about, as in a dry run. */
function fallenOf({ fallen }: Built) {
  return fallen.map((one) => ({
    branch: one.candidate.branch,
    why:
      one.why === 'red'
        ? `red: gate ${one.verdict.gate}`
        : one.why === 'conflict'
          ? `conflict in ${one.conflict.picked.files.map(({ path }) => path).join(', ')}`
          : lacking(one),
  }));
}

/** Stopped by the person: nothing is decided about anybody. */
export const interrupted = (plan: MergePlan): readonly Bounced[] =>
  plan.steps.map(({ candidate: { branch } }) => ({ branch, reason: 'interrupted' }));

const redBase = (verdict: Verdict, target: string): string =>
  `the gate ${verdict.gate} ${endOf(verdict)} on ${target} itself, so no branch is to blame`;

function planned(built: Built, { branch, task, meets = [], settled }: Candidate, why: string): Planned {
  const car = built.cars.find(({ candidate }) => candidate.branch === branch);
  const fallen = built.fallen.find(({ candidate }) => candidate.branch === branch);
  const conflicts = fallen?.why === 'conflict' ? fallen.conflict.picked.files.map(({ path }) => path) : [];
  return {
    branch,
    ...(task ? { task } : {}),
    why,
    commits: car?.commits ?? null,
    conflicts,
    meets,
    ...(settled ? { settled } : {}),
  };
}

/** What a dry run can tell beforehand besides conflicts. */
export function predicted({ fallen }: Built): readonly Bounced[] {
  return fallen.flatMap((one) =>
    one.why === 'trespass' || one.why === 'approval' ? [{ branch: one.candidate.branch, reason: lacking(one) }] : [],
  );
}

function lacking(one: Extract<Built['fallen'][number], { why: 'trespass' | 'approval' }>): string {
  if (one.why === 'approval') return `needs your approval: ${one.because.join(', ')}`;
  return `changes what it does not own: ${one.found.map(({ path }) => path).join(', ')}`;
}
