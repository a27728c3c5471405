import type { Note } from '../../../core/notes.ts';
import { type NoteInput, note } from '../../../flows/agent/tell.ts';
import type { CommandSpec } from '../command.ts';
import { printable } from '../refused.ts';

export const noteCommand: CommandSpec<NoteInput, { readonly task: string } & Note> = {
  usage: 'note <task> <text...>',
  summary: 'tell a task something; its agent reads it with the next prompt',
  options: [],
  examples: [{ command: "gwt note login 'the API changed: use v2'", what: 'a word to the agent of login' }],
  input: ({ args: [task = '', ...words] }) => ({ task, text: words.join(' ') }),
  flow: note,
  render: ({ task, text }) => printable(`Noted for ${task}: ${text}`),
};
