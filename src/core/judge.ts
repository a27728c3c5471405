import type { Verdict } from './gate.ts';
import { askFor, type Trespass, whyNot } from './trespass.ts';

/** What is known after one run of an agent on one story; nothing in it is the agent's word but `proposal`. */
export interface Evidence {
  /** How the run ended: by itself and well, badly, or by gwt's hand. */
  readonly end: 'well' | 'badly' | 'timeout' | 'idle' | 'stopped' | 'budget';
  /** Why it ended badly, in the words of the agent's protocol; or which limit was used up. */
  readonly problem?: string;
  /** How the agent said that the story is done; undefined when it did not. */
  readonly proposal?: 'exit' | 'phrase' | 'flag';
  /** Commits made in this iteration, gwt's own included. */
  readonly commits: number;
  /** True when the branch's tree is another one than before this iteration. */
  readonly changed: boolean;
  /** True when an earlier iteration on this story changed the tree. */
  readonly worked: boolean;
  /** True when the branch has commits that the target has not. */
  readonly ahead: boolean;
  /** The agent's note that nothing had to be changed. */
  readonly noChange?: string;
  /** True when the story is only to find something out, and its agent wrote down what it found. */
  readonly found?: boolean;
  /** Where HEAD stands, when the agent left the task's branch. */
  readonly elsewhere?: string;
  /** What its agent changed outside of its worktree, in words; only where a person is to be asked. */
  readonly strayed?: string;
  /** Paths that the branch changed and the task may not. */
  readonly trespasses: readonly Trespass[];
  /** Paths in the worktree that differ from the commit's tree, so that gates would judge something else. */
  readonly dirty: readonly string[];
  /** Of what is dirty: what gwt did not commit because the task may not change it. */
  readonly foreign?: readonly Trespass[];
  /** Tracked paths that a gate changed: what the next gate saw was not the commit's tree. */
  readonly meddled: readonly string[];
  /** What on the branch makes gates easier to pass, in words; only where that may not be. */
  readonly cheats?: readonly string[];
  /** How many gates there are for this story. */
  readonly gates: number;
  /** What the gates said about the committed tree; empty when they were not run. */
  readonly verdicts: readonly Verdict[];
}

/** How one iteration went; `verified` is true only when a gate passed on the committed tree. */
export interface Judgement {
  readonly outcome:
    | 'passed'
    | 'no-change-needed'
    | 'stopped'
    | 'failed'
    | 'timeout'
    | 'budget'
    | 'trespass'
    | 'elsewhere'
    | 'stray'
    | 'unproposed'
    | 'empty'
    | 'dirty'
    | 'cheat'
    | 'vetoed'
    | 'red';
  readonly passes: boolean;
  readonly verified: boolean;
  /** One sentence for the person and for the agent's next prompt. */
  readonly reason: string;
}

/** True when the gates are worth running: all else that a story needs in order to pass is there. */
export function worthGating(evidence: Evidence): boolean {
  return evidence.gates > 0 && refusalOf(evidence) === undefined;
}

/** The verdict on a story after one iteration. */
export function judge(evidence: Evidence): Judgement {
  const refused = refusalOf(evidence);
  if (refused) return { ...refused, passes: false, verified: false };
  const red = evidence.verdicts.find((verdict) => !verdict.passed);
  if (!red && evidence.meddled.length > 0) {
    const reason = `a gate changed files of the commit, so it proves nothing: ${listed(evidence.meddled)}`;
    return { outcome: 'dirty', passes: false, verified: false, reason };
  }
  if (red || evidence.verdicts.length < evidence.gates)
    return { outcome: 'red', passes: false, verified: false, reason: redReason(red) };
  const verified = evidence.gates > 0;
  const how = verified ? `gates passed: ${evidence.gates}` : 'no gates: nothing was verified';
  if (evidence.changed || evidence.worked) return { outcome: 'passed', passes: true, verified, reason: how };
  if (evidence.found)
    return {
      outcome: 'no-change-needed',
      passes: true,
      verified,
      reason: `what was to be found is written down; ${how}`,
    };
  return {
    outcome: 'no-change-needed',
    passes: true,
    verified,
    reason: `no change needed (${evidence.noChange}); ${how}`,
  };
}

