import { Refusal } from '../../../core/refusal.ts';
import { type Inbox, type InboxInput, inbox } from '../../../flows/inbox.ts';
import type { CommandSpec } from '../command.ts';
import { renderInbox } from '../render/inbox.ts';

export const inboxCommand: CommandSpec<InboxInput, Inbox> = {
  usage: 'inbox [what] [number]',
  summary: 'what waits for you to decide',
  details: 'Lists the open escalations. `gwt inbox show <number>` shows one with all that is needed to decide.',
  options: [{ flags: '--all', summary: 'those that are answered too' }],
  examples: [
    { command: 'gwt inbox', what: 'the questions that are open' },
    { command: 'gwt inbox show 3', what: 'both sides, what was tried, and the commands that answer it' },
  ],
  input({ args, options }) {
    const [first, second] = args;
    const id = first === 'show' ? second : first;
    if (first === 'show' && second === undefined)
      throw new Refusal('usage.bad', { problem: 'gwt inbox show needs a number', command: 'inbox' });
    return { ...(id ? { id } : {}), all: options['all'] === true };
  },
  flow: inbox,
  render: renderInbox,
  json: ({ escalations, shown }) => shown ?? { escalations },
};
