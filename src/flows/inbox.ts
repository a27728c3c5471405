import { byDanger, type Escalation } from '../core/escalation.ts';
import type { Message } from '../core/message.ts';
import { taskOf } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import type { TaskState } from '../core/task.ts';
import type { Ports } from '../ports.ts';
import { settleRequests } from './claims/settle.ts';
import { escalations, openEscalation } from './escalate.ts';
import { forPerson } from './messages/box.ts';
import { taskNamedOrHere } from './tasks.ts';

export interface InboxInput {
  /** One escalation with its whole context; a list when left out. */
  readonly id?: string;
  readonly all?: boolean;
}
export interface About {
  readonly state: TaskState;
  readonly title: string;
  readonly iterations: number;
  readonly tokens: number;
  readonly costUsd: number;
}
export interface Inbox {
  readonly escalations: readonly Escalation[];
  /** Set when one was asked for. */
  readonly shown: Escalation | null;
  /** How far the task is that it is about, and what that cost so far. */
  readonly about: About | null;
  /** What was said to the person and not seen yet; nobody waits for an answer to it. */
  readonly messages: readonly Message[];
}

/** What waits for a person, the most dangerous first; what nobody answered in time waits for them too. Refuses `escalation.unknown`. */
export async function inbox(ports: Ports, { id, all = false }: InboxInput): Promise<Inbox> {
  await settleRequests(ports);
  const known = await escalations(ports);
  const open = known.filter(({ state }) => state === 'open');
  const shown = known.find((one) => one.id === id);
  if (id !== undefined && !shown)
    throw new Refusal('escalation.unknown', { escalation: id, open: open.map((one) => one.id) });
  return {
    escalations: byDanger(all ? known : open),
    shown: shown ?? null,
    messages: await forPerson(ports),
    about: await aboutOf(ports, shown),
  };
}

async function aboutOf({ ledger }: Pick<Ports, 'ledger'>, shown: Escalation | undefined): Promise<About | null> {
  const entry = shown?.task ? await ledger.read(`tasks/${shown.task}`) : undefined;
  if (!entry) return null;
  const { state, title, iteration: iterations, usage } = taskOf(entry);
  return { state, title, iterations, tokens: usage.inputTokens + usage.outputTokens, costUsd: usage.costUsd };
}

export interface AskInput {
  readonly question: string;
  readonly task?: string;
}
export interface Asked {
  readonly id: string;
  readonly task: string;
  readonly branch: string;
  readonly question: string;
}

/**
 * Asks a person something on behalf of a task. The task goes on as it is: the answer comes with the next prompt.
 * Refuses `task.none` where no task can be told.
 */
export async function ask(ports: Ports, { question, task: name }: AskInput): Promise<Asked> {
  if (question.trim() === '')
    throw new Refusal('usage.bad', { problem: 'a question needs words', command: 'escalate' });
  const { id: task, branch } = await taskNamedOrHere(ports, name, 'ask for');
  const from = ports.self.env['GWT_AGENT_ID'];
  const context = from ? { notes: [`asked by ${from}`] } : {};
  const { id } = await openEscalation(ports, { branch, task, reason: 'question', summary: question, context });
  return { id, task, branch, question };
}