function refusalOf(evidence: Evidence): Pick<Judgement, 'outcome' | 'reason'> | undefined {
  const { end, problem, proposal, trespasses, dirty, elsewhere, strayed } = evidence;
  if (end === 'stopped') return { outcome: 'stopped', reason: 'stopped before it was done' };
  if (strayed) return { outcome: 'stray', reason: `outside its worktree, while its agent ran: ${strayed}` };
  if (elsewhere) return { outcome: 'elsewhere', reason: `the worktree is on ${elsewhere}, not on the task's branch` };
  if (trespasses.length > 0)
    return { outcome: 'trespass', reason: `committed, but not the task's to change: ${named(trespasses)}` };
  if (end === 'budget') return { outcome: 'budget', reason: `ended while it worked: ${problem}` };
  if (end === 'timeout') return { outcome: 'timeout', reason: 'the agent ran longer than it may' };
  if (end === 'idle') return { outcome: 'timeout', reason: 'the agent was silent for longer than it may' };
  if (end === 'badly') return { outcome: 'failed', reason: `the agent ended badly: ${problem ?? 'no reason given'}` };
  if (!proposal) return { outcome: 'unproposed', reason: 'the agent did not say that the story is done' };
  if (!didSomething(evidence)) return { outcome: 'empty', reason: emptyReason(evidence) };
  if (dirty.length > 0)
    return { outcome: 'dirty', reason: `not committed, so nothing can be verified: ${uncommitted(evidence)}` };
  if (evidence.cheats?.length)
    return { outcome: 'cheat', reason: `what judges the work was changed, put it back: ${evidence.cheats.join('; ')}` };
  return undefined;
}

function emptyReason(evidence: Evidence): string {
  if (evidence.dirty.length === 0) return `the agent said done, but nothing was changed${coveredBefore(evidence)}`;
  return `the agent said done, but nothing was committed; not committed: ${uncommitted(evidence)}`;
}

/** An agent may have done this story together with an earlier one: then somebody has to say so. */
function coveredBefore({ ahead, gates, noChange }: Evidence): string {
  if (!ahead) return '';
  if (gates === 0) return '; whether earlier work covers this story only a gate could show, and there is none';
  return noChange === undefined ? '; if earlier work covers this story, write into its "notes" why, and mark it' : '';
}

/** What the task may not change comes first: no later attempt can commit it, so it has to be asked for. */
function uncommitted({ dirty, foreign = [] }: Evidence): string {
  const known = new Set(foreign.map(({ path }) => path));
  const rest = dirty.filter((path) => !known.has(path));
  return [...(foreign.length > 0 ? [named(foreign)] : []), ...(rest.length > 0 ? [listed(rest)] : [])].join('; ');
}

/** Empty work never passes, unless only words were wanted; "no change needed" only with a note, gates to prove it, and commits on the branch. */
function didSomething({ changed, worked, found, noChange, gates, ahead }: Evidence): boolean {
  return changed || worked || found === true || (noChange !== undefined && gates > 0 && ahead);
}

function redReason(red: Verdict | undefined): string {
  if (!red) return 'not every gate was run';
  if (red.outcome === 'timeout') return `gate ${red.gate} took too long`;
  if (red.outcome === 'not-found') return `gate ${red.gate} could not be started (127)`;
  if (red.outcome === 'not-executable') return `gate ${red.gate} may not be executed (126)`;
  if (red.outcome === 'killed') return `gate ${red.gate} was ended by ${red.signal ?? 'a signal'}`;
  if (red.outcome === 'meddled')
    return `gate ${red.gate} changed files of the commit, so it proves nothing: ${listed(red.meddled ?? [])}`;
  const before = red.inherited ? '; it fails on the target too, so that is not this task’s doing' : '';
  return `gate ${red.gate} failed (${red.code ?? red.outcome})${before}`;
}

function named(trespasses: readonly Trespass[]): string {
  return `${listed(trespasses.map((one) => `${one.path} (${whyNot(one)})`))}: leave it as it was, or ask for it with ${askFor(trespasses)}`;
}

function listed(paths: readonly string[]): string {
  return paths.length <= 5 ? paths.join(', ') : `${paths.slice(0, 5).join(', ')} and ${paths.length - 5} more`;
}
