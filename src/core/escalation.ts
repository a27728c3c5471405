import { type Conflicted, signatureOf } from './merge/conflict.ts';

/**
 * Why a person is asked, the most dangerous first: what may lose or break work that is there, then what somebody waits
 * for, then what costs, then what only has to be looked at.
 * conflict: a branch and the target change the same lines and nobody could settle it · failed: a resolution keeps gates
 * red · trespass: a branch changes what its task does not own · claim: a task asks for paths that are not free ·
 * question: an agent asks · stuck: a loop makes no progress · budget: what a task may use up is used up · anomaly: what an
 * agent does looks odd · stale: a loop gives no sign of life · dead: a task failed too often and is not taken any more ·
 * approval: a change lands only after a person has seen it
 */
export const REASONS = [
  'conflict',
  'failed',
  'trespass',
  'claim',
  'question',
  'stuck',
  'budget',
  'anomaly',
  'stale',
  'dead',
  'approval',
] as const;
export type Reason = (typeof REASONS)[number];

/** One way to answer, as the exact command to type. */
export interface Choice {
  readonly command: string;
  readonly what: string;
}

/** What one side of a conflict wanted. */
export interface Side {
  readonly name: string;
  readonly intent: string;
}

/** All a person needs to decide without looking elsewhere. Every part is there only where it says something. */
export interface Context {
  readonly ours?: Side;
  readonly theirs?: Side;
  /** The conflicting parts as git shows them, markers included. */
  readonly hunks?: readonly { readonly path: string; readonly text: string }[];
  /** What git said about conflicts that have no lines to show. */
  readonly messages?: readonly string[];
  /** What was tried, and why it was not accepted; oldest first. */
  readonly tried?: readonly string[];
  readonly trespasses?: readonly {
    readonly path: string;
    readonly reason: string;
    readonly owner?: string;
    readonly commit?: string;
  }[];
  /** The end of what a gate or an agent printed. */
  readonly output?: string;
  readonly notes?: readonly string[];
  /** The commit of the branch that is to be approved. */
  readonly approval?: { readonly head: string };
  /** Where the conflict can be made again: `commit` of the branch at `head`, put on `onto`. */
  readonly conflict?: {
    readonly head: string;
    readonly commit: string;
    readonly onto: string;
    readonly tree: string;
    readonly files: readonly Conflicted[];
  };
}

/** What is to lie at a conflicted path; no blob where it is to be gone. */
export interface Settlement {
  readonly path: string;
  readonly mode: string;
  readonly oid: string | undefined;
}

/**
 * What a person decided, kept until the branch lands: whole files for one very conflict (`signature` of its sides), a
 * side for some paths as they were `seen` in the conflict of one commit and for those paths in other commits, paths
 * that may be changed outside the claim, or the very commit that may land.
 */
export type Decision =
  | { readonly kind: 'files'; readonly signature: string; readonly settlements: readonly Settlement[] }
  | { readonly kind: 'side'; readonly side: 'ours' | 'theirs'; readonly paths: readonly string[]; readonly seen?: Seen }
  | { readonly kind: 'allowed'; readonly paths: readonly string[] }
  | {
      readonly kind: 'approved';
      readonly head: string;
      readonly tree: string;
      readonly by: string;
      readonly at: string;
    };

/** What a person had before them when they chose a side. */
export interface Seen {
  readonly commit: string;
  readonly files: readonly Conflicted[];
  readonly hunks: readonly { readonly path: string; readonly text: string }[];
}

/** A question that only a person may answer: ledger entry `escalations/<id>`, document `escalation.json`. */
export interface Escalation {
  readonly version: 1;
  readonly id: string;
  readonly reason: Reason;
  readonly state: 'open' | 'resolved';
  readonly branch: string;
  readonly task?: string;
  /** The branch it was to land on; not there where it was asked apart from landing. */
  readonly target?: string;
  readonly paths: readonly string[];
  /** The request for paths it asks about. */
  readonly request?: string;
  /** The decision that agents could not make. */
  readonly decision?: string;
  /** One line. */
  readonly summary: string;
  readonly context: Context;
  readonly choices: readonly Choice[];
  readonly decisions?: readonly Decision[];
  readonly openedAt: string;
  /** When it was last told again. */
  readonly remindedAt?: string;
  readonly resolvedAt?: string;
  readonly resolvedBy?: string;
}

/** Escalations with the most dangerous first, and of one kind the newest first. */
export function byDanger(all: readonly Escalation[]): readonly Escalation[] {
  const rank = ({ reason }: Escalation) => REASONS.indexOf(reason);
  return [...all].sort((a, b) => rank(a) - rank(b) || Number(b.id) - Number(a.id));
}

/** How a person may answer. */
export type Answer =
  | 'ours'
  | 'theirs'
  | 'take'
  | 'edit'
  | 'retry'
  | 'drop'
  | 'answer'
  | 'allow'
  | 'grant'
  | 'share'
  | 'refuse';

