import type { Task } from './task.ts';
import { isActive } from './task.ts';

/**
 * What a message is for. status: how far somebody is · request: an answer is wanted · context: what one should know ·
 * command: what is to be done · escalation: a person has to decide · decision: what was decided
 */
export const MESSAGE_TYPES = ['status', 'request', 'context', 'command', 'escalation', 'decision'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** The one who steers, as a recipient. */
export const PERSON = '@person';

/** Something said: ledger entry `messages/<id>`, document `message.json`. What tasks are to read of it stands with them. */
export interface Message {
  readonly version: 1;
  readonly id: number;
  readonly at: string;
  readonly from: string;
  /** The task whose agent speaks. */
  readonly task?: string;
  /** As it was addressed: a task, `@role`, `@all` or `@person`. */
  readonly to: string;
  readonly type: MessageType;
  readonly text: string;
  readonly replyTo?: number;
  /** The first message of the talk it belongs to. */
  readonly thread: number;
  /** Tasks that it went to. */
  readonly recipients: readonly string[];
  /** The question to a person that it became. */
  readonly escalation?: string;
  /** When the person it is for has seen it. */
  readonly readAt?: string;
}

/** The tasks that a message to `@all` or to `@role` goes to: all at work of that role but the one who speaks. */
export function addressed(to: string, tasks: readonly Task[], speaker: string | undefined): readonly string[] {
  const role = to.slice(1);
  return tasks
    .filter((task) => task.ready && isActive(task) && task.id !== speaker)
    .filter((task) => role === 'all' || task.role === role)
    .map(({ id }) => id);
}

/** True for a message that a person has to decide about: it becomes a question in the inbox. */
export const isQuestion = (type: MessageType, to: string): boolean =>
  type === 'escalation' || (type === 'request' && to === PERSON);
