import { addressed, isQuestion, type Message, type MessageType, PERSON } from '../../core/message.ts';
import { withNote } from '../../core/notes.ts';
import { document, parsed, taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Key, Ports, Write } from '../../ports.ts';
import { lastNumber, openEscalation } from '../escalate.ts';
import { allTasks, taskHere, taskNamed } from '../tasks.ts';
import { speaker } from './speaker.ts';

export interface SendInput {
  /** A task, `@role`, `@all` or `@person`; left out: who said what this replies to. */
  readonly to?: string;
  readonly text: string;
  /** `context` when left out. */
  readonly type?: MessageType;
  readonly replyTo?: number;
  /** Who speaks, where it is neither the agent here nor the person. */
  readonly from?: string;
}

/**
 * Says something to a task, to all of a role, to everybody, or to the person. Each task it is for reads it with its next
 * prompt, once. Refuses `message.unknown`, `message.nobody`, `task.unknown`.
 */
export async function send(ports: Ports, input: SendInput): Promise<Message> {
  const { text, type = 'context', replyTo } = input;
  if (text.trim() === '') throw new Refusal('usage.bad', { problem: 'a note needs a text', command: 'note' });
  const before = replyTo === undefined ? undefined : await messageNamed(ports, replyTo);
  const sender = input.from === undefined ? await taskSpeaking(ports) : undefined;
  const to = input.to ?? before?.task ?? (before ? PERSON : undefined);
  if (to === undefined) throw new Refusal('task.none', { doing: 'tell something' });
  const recipients = await recipientsOf(ports, to, sender);
  const draft: Omit<Message, 'id' | 'thread'> = {
    version: 1,
    at: new Date(ports.clock.now()).toISOString(),
    from: input.from ?? (await speaker(ports)),
    ...(sender ? { task: sender } : {}),
    to: to.startsWith('@') ? to : (recipients[0] ?? to),
    type,
    text,
    ...(replyTo === undefined ? {} : { replyTo }),
    recipients,
    ...(isQuestion(type, to) ? await asked(ports, text, sender ?? recipients[0]) : {}),
  };
  for (let number = await lastNumber(ports, 'messages'); ; ) {
    number += 1;
    const message = { ...draft, id: number, thread: before?.thread ?? number };
    if (await written(ports, message)) return message;
  }
}

/** The message of that number. Refuses `message.unknown`. */
export async function messageNamed({ ledger }: Pick<Ports, 'ledger'>, id: number): Promise<Message> {
  const entry = await ledger.read(`messages/${id}`);
  if (!entry) throw new Refusal('message.unknown', { message: id });
  return parsed<Message>(entry, 'message.json');
}

/** Only an agent speaks for a task: a person who stands in its worktree speaks for themselves. */
async function taskSpeaking(ports: Ports): Promise<string | undefined> {
  const { env } = ports.self;
  if (!env['GWT_AGENT_ID'] && !env['GWT_TASK']) return undefined;
  return (await taskHere(ports))?.id;
}

async function recipientsOf(ports: Ports, to: string, sender: string | undefined): Promise<readonly string[]> {
  if (to === PERSON) return [];
  if (!to.startsWith('@')) return [(await taskNamed(ports, to)).id];
  const tasks = await allTasks(ports);
  const found = addressed(to, tasks, sender);
  if (found.length > 0) return found;
  throw new Refusal('message.nobody', { to, roles: [...new Set(tasks.map(({ role }) => role))].filter(Boolean) });
}

/** The question that a person answers; what is about no task is only said. */
async function asked(ports: Ports, summary: string, about: string | undefined): Promise<Pick<Message, 'escalation'>> {
  if (about === undefined) return {};
  const { id: task, branch } = await taskNamed(ports, about);
  const context = { notes: [`asked by ${await speaker(ports)}`] };
  const { id } = await openEscalation(ports, { branch, task, reason: 'question', summary, context });
  return { escalation: id };
}

/** All that are to read it hear of it in one step; false when the number is taken. */
async function written(ports: Ports, message: Message): Promise<boolean> {
  const { id, at, from, to, type, text, replyTo, recipients } = message;
  const key: Key = `messages/${id}`;
  const keys: Key[] = [key, ...recipients.map((task) => `tasks/${task}` as const)];
  const said = { at, from, text, id, type, ...(replyTo === undefined ? {} : { replyTo }) };
  const event = { type: 'message.sent', at, message: id, from, to, kind: type, text } as const;
  const done = await ports.ledger.transact({ keys }, (view) => {
    if (view.entry(key)) return { writes: [], result: false };
    const noted = recipients.flatMap((task): Write[] => {
      const entry = view.entry(`tasks/${task}`);
      if (!entry) return [];
      const told = { type: 'note.added', at, task: taskOf(entry).id, from, text, message: id } as const;
      return [{ key: entry.key, event: told, docs: { 'notes.json': withNote(entry.docs, said) } }];
    });
    return { writes: [{ key, event, docs: { 'message.json': document(message) } }, ...noted], result: true };
  });
  if (done) ports.report(event);
  return done;
}
