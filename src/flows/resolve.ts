import {
  type Answer,
  type Decision,
  type Escalation,
  isOfLanding,
  mayAnswer,
  meant,
  type Seen,
} from '../core/escalation.ts';
import { document } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';
import { answerRequest } from './claims/answer.ts';
import { claimRequests } from './claims/request.ts';
import { personOf } from './claims/voice.ts';
import { consent } from './consent.ts';
import { changeEscalation, openEscalationNamed } from './escalate.ts';
import { targetOf } from './init.ts';
import { takeUpAgain } from './loop/aside.ts';
import { type Merged, merge } from './merge.ts';
import { settleDecision } from './patterns/decide.ts';
import { drop as dropPlanned } from './queue/drop.ts';
import { revive } from './queue/revive.ts';
import { remove } from './remove.ts';
import { layOut, putAway, takenFrom } from './resolve-files.ts';
import { stop } from './stop.ts';
import { changeTask } from './tasks.ts';

export interface ResolveInput {
  readonly id: string;
  readonly answer: Answer;
  /** Conflicted files to take as they are; all of them when empty. */
  readonly files?: readonly string[];
  /** What to tell the agent. */
  readonly text?: string;
  /** Another agent for the next try. */
  readonly agent?: string;
}
export interface Resolution {
  readonly id: string;
  readonly branch: string;
  readonly task?: string;
  readonly answer: Answer;
  readonly outcome: 'landed' | 'open' | 'editing' | 'queued' | 'answered' | 'dropped' | 'kept';
  /** What landing it came to, where it was tried. */
  readonly merged?: Merged;
  /** Where the conflict lies, to be edited, and the files in it that are in conflict. */
  readonly folder?: string;
  readonly files?: readonly string[];
  /** The next commands to type. */
  readonly next: readonly string[];
}

/**
 * Answers an escalation. Refuses `escalation.unknown`, and `escalation.choice` with the commands that fit where the
 * answer does not.
 */
export async function resolve(ports: Ports, given: ResolveInput): Promise<Resolution> {
  const question = await openEscalationNamed(ports, given.id);
  const { id, reason, choices } = question;
  const input = { ...given, answer: meant(reason, given.answer) };
  if (!mayAnswer(reason, input.answer))
    throw new Refusal('escalation.choice', { escalation: id, reason, choices: choices.map(({ command }) => command) });
  const result = await answered(ports, question, input);
  const { branch, task } = question;
  return { id, branch, ...(task ? { task } : {}), answer: input.answer, next: [], ...result };
}

type Answered = Pick<Resolution, 'outcome'> & Partial<Resolution>;

async function answered(ports: Ports, question: Escalation, input: ResolveInput): Promise<Answered> {
  const { id, paths, reason } = question;
  switch (input.answer) {
    case 'ours':
    case 'theirs':
      return landWith(ports, question, { kind: 'side', side: input.answer, paths, ...seenIn(question) });
    case 'allow':
      if (reason === 'approval') return approved(ports, question);
      return landWith(ports, question, { kind: 'allowed', paths });
    case 'take':
      return landWith(ports, question, await takenFrom(ports, question, input.files ?? []));
    case 'edit': {
      const { folder, files } = await layOut(ports, question);
      return { outcome: 'editing', folder, files, next: [`gwt resolve ${id} --take`, `gwt resolve ${id} --drop`] };
    }
    case 'retry':
      if (reason === 'dead') return backToQueue(ports, question);
      return isOfLanding(reason) ? tryAgain(ports, question, input) : goOn(ports, question, input);
    case 'grant':
      return reason === 'claim' ? giveWord(ports, question, 'grant', input.text) : goOn(ports, question, input, true);
    case 'answer':
      return tellAgent(ports, question, input);
    case 'drop':
      return drop(ports, question);
    case 'share':
    case 'refuse':
      return giveWord(ports, question, input.answer, input.text);
  }
}

/** A request for paths is answered in the person's name; one that has ended since leaves nothing to answer. */
async function giveWord(
  ports: Ports,
  { id, request = '', task = '' }: Escalation,
  answer: 'grant' | 'share' | 'refuse',
  text: string | undefined,
): Promise<Answered> {
  const speaker = ports.self.env['GWT_AGENT_ID'];
  if (speaker) throw new Refusal('claim.foreign', { task, speaker, doing: `${answer} a request as a person` });
  const known = (await claimRequests(ports)).find((one) => one.id === request);
  if (known?.state !== 'open') return close(ports, id, 'answered');
  await answerRequest(ports, { request, answer, ...(text ? { text } : {}) }, await personOf(ports));
  return { outcome: 'answered' };
}

/** What the person was shown: on another conflict than that they have not decided. */
function seenIn({ context: { conflict, hunks = [] } }: Escalation): { readonly seen?: Seen } {
  return conflict ? { seen: { commit: conflict.commit, files: conflict.files, hunks } } : {};
}

async function approved(ports: Ports, { branch, task }: Escalation): Promise<Answered> {
  const { outcome, merged } = await consent(ports, { name: task ?? branch });
  return { outcome: outcome === 'landed' ? 'landed' : 'answered', ...(merged ? { merged } : {}) };
}

/** The decision is written down first: should gwt be ended now, the next `gwt merge` goes by it. */
async function landWith(ports: Ports, question: Escalation, decision: Decision): Promise<Answered> {
  await changeEscalation(ports, question.id, (now) => ({
    ...now,
    decisions: [decision, ...(now.decisions ?? []).filter((one) => !sameSubject(one, decision))],
  }));
  return land(ports, question);
}

