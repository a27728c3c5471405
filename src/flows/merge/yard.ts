import type { Guard } from '../../core/codeowners.ts';
import type { GateSpec, Verdict } from '../../core/gate.ts';
import type { LandingProof } from '../../core/landing.ts';
import type { Candidate, Skipped } from '../../core/merge/plan.ts';
import type { Task } from '../../core/task.ts';
import type { Trespass } from '../../core/trespass.ts';
import type { Consent } from './consent.ts';
import type { Car } from './land.ts';
import type { Proof } from './proof.ts';
import type { Conflict, Tip } from './rebase.ts';
import type { Settler } from './settle.ts';

/** Why a branch is not on the train although it was planned. */
export type Fallen =
  | {
      readonly why: 'conflict';
      readonly candidate: Candidate;
      readonly conflict: Conflict;
      readonly tried: readonly string[];
    }
  | { readonly why: 'trespass'; readonly candidate: Candidate; readonly found: readonly Trespass[] }
  | { readonly why: 'approval'; readonly candidate: Candidate; readonly because: readonly string[] }
  | {
      readonly why: 'red';
      readonly candidate: Candidate;
      readonly verdict: Verdict;
      readonly byPerson: boolean;
      /** Branches ahead without which it would be green. */
      readonly together?: readonly string[];
    };

export interface Built {
  readonly cars: readonly Car[];
  readonly fallen: readonly Fallen[];
  readonly skipped: readonly Skipped[];
  /** The gate that is red on the base itself, for which no branch is to blame. */
  readonly inherited?: Verdict;
  /** What the gates said of the last tip. */
  readonly proof?: LandingProof | undefined;
}

/** What trains are built from and with. */
export interface Yard {
  readonly base: Tip;
  readonly tasks: readonly Task[];
  readonly settler: Pick<Settler, 'settle' | 'reject'>;
  /** Undefined for a dry run: nothing is run. */
  readonly proof: Proof | undefined;
  /** Paths outside the claim that a person let a branch change, by branch. */
  readonly allowed: ReadonlyMap<string, readonly string[]>;
  readonly consent: Consent;
  readonly frozen: readonly string[];
  readonly shared: readonly string[];
  readonly guards: readonly Guard[];
}

/** The gates of the tasks on the train; the common ones are the proof's own. */
export function gatesOf({ tasks }: Pick<Yard, 'tasks'>, cars: readonly Car[]): readonly GateSpec[] {
  return cars.flatMap(({ candidate }) => tasks.find(({ id }) => id === candidate.task)?.gates ?? []);
}
