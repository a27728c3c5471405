import type { Verdict } from './gate.ts';
import type { MessageType } from './message.ts';
import type { Usage } from './usage.ts';

/** What the ledger keeps of a gate's verdict: its command, how it ended, the tree it judged, and the file with its output. */
export interface ProvenBy {
  readonly gate: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly tree: string;
  readonly run?: string;
  readonly code?: number | null;
  readonly log?: string;
  /** It ran on this tree before, and was not run again. */
  readonly cached?: boolean;
  /** It fails where the task began, too. */
  readonly inherited?: boolean;
}

/** Everything that can happen, with its facts. The ledger keeps these, the narration tells them. */
export interface EventFacts {
  'repository.prepared': { target: string };
  'repository.removed': { target: string };
  'task.spawning': { task: string; branch: string; base: string; worktree: string };
  'task.spawned': { task: string; branch: string; worktree: string };
  'task.proposed': { task: string; url: string; remote: string };
  'task.changed': { task: string; what: string };
  'queue.added': { task: string };
  'queue.taken': { task: string; by: string };
  'queue.changed': { task: string; what: string };
  'queue.back': { task: string; reason: string; dead: boolean };
  'queue.dropped': { task: string; kept: string };
  'run.started': { slots: number; tasks: number; plan?: string };
  'run.took': { task: string; slot: number };
  'run.waits': { why: string };
  'loop.started': { task: string; agent: string; run: string; max: number };
  'loop.ended': { task: string; outcome: string; iterations: number };
  'iteration.started': {
    task: string;
    iteration: number;
    story: string;
    title: string;
    /** Why this story. */
    why?: string;
    /** The branch's tree before it. */
    tree?: string;
  };
  'iteration.going': { task: string; iteration: number; seconds: number; action: string; usage: Usage };
  'iteration.ended': {
    task: string;
    iteration: number;
    story: string;
    outcome: string;
    commits: number;
    seconds: number;
    usage: Usage;
    /** Why it ended that way, in a sentence. */
    reason?: string;
    /** The branch's commit and tree afterwards. */
    head?: string;
    tree?: string;
    /** True when gates passed on that tree. */
    verified?: boolean;
    /** What each gate that was run said; `tree` is what lay there. */
    verdicts?: readonly ProvenBy[];
    /** Paths that the gates saw as they were before the task. */
    pinned?: readonly string[];
    /** What on the branch makes gates easier to pass. */
    cheats?: readonly string[];
    /** What it changed on the branch; the first of many. */
    paths?: readonly string[];
    /** How many tests failed, where a gate told. */
    failing?: { readonly gate: string; readonly count: number };
    /** The provider's doing: it is charged to nobody. */
    trouble?: string;
  };
  'agent.said': { task: string; text: string };
  'agent.asked': { agent: string };
  'agent.changed': { task: string; from: string; to: string; reason: string };
  'anomaly.found': {
    task: string;
    iteration: number;
    story: string;
    kind: string;
    what: string;
    action: string;
  };
  /** `held`: the story does not pass by it. */
  'stray.found': { task: string; iteration: number; story: string; what: string; held: boolean };
  'provider.circuit': { provider: string; state: 'closed' | 'open' | 'half-open'; until?: string };
  'loop.waiting': { task: string; until: string; reason: string };
  'story.reviewing': { task: string; story: string; agent: string };
  'story.reviewed': { task: string; story: string; agent: string; objections: readonly string[]; silent?: string };
  'story.aside': { task: string; story: string; attempts: number; reason: string };
  'story.again': { task: string; stories: readonly string[] };
  'gate.ended': {
    task: string;
    gate: string;
    passed: boolean;
    outcome?: Verdict['outcome'];
    seconds: number;
    tree: string;
    /** The file with all it printed, for one that did not pass. */
    log?: string;
    /** It was not run again: it said so of this tree before. */
    cached?: boolean;
  };
  'gate.flaked': { gate: string; tree: string };
  'story.gone': { task: string; stories: readonly string[]; head: string };
  'story.passed': { task: string; story: string; tree: string };
  'task.blocked': { task: string; reason: string; escalation?: string };
  'task.unblocked': { task: string; reason: string };
  'task.bounced': { task: string; reason: string };
  'decision.made': { decision: string; question: string; outcome: string; share: number; answer?: string };
  'task.chosen': { task: string; over: readonly string[]; reasons: readonly string[] };
  'task.dropped': { task: string; trash?: string };
  'task.restored': { task: string; from?: string };
  'checkpoint.saved': { task: string; checkpoint: string };
  'claim.taken': { task: string; owns: readonly string[]; shared?: boolean; until?: string; why?: string };
  'claim.released': { task: string; owns?: readonly string[]; why?: string };
  'claim.lapsed': { task: string; owns: readonly string[] };
  'claim.asked': { request: string; task: string; owns: readonly string[]; of: readonly string[]; why: string };
  'claim.answered': { request: string; task: string; by: string; answer: string; owns: readonly string[] };
  /** The worktree goes back to a checkpoint; what was there is checkpoint `before`. */
  'checkpoint.restored': {
    task: string;
    checkpoint: number;
    before: number;
    /** The iteration it was made after. */
    iteration?: number;
    /** Stories that passed and do not any more. */
    undone: readonly string[];
  };
  'lease.taken': { target: string; holder: string };
  'lease.held': { target: string; holder: string };
  'lease.given': { target: string; holder: string };
  'landing.planned': { target: string; order: readonly string[] };
  'landing.searching': { gate: string; red: number; prefixes: readonly number[]; size: number };
  'landing.trying': {
    gate: string;
    how: 'base' | 'again' | 'alone' | 'together';
    branch?: string;
    ahead?: readonly string[];
  };
  'landing.cleared': { green: number; red: readonly number[] };
  'landing.culprit': { branch: string; gate: string; together?: readonly string[] };
  'landing.rebased': { branch: string; commits: number; resolvedBy?: string };
  'landing.conflict': { branch: string; paths: readonly string[] };
  'landing.resolving': { branch: string; paths: readonly string[]; by: string };
  'landing.refused': { branch: string; reason: string };
  'landing.outrun': { target: string; why: string };
  'target.followed': { target: string; remote: string; to: string };
  'target.pushed': { target: string; remote: string; to: string };
  'landing.landed': { branch: string; task?: string; target: string; head: string; commits: number };
  'landing.done': { landing: string; target: string; after: string; branches: readonly string[] };
  /** Files of a checkout that somebody changed while a move was cut short: they stay as they are, unmerged. */
  'checkout.kept': { worktree: string; target: string; paths: readonly string[] };
  /** A question is settled, and its folder holds what somebody changed there. */
  'resolve.kept': { escalation: string; folder: string };
  'landing.kept': { target: string };
  'landing.undone': { target: string; landing: string; to: string };
  /** again: it was open already, and is asked once more with what is known now. */
  'escalation.opened': { escalation: string; branch: string; reason: string; again?: true };
  'escalation.changed': { escalation: string };
  'escalation.resolved': { escalation: string; by: string };
  'resolution.kept': { resolution: string; path: string; by: string };
  'resolution.doubted': { resolution: string; path: string; why: string };
  'resolution.forgotten': { resolution: string; path: string };
  'note.added': { task: string; from: string; text: string; message?: number };
  'task.stale': { task: string; minutes: number; what: string };
  'escalation.waiting': { escalation: string; branch: string; reason: string; minutes: number };
  'note.read': { task: string; count: number };
  'message.sent': { message: number; from: string; to: string; kind: MessageType; text: string };
  'message.seen': { message: number };
  'handoff.written': { task: string; from: string; to?: string };
}