function sameSubject(a: Decision, b: Decision): boolean {
  if (a.kind === 'files' && b.kind === 'files') return a.signature === b.signature;
  if (a.kind === 'side' && b.kind === 'side') return a.seen?.commit === b.seen?.commit;
  return a.kind === b.kind;
}

async function tryAgain(ports: Ports, question: Escalation, { agent }: ResolveInput): Promise<Answered> {
  await changeEscalation(ports, question.id, ({ decisions: _, ...now }) => now);
  return land(ports, question, agent);
}

/** On the branch it was asked about. A task is landed as a task, so that its state moves along. */
async function land(ports: Ports, { id, branch, task, target }: Escalation, agent?: string): Promise<Answered> {
  const into = target && target !== (await targetOf(ports)) ? { into: target } : {};
  const merged = await merge(ports, { names: [task ?? branch], ...into, ...(agent ? { agent } : {}) });
  const open = merged.escalated.map((one) => `gwt inbox show ${one.id}`);
  if (merged.landing !== null) await putAway(ports, id);
  return { outcome: merged.landing === null ? 'open' : 'landed', merged, next: open };
}

/** The loop takes the task up again. */
async function goOn(
  ports: Ports,
  { id, task, reason }: Escalation,
  { agent }: ResolveInput,
  granted = false,
): Promise<Answered> {
  if (!task) return close(ports, id, 'answered');
  if (reason === 'stale') await stop(ports, { tasks: [task] });
  const why = granted ? `a person gave it as much again (${reason})` : `a person said go on (${reason})`;
  await unblock(ports, task, why, { granted }, agent);
  return { ...(await close(ports, id, 'queued')), next: [`gwt loop ${task}`] };
}

/** That closes the question too. */
async function backToQueue(ports: Ports, { task }: Escalation): Promise<Answered> {
  await revive(ports, task ? [task] : []);
  return { outcome: 'queued', next: ['gwt run'] };
}

async function tellAgent(
  ports: Ports,
  { id, task, summary, decision }: Escalation,
  { text = '' }: ResolveInput,
): Promise<Answered> {
  if (text.trim() === '') throw new Refusal('usage.bad', { problem: '--answer needs a text', command: 'resolve' });
  if (decision !== undefined) await settleDecision(ports, decision, text, (await personOf(ports)).name);
  if (!task) return close(ports, id, 'answered');
  const { name: from } = await ports.git.config.identity();
  const at = new Date(ports.clock.now()).toISOString();
  const said = { at, from, text: `${summary}\n${text}` };
  const queued = await unblock(ports, task, 'a person answered', { said }, undefined);
  return { ...(await close(ports, id, queued ? 'queued' : 'answered')), next: queued ? [`gwt loop ${task}`] : [] };
}

interface More {
  readonly granted?: boolean;
  readonly said?: { readonly at: string; readonly from: string; readonly text: string };
}

/** Puts a blocked task back in the queue; one that runs goes on running. Gives whether it is to be started again. */
async function unblock(
  ports: Ports,
  id: string,
  why: string,
  { said, granted = false }: More,
  agent: string | undefined,
): Promise<boolean> {
  if (agent) await ports.agents.find(agent);
  const at = new Date(ports.clock.now()).toISOString();
  const task = await changeTask(ports, id, (now, docs) => ({
    event: said ? { type: 'note.added', task: id, ...said } : { type: 'task.unblocked', at, task: id, reason: why },
    ...(now.state === 'blocked' ? { state: 'queued' } : {}),
    change: {
      blocked: undefined,
      ...(agent ? { agent, agentId: `${id}-${agent}` } : {}),
      ...(granted ? { granted: (now.granted ?? 0) + 1 } : {}),
    },
    ...(said ? { docs: { 'notes.json': document([...notesIn(docs), said]) } } : {}),
    doing: 'go on with',
  }));
  await takeUpAgain(ports, id);
  return task.state === 'queued';
}

function notesIn(docs: Readonly<Record<string, string>>): readonly unknown[] {
  try {
    const notes: unknown = JSON.parse(docs['notes.json'] ?? '[]');
    return Array.isArray(notes) ? notes : [];
  } catch {
    return [];
  }
}

/** The task goes the way of `gwt rm`; a plain branch stays where it is. */
async function drop(ports: Ports, { id, task, branch }: Escalation): Promise<Answered> {
  if (!task && !(await ports.git.refs.resolve(`refs/heads/${branch}`))) return close(ports, id, 'answered');
  if (!task) return { ...(await close(ports, id, 'kept')), next: [`gwt merge ${branch}`] };
  // Planned work has no worktree yet: it is only taken off the queue.
  if (!(await ports.ledger.read(`tasks/${task}`))) {
    await dropPlanned(ports, [task]);
    return { ...(await close(ports, id, 'dropped')), next: [`gwt queue retry ${task}`] };
  }
  // That closes what is asked about it, this too.
  await remove(ports, { tasks: [task] });
  return { outcome: 'dropped', next: [`gwt restore ${task}`] };
}

async function close(ports: Ports, id: string, outcome: Resolution['outcome']): Promise<Answered> {
  const { name } = await ports.git.config.identity();
  await putAway(ports, id);
  const { resolvedAt } = await changeEscalation(ports, id, (now) => now, { by: name });
  ports.report({ type: 'escalation.resolved', at: resolvedAt ?? '', escalation: id, by: name });
  return { outcome };
}
