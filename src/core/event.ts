import type { EventFacts } from './event-facts.ts';
import type { Verdict } from './gate.ts';
import { PERSON } from './message.ts';
import type { Usage } from './usage.ts';

export type EventType = keyof EventFacts;

/** One thing that happened. `at` is an ISO time. */
export type Event = {
  [T in EventType]: { readonly type: T; readonly at: string } & Readonly<EventFacts[T]>;
}[EventType];

export type EventOf<T extends EventType> = Extract<Event, { type: T }>;

const short = (oid: string): string => oid.slice(0, 10);

const elapsed = (seconds: number): string =>
  seconds < 60
    ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

function spent({ inputTokens, outputTokens, costUsd }: Usage): string {
  if (inputTokens + outputTokens === 0) return '';
  return `, ${inputTokens} tokens in, ${outputTokens} out${costUsd > 0 ? `, $${costUsd.toFixed(4)}` : ''}`;
}

const subjects: { [T in EventType]: (event: EventOf<T>) => string } = {
  'repository.prepared': (e) => `prepared, landing on ${e.target}`,
  'repository.removed': () => 'gwt taken out, the ledger kept',
  'task.spawning': (e) => `${e.task}: spawning ${e.branch} from ${short(e.base)}`,
  'task.spawned': (e) => `${e.task}: spawned in ${e.worktree}`,
  'task.proposed': (e) => `${e.task}: waits at ${e.remote} to be landed, ${e.url}`,
  'task.changed': (e) => `${e.task}: ${e.what}`,
  'queue.added': (e) => `${e.task}: waits in the queue`,
  'queue.taken': (e) => `${e.task}: taken from the queue by ${e.by}`,
  'queue.changed': (e) => `${e.task}: ${e.what}`,
  'queue.back': (e) => `${e.task}: back in the queue${e.dead ? ' as a dead letter' : ''}, ${e.reason}`,
  'queue.dropped': (e) => `${e.task}: taken out of the queue, kept in ${e.kept}`,
  'run.started': (e) =>
    `run${e.plan === undefined ? '' : ` of ${e.plan}`}: tasks: ${e.tasks}, agents at once: ${e.slots}`,
  'run.took': (e) => `${e.task}: begun in slot ${e.slot}`,
  'run.waits': (e) => `run: waits, ${e.why}`,
  'loop.started': (e) => `${e.task}: loop started with ${e.agent}, at most ${e.max} iteration${e.max === 1 ? '' : 's'}`,
  'loop.ended': (e) => `${e.task}: loop ended, ${e.outcome} after ${e.iterations}`,
  'iteration.started': (e) =>
    `${e.task}: iteration ${e.iteration} on ${e.story}${e.title === e.story ? '' : `: ${e.title}`}`,
  'iteration.going': (e) =>
    `${e.task}: iteration ${e.iteration}, ${elapsed(e.seconds)}${spent(e.usage)}${e.action ? `, ${e.action}` : ''}`,
  'iteration.ended': (e) =>
    `${e.task}: iteration ${e.iteration} on ${e.story} ${e.outcome}, commits: ${e.commits}, ${elapsed(e.seconds)}${spent(e.usage)}${e.reason ? `, ${e.reason}` : ''}`,
  'agent.said': (e) => `${e.task}: ${e.text}`,
  'agent.asked': (e) => `asking ${e.agent} for one word`,
  'gate.ended': (e) =>
    `${e.task ? `${e.task}: ` : ''}gate ${e.gate} ${gateEnd(e)} on ${short(e.tree)}${e.cached ? ', known from before' : ''}`,
  'gate.flaked': (e) =>
    `gate ${e.gate} failed on ${short(e.tree)} and then passed on the very same tree: a flake, nobody is blamed`,
  'agent.changed': (e) => `${e.task}: ${e.to} goes on instead of ${e.from}, ${e.reason}`,
  'anomaly.found': (e) => `${e.task}: odd, iteration ${e.iteration} on ${e.story} ${e.what}`,
  'stray.found': (e) => `${e.task}: outside its worktree, while its agent ran: ${e.what}`,
  'provider.circuit': circuitText,
  'loop.waiting': (e) => `${e.task}: waits until ${e.until}, ${e.reason}`,
  'story.reviewing': (e) => `${e.task}: ${e.agent} reviews ${e.story}`,
  'story.reviewed': (e) =>
    `${e.task}: ${e.silent ?? (e.objections.length > 0 ? `${e.agent} objects to ${e.story}: ${e.objections.join('; ')}` : `${e.agent} agrees with ${e.story}`)}`,
  'story.aside': (e) => `${e.task}: story ${e.story} is set aside, ${e.reason}`,
  'story.again': (e) => `${e.task}: ${e.stories.join(', ')} may be tried again`,
  'story.gone': (e) =>
    `${e.task}: ${e.stories.join(', ')} open again, what passed is not on the branch any more (gwt checkpoint list ${e.task})`,
  'story.passed': (e) => `${e.task}: story ${e.story} passes on ${short(e.tree)}`,
  'task.blocked': (e) => `${e.task}: blocked, ${e.reason}`,
  'task.unblocked': (e) => `${e.task}: goes on, ${e.reason}`,
  'task.bounced': (e) => `${e.task}: sent back, ${e.reason}`,
  'decision.made': (e) =>
    e.answer === undefined
      ? `decision ${e.decision}: no quorum, ${e.question}`
      : `decision ${e.decision}: ${e.question} ${e.answer}`,
  'task.chosen': (e) =>
    `${e.task}: chosen${e.over.length > 0 ? ` over ${e.over.join(', ')}` : ''}, ${e.reasons.join('; ')}`,
  'task.dropped': (e) => `${e.task}: dropped${e.trash ? `, kept in ${e.trash}` : ''}`,
  'task.restored': (e) => `${e.task}: restored${e.from ? ` from ${e.from}` : ''}`,
  'checkpoint.saved': (e) => `${e.task}: checkpoint ${e.checkpoint}`,
  'claim.taken': (e) =>
    `${e.task}: claims ${e.owns.join(' ')}${e.shared ? ', with others' : ''}${e.until ? `, until ${e.until}` : ''}`,
  'claim.released': (e) =>
    `${e.task}: claim released${e.owns ? `, ${e.owns.join(' ')}` : ''}${e.why ? `, ${e.why}` : ''}`,
  'claim.lapsed': (e) => `${e.task}: claim lapsed, ${e.owns.join(' ')}`,
  'claim.asked': (e) => `request r${e.request}: ${e.task} asks ${e.of.join(', ')} for ${e.owns.join(' ')}`,
  'claim.answered': (e) => `request r${e.request} of ${e.task} for ${e.owns.join(' ')}: ${e.answer}, by ${e.by}`,
  'checkpoint.restored': (e) =>
    `${e.task}: back at checkpoint ${e.checkpoint}${e.undone.length > 0 ? `, open again: ${e.undone.join(', ')}` : ''}; what was there is checkpoint ${e.before}`,
  'lease.taken': (e) => `${e.target}: held by ${e.holder}`,
  'lease.held': (e) => `${e.target}: still held by ${e.holder}`,
  'lease.given': (e) => `${e.target}: given back by ${e.holder}`,
  'landing.planned': (e) => `landing on ${e.target}: ${e.order.join(', ')}`,
  'landing.searching': (e) =>
    `gate ${e.gate} is red at ${e.red} of ${e.size} branches: testing ${e.prefixes.join(', ')}`,
  'landing.trying': tryingText,
  'landing.cleared': (e) => `green at ${e.green}: that clears what was red before it at ${e.red.join(', ')}`,
  'landing.culprit': (e) =>
    `${e.branch}: breaks gate ${e.gate}${e.together?.length ? `, but only together with ${e.together.join(', ')}` : ''}`,
  'landing.rebased': (e) =>
    `${e.branch}: rebased, commits: ${e.commits}${e.resolvedBy ? `, conflicts settled by ${e.resolvedBy}` : ''}`,
  'landing.conflict': (e) => `${e.branch}: conflict in ${e.paths.join(', ')}`,
  'landing.resolving': (e) => `${e.branch}: ${e.by} resolves ${e.paths.join(', ')}`,
  'landing.refused': (e) => `${e.branch}: not landed, ${e.reason}`,
  'landing.outrun': (e) => `${e.target}: somebody was faster (${e.why}), once more`,
  'target.followed': (e) => `${e.target}: brought to where ${e.remote} has it, ${short(e.to)}`,
  'target.pushed': (e) => `${e.target}: pushed to ${e.remote}, ${short(e.to)}`,
  'landing.landed': (e) => `${e.branch}: landed on ${e.target} at ${short(e.head)}`,
  'landing.done': (e) => `landing ${e.landing} on ${e.target}: ${e.branches.join(', ')}`,
  'checkout.kept': (e) =>
    `${e.worktree}: changed while a landing stood still, so kept as it is and unmerged (git checkout -m -- <path> merges it with ${e.target}): ${e.paths.join(', ')}`,
  'resolve.kept': (e) =>
    `escalation ${e.escalation} is settled, but not by what you changed in ${e.folder}: that stays there`,
  'landing.kept': (e) => `what had landed on ${e.target} stands after all`,
  'landing.undone': (e) => `landing ${e.landing} on ${e.target} undone, now at ${short(e.to)}`,
  'escalation.opened': (e) => `escalation ${e.escalation}${e.again ? ' asks again' : ''}: ${e.branch}, ${e.reason}`,
  'escalation.changed': (e) => `escalation ${e.escalation} changed`,
  'escalation.resolved': (e) => `escalation ${e.escalation} resolved by ${e.by}`,
  'resolution.kept': (e) => `resolution ${short(e.resolution)}: ${e.path} as ${e.by} settled it`,
  'resolution.doubted': (e) => `resolution ${short(e.resolution)}: ${e.path} not used any more, ${e.why}`,
  'resolution.forgotten': (e) => `resolution ${short(e.resolution)}: ${e.path} forgotten`,
  'handoff.written': (e) => `${e.task}: hand-over written by ${e.from}${e.to ? `, for ${e.to}` : ''}`,
  'task.stale': (e) => `${e.task}: no sign of life for ${e.minutes} minutes, ${e.what}`,
  'escalation.waiting': (e) =>
    `escalation ${e.escalation} still waits after ${e.minutes} minutes: ${e.branch}, ${e.reason}`,
  'message.sent': (e) =>
    `message ${e.message}: ${e.from} to ${e.to}${e.kind === 'context' ? '' : ` (${e.kind})`}${e.to === PERSON ? `: ${e.text}` : ''}`,
  'message.seen': (e) => `message ${e.message} was seen`,
  'note.read': (e) => `${e.task}: has read its messages (${e.count})`,
  'note.added': (e) => `${e.task}: note from ${e.from}: ${e.text}`,
};

