import type { Message } from '../../core/message.ts';
import { PERSON } from '../../core/message.ts';
import { acknowledged, type Note, notesOf } from '../../core/notes.ts';
import { document, parsed } from '../../core/records.ts';
import type { Ports } from '../../ports.ts';
import { changeTask, taskNamed } from '../tasks.ts';
import { messageNamed } from './send.ts';

export interface BoxInput {
  readonly task: string;
  /** Those that were read too. */
  readonly all?: boolean;
  /** What is shown counts as read: no prompt says it any more. */
  readonly ack?: boolean;
}
export interface Box {
  readonly task: string;
  readonly messages: readonly Note[];
  /** How many nobody has read yet. */
  readonly unread: number;
}

/** What a task is to read: what no prompt has said yet. */
export async function taskBox(ports: Ports, { task: name, all = false, ack = false }: BoxInput): Promise<Box> {
  const { id } = await taskNamed(ports, name);
  let before: readonly Note[] = [];
  const isFresh = ({ delivered }: Note) => delivered === undefined;
  const at = new Date(ports.clock.now()).toISOString();
  await changeTask(ports, id, (task, docs) => {
    before = notesOf(docs);
    const count = before.filter(isFresh).length;
    if (!ack || count === 0) return undefined;
    return {
      event: { type: 'note.read', at, task: id, count },
      docs: { 'notes.json': acknowledged(docs, task.iteration) },
    };
  });
  const unread = before.filter(isFresh);
  return { task: id, messages: all ? before : unread, unread: ack ? 0 : unread.length };
}

/** All that was said in the talk that a message belongs to, the oldest first. Refuses `message.unknown`. */
export async function thread(ports: Pick<Ports, 'ledger'>, id: number): Promise<readonly Message[]> {
  const { thread } = await messageNamed(ports, id);
  return (await messages(ports)).filter((one) => one.thread === thread);
}

/** What was said to the person and not seen yet, the oldest first. */
export async function forPerson(ports: Pick<Ports, 'ledger'>): Promise<readonly Message[]> {
  const all = await messages(ports);
  return all.filter(({ to, readAt, escalation }) => to === PERSON && readAt === undefined && escalation === undefined);
}

/** These messages were seen by the person. */
export async function markRead(ports: Pick<Ports, 'ledger' | 'clock'>, ids: readonly number[]): Promise<void> {
  const at = new Date(ports.clock.now()).toISOString();
  for (const id of ids) {
    const key = `messages/${id}` as const;
    await ports.ledger.transact({ keys: [key] }, (view) => {
      const entry = view.entry(key);
      const message = entry && parsed<Message>(entry, 'message.json');
      if (!message || message.readAt !== undefined) return { writes: [], result: undefined };
      const docs = { 'message.json': document({ ...message, readAt: at }) };
      return { writes: [{ key, event: { type: 'message.seen', at, message: id }, docs }], result: undefined };
    });
  }
}

async function messages({ ledger }: Pick<Ports, 'ledger'>): Promise<readonly Message[]> {
  const entries = await ledger.list('messages', ['message.json']);
  return entries.map((entry) => parsed<Message>(entry, 'message.json')).sort((a, b) => a.id - b.id);
}
