/**
 * Why gwt will not go on, by code, with the facts its wording needs.
 * The words are the surface's: `surfaces/wording.ts` has one entry for every code, held by its type.
 */
export interface RefusalFacts {
  'usage.bad': { problem: string; command?: string };
  'git.missing': { wanted: string };
  'git.old': { found: string; wanted: string };
  'git.failed': { command: string; code: number; message: string };
  'repository.none': { path: string };
  'repository.unborn': { path: string };
  'repository.readonly': { why: string };
  'repository.unsafe': { path: string };
  'target.unknown': { path: string };
  'target.absent': { target: string };
  'init.live': { tasks: readonly string[] };
  'init.absent': { path: string };
  /** unread: it is no text of its kind at all. */
  'config.invalid': { file: string; problems: readonly string[]; unread?: true };
  'config.unapproved': { file: string; commands: readonly string[] };
  'name.unusable': { name: string; why: string };
  'task.exists': { task: string; state: string };
  'task.unknown': { task: string; known: readonly string[] };
  'queue.absent': { task: string; known: readonly string[] };
  'task.none': { doing: string };
  'task.state': { task: string; state: string; doing: string };
  'task.busy': { task: string; holder: string };
  'worktree.used': { worktree: string; processes: readonly { readonly pid: number; readonly command: string }[] };
  'worktree.locked': { worktree: string };
  'branch.exists': { branch: string; task: string };
  'branch.blocked': { branch: string; other: string; why: string };
  'branch.unknown': { branch: string };
  'branch.elsewhere': { branch: string; worktree: string };
  'base.unknown': { base: string };
  'path.exists': { path: string };
  'path.missing': { path: string; what: string };
  'claim.overlap': { task: string; pattern: string; other: string; otherPattern: string; path: string };
  'claim.none': { task: string; patterns: readonly string[]; holds: readonly string[] };
  'claim.foreign': { task: string; speaker: string; doing: string };
  'claim.unasked': { request: string; state: string; known: readonly string[] };
  'path.outside': { path: string; root: string };
  'claim.invalid': { pattern: string; why: string };
  'setup.failed': { command: string; code: number | null; tail: string };
  'hook.silent': { worktree: string; why: string };
  'lfs.missing': { paths: readonly string[] };
  'submodule.failed': { message: string };
  'file.unwritable': { path: string; why: string };
  'file.unreadable': { path: string; why: string };
  'prd.invalid': { path: string; why: string; line?: number; column?: number };
  'plan.invalid': { path: string; why: string; line?: number };
  'agent.unknown': { agent: string; known: readonly string[] };
  'agent.missing': { agent: string; program: string; errno?: string };
  'agent.keyless': { agent: string; variable: string };
  'ref.locked': { path: string };
  'ledger.moved': { refs: readonly string[] };
  'ledger.gone': { task: string };
  'ledger.broken': { key: string; why: string };
  'merge.busy': { target: string; holder: string; host?: string; since?: string };
  'merge.blocked': { target: string; worktree: string; why: string; paths: readonly string[] };
  'merge.unfinished': { worktree: string; from: string; to: string };
  /** back: the landing was taken back; gone: the target is elsewhere, its record was taken back; stands: a person is asked. */
  'merge.unverified': {
    target: string;
    landing: string;
    problems: readonly string[];
    fate: 'back' | 'gone' | 'stands';
    escalation?: string;
  };
  'merge.nothing': Record<string, never>;
  'push.remote': { target: string; remotes: readonly string[] };
  'push.unreached': { target: string; remote: string; why: string };
  'push.diverged': { target: string; remote: string; here: string; there: string };
  'request.forge': { remote: string; url: string };
  'request.missing': { program: string };
  'request.login': { program: string; host: string };
  'request.failed': { program: string; branch: string; why: string };
  'undo.none': Record<string, never>;
  'undo.built-on': { landing: string; target: string; now: string };
  'undo.unknown': { landing: string; target: string; known: readonly string[] };
  'undo.pushed': { landing: string; target: string; remote: string };
  'merge.unsigned': { commit: string; subject: string; why: string };
  'undo.conflict': { landing: string; commit: string; paths: readonly string[] };
  'undo.blocked': { worktree: string; paths: readonly string[] };
  'restore.none': { task: string };
  'logs.none': { task: string; iterations: readonly number[] };
  'loop.none': { tasks: readonly string[]; running: readonly string[] };
  'tmux.missing': { tasks: readonly string[] };
  'restore.taken': { task: string; what: string };
  'checkpoint.unknown': { task: string; checkpoint: number; known: readonly number[] };
  'escalation.unknown': { escalation: string; open: readonly string[] };
  'resolution.unknown': { resolution: string; known: readonly string[] };
  'approval.agent': { name: string };
  'approval.moved': { branch: string; escalation: string; was: string; now: string };
  'message.unknown': { message: number };
  'message.nobody': { to: string; roles: readonly string[] };
  'escalation.choice': { escalation: string; reason: string; choices: readonly string[] };
  'escalation.unresolved': { escalation: string; why: readonly string[] };
  unattended: { question: string; flag: string };
}

export type RefusalCode = keyof RefusalFacts;

/** Thrown when gwt will not go on. Nothing else that is thrown is expected: anything else is a bug. */
export class Refusal<C extends RefusalCode = RefusalCode> extends Error {
  readonly code: C;
  readonly facts: RefusalFacts[C];
  constructor(code: C, facts: RefusalFacts[C]) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    this.facts = facts;
  }
}