const answers: Readonly<Record<Reason, readonly Answer[]>> = {
  conflict: ['ours', 'theirs', 'edit', 'take', 'retry', 'drop'],
  failed: ['edit', 'take', 'retry', 'drop'],
  trespass: ['allow', 'retry', 'drop'],
  claim: ['grant', 'share', 'refuse'],
  question: ['answer', 'drop'],
  stuck: ['answer', 'retry', 'drop'],
  budget: ['grant', 'retry', 'drop'],
  anomaly: ['answer', 'retry', 'drop'],
  stale: ['retry', 'drop'],
  dead: ['retry', 'drop'],
  approval: ['allow', 'answer', 'drop'],
};

/** Reasons that a landing asks about: to try again is to land again. Of the others it is to work again. */
const LANDING: readonly Reason[] = ['conflict', 'failed', 'trespass', 'approval'];

/** True where the question is about landing a branch, false where it is about working on a task. */
export const isOfLanding = (reason: Reason): boolean => LANDING.includes(reason);

/** The answer as it is meant: to grant what was done already is to allow it. */
export function meant(reason: Reason, answer: Answer): Answer {
  return answer === 'grant' && (reason === 'trespass' || reason === 'approval') ? 'allow' : answer;
}

/** True when this kind of escalation can be answered that way. */
export function mayAnswer(reason: Reason, answer: Answer): boolean {
  return answers[reason].includes(answer);
}

/** The choices of an escalation, most careful first, each with the exact command. */
export function choicesFor(id: string, reason: Reason, task?: string): readonly Choice[] {
  return answers[reason].map((answer) => ({ command: commandFor(id, answer), what: meaning(answer, reason, task) }));
}

function commandFor(id: string, answer: Answer): string {
  return `gwt resolve ${id} --${answer}${answer === 'answer' ? ' "…"' : ''}`;
}

function meaning(answer: Answer, reason: Reason, task: string | undefined): string {
  switch (answer) {
    case 'ours':
      return 'where they conflict keep what is on the target, then land the branch';
    case 'theirs':
      return 'where they conflict take what the branch has, then land it';
    case 'edit':
      return 'put the conflict into a folder of its own and settle it by hand';
    case 'take':
      return 'take the files as they are in that folder, then land the branch';
    case 'retry':
      return isOfLanding(reason) ? 'try to land it again, with --agent <name> by another agent' : working(reason);
    case 'drop':
      return task ? `give the task up; its work is kept: gwt restore ${task}` : 'close this; the branch stays as it is';
    case 'answer':
      return reason === 'approval'
        ? 'do not land it; what you say goes to the agent with its next prompt'
        : 'the answer goes to the agent with its next prompt';
    case 'share':
      return 'both may change it; what conflicts is settled when they land';
    case 'refuse':
      return 'it stays as it is; with --answer "…" the reason is told';
    case 'allow':
      return reason === 'approval'
        ? 'land it as it is now; who approved is recorded'
        : 'land it all the same; who allowed it is recorded';
    case 'grant':
      if (reason === 'budget') return 'let it use up as much again';
      return 'the task gets what it asks for; whoever holds it gives it up';
  }
}

function working(reason: Reason): string {
  if (reason === 'budget') return 'go on within the limits as they are configured by then';
  if (reason === 'dead') return 'give it all its attempts again';
  if (reason === 'stale') return 'end what is left of its loop; the task waits in the queue again';
  return 'let the agent go on, with --agent <name> another one';
}

/** True for a question that stands until this branch lands on this target, and whose answer counts there. */
export function isAbout(question: Escalation, branch: string, target: string): boolean {
  return question.state === 'open' && question.branch === branch && (question.target ?? target) === target;
}

/** The files of this very conflict as a person left them; undefined where they did not speak of it. */
export function decidedFiles(decisions: readonly Decision[], signature: string): readonly Settlement[] | undefined {
  const whole = decisions.find((one) => one.kind === 'files' && one.signature === signature);
  return whole?.kind === 'files' ? whole.settlements : undefined;
}

/** What a person chose for conflicts in this path: best what they said of this commit, else what they said last. */
export function bySide(decisions: readonly Decision[], path: string, commit: string) {
  const fitting = decisions.filter((one) => one.kind === 'side').filter(({ paths }) => paths.includes(path));
  return fitting.find(({ seen }) => seen?.commit === commit) ?? fitting[0];
}

/** True where a file's conflict is no longer what the person saw: another side has moved on since. */
export function isOutdated(seen: Seen | undefined, commit: string, file: Conflicted, hunks: Seen['hunks']): boolean {
  if (seen?.commit !== commit) return false;
  const then = seen.files.filter(({ path }) => path === file.path);
  if (signatureOf(then) === signatureOf([file])) return false;
  const texts = (all: Seen['hunks']) => all.filter(({ path }) => path === file.path).map(({ text }) => text);
  return texts(hunks).length === 0 || texts(seen.hunks).join('\n') !== texts(hunks).join('\n');
}
