import { MESSAGE_TYPES, type Message, type MessageType } from '../../../core/message.ts';
import { Refusal } from '../../../core/refusal.ts';
import { type SendInput, send } from '../../../flows/messages/send.ts';
import { allTasks } from '../../../flows/tasks.ts';
import { type CommandSpec, numberOption, text } from '../command.ts';
import { printable } from '../refused.ts';

export const noteCommand: CommandSpec<SendInput, Message> = {
  usage: 'note <to> [text...]',
  summary: 'tell a task, a role or everybody something; agents read it with their next prompt',
  details:
    'Says something to a task, to all tasks of a role (@coder), to all tasks (@all), or to the person (@person). Each agent ' +
    'reads it with its next prompt, once. An escalation, and a request to the person, become a question in the inbox. ' +
    'With --reply-to the one who said that is told, unless somebody else is named.',
  options: [
    { flags: '--type <type>', summary: `${MESSAGE_TYPES.join(', ')}; context when left out` },
    { flags: '--reply-to <number>', summary: 'in answer to this message' },
  ],
  examples: [
    { command: "gwt note login 'the API changed: use v2'", what: 'a word to the agent of login' },
    { command: "gwt note @tester 'who covers the parser?' --type request", what: 'to all testers at work' },
    { command: "gwt note --reply-to 7 'I do'", what: 'to whoever said number 7' },
  ],
  async input({ args, options }, ports) {
    const replyTo = numberOption(options, 'replyTo', 'note');
    const type = text(options['type']);
    if (type !== undefined && !(MESSAGE_TYPES as readonly string[]).includes(type))
      throw new Refusal('usage.bad', { problem: `--type is one of ${MESSAGE_TYPES.join(', ')}`, command: 'note' });
    const [first = '', ...rest] = args;
    const named = replyTo === undefined || first.startsWith('@') || (await isTask(first, rest));
    return {
      ...(named ? { to: first } : {}),
      text: (named ? rest : args).join(' '),
      ...(type ? { type: type as MessageType } : {}),
      ...(replyTo === undefined ? {} : { replyTo }),
    };

    async function isTask(word: string, others: readonly string[]): Promise<boolean> {
      return others.length > 0 && (await allTasks(ports)).some(({ id }) => id === word);
    }
  },
  flow: send,
  json: (message) => ({ ...message, ...(message.recipients.length === 1 ? { task: message.recipients[0] } : {}) }),
  render: (message) => printable(rendered(message)),
};

function rendered({ id, to, recipients, escalation, text: said }: Message): string {
  const many = to.startsWith('@') && recipients.length > 0 ? ` (${recipients.join(', ')})` : '';
  const asked = escalation ? `\nIt waits in the inbox as escalation ${escalation}.` : '';
  return `Message ${id}, noted for ${to}${many}: ${said}${asked}`;
}