function circuitText({ provider, state, until }: EventOf<'provider.circuit'>): string {
  if (state === 'open') return `${provider}: busy again and again, no loop starts an agent there before ${until}`;
  return state === 'closed' ? `${provider}: serves again` : `${provider}: one loop tries whether it serves again`;
}

/** Why a gate is run once more before anybody is blamed. */
function tryingText({ gate, how, branch, ahead = [] }: EventOf<'landing.trying'>): string {
  const words = {
    base: `is gate ${gate} red on the target itself? testing that`,
    again: `gate ${gate} is run again${branch ? ` with ${branch} on board` : ''}, nothing else beside it: it may be a flake`,
    alone: `${branch}: testing it${ahead.length > 0 ? ` with only ${ahead.join(', ')} ahead` : ' alone on the target'}`,
    together: `${branch}: green alone, red behind ${ahead.length} others: testing which of them it does not go with`,
  };
  return words[how];
}

/** The event in one line of words: the subject of its commit in the ledger, and what the narration says. */
export function subjectOf(event: Event): string {
  const say = subjects[event.type] as (event: Event) => string;
  return oneLine(say(event));
}

/** The text without anything a terminal would act on: control characters become spaces, and it ends at 200. */
export function oneLine(text: string, most = 200): string {
  const flat = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return flat.length > most ? `${flat.slice(0, most - 1)}…` : flat;
}

function gateEnd({ passed, outcome }: { passed: boolean; outcome?: Verdict['outcome'] }): string {
  if (passed) return 'passed';
  const other = {
    timeout: 'was not done in time',
    stopped: 'was stopped',
    'not-found': 'was not found',
    'not-executable': 'may not be executed',
    killed: 'was ended by a signal',
    meddled: 'changed files of the commit, which proves nothing,',
  };
  return outcome === undefined || outcome === 'failed' || outcome === 'passed' ? 'failed' : other[outcome];
}
