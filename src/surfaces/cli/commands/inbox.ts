import type { Message } from '../../../core/message.ts';
import { Refusal } from '../../../core/refusal.ts';
import { type Inbox, type InboxInput, inbox } from '../../../flows/inbox.ts';
import { type Box, type BoxInput, markRead, taskBox, thread } from '../../../flows/messages/box.ts';
import type { Ports } from '../../../ports.ts';
import { type CommandSpec, text } from '../command.ts';
import { renderBox, renderTalk } from '../render/box.ts';
import { renderInbox } from '../render/inbox.ts';

type Asked =
  | ({ readonly of: 'person'; readonly read: boolean } & InboxInput)
  | ({ readonly of: 'task' } & BoxInput)
  | { readonly of: 'talk'; readonly message: number };
type Answered =
  | ({ readonly of: 'person' } & Inbox)
  | ({ readonly of: 'task' } & Box)
  | { readonly of: 'talk'; readonly messages: readonly Message[] };

export const inboxCommand: CommandSpec<Asked, Answered> = {
  usage: 'inbox [what] [number]',
  summary: 'what waits for you to decide, and what was said to you',
  details:
    'Lists the open escalations, the most dangerous first, and what agents said to @person. `gwt inbox show <number>` shows one ' +
    'with all that is needed to decide, `gwt inbox thread <number>` the talk a message belongs to. With --task, and for an ' +
    'agent that gwt started, it is what that task is to read.',
  options: [
    { flags: '--all', summary: 'those that are answered or read too' },
    { flags: '--read', summary: 'what was said to you counts as seen' },
    { flags: '--task <name>', summary: 'what this task is to read' },
    { flags: '--ack', summary: 'what the task is shown counts as read: its next prompt does not say it' },
  ],
  examples: [
    { command: 'gwt inbox', what: 'the questions that are open' },
    { command: 'gwt inbox show 3', what: 'both sides, what was tried, and the commands that answer it' },
    { command: 'gwt inbox --task login', what: 'what the next prompt of login will say' },
  ],
  input({ args, options }, { self: { env } }) {
    const [first, second] = args;
    const all = options['all'] === true;
    const task = text(options['task']) ?? (first === undefined && env['GWT_AGENT_ID'] ? env['GWT_TASK'] : undefined);
    if (task) return { of: 'task', task, all, ack: options['ack'] === true };
    if (first === 'thread') return { of: 'talk', message: numberOf(second) };
    const id = first === 'show' ? second : first;
    if (first === 'show' && second === undefined)
      throw new Refusal('usage.bad', { problem: 'gwt inbox show needs a number', command: 'inbox' });
    return { of: 'person', ...(id ? { id } : {}), all, read: options['read'] === true };
  },
  async flow(ports, input): Promise<Answered> {
    if (input.of === 'task') return { of: 'task', ...(await taskBox(ports, input)) };
    if (input.of === 'talk') return { of: 'talk', messages: await thread(ports, input.message) };
    return { of: 'person', ...(await personal(ports, input, input.read)) };
  },
  render(result, style) {
    if (result.of === 'task') return renderBox(result, style);
    return result.of === 'talk' ? renderTalk(result.messages, style) : renderInbox(result, style);
  },
  json({ of, ...result }) {
    if (!('shown' in result)) return result;
    const { shown, about, escalations, messages } = result;
    return shown ? { ...shown, about } : { escalations, messages };
  },
};

async function personal(ports: Ports, input: InboxInput, read: boolean): Promise<Inbox> {
  const found = await inbox(ports, input);
  if (!read) return found;
  await markRead(
    ports,
    found.messages.map(({ id }) => id),
  );
  return found;
}

function numberOf(word = ''): number {
  if (/^[1-9]\d{0,8}$/.test(word)) return Number(word);
  throw new Refusal('usage.bad', { problem: 'gwt inbox thread needs the number of a message', command: 'inbox' });
}
