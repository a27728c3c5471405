import { type Show, show } from '../../../flows/show.ts';
import type { CommandSpec } from '../command.ts';
import { renderShow } from '../render/show.ts';

export const showCommand: CommandSpec<{ readonly task?: string }, Show> = {
  usage: 'show [task]',
  summary: 'everything about one task',
  options: [],
  examples: [{ command: 'gwt show login', what: 'facts, stories, verdicts, checkpoints, and what to type next' }],
  input: ({ args }) => (args[0] ? { task: args[0] } : {}),
  flow: show,
  render: renderShow,
};
