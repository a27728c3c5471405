import type { ShownEpic } from '../../../flows/epics.ts';
import { type Show, type ShowInput, showAny } from '../../../flows/show.ts';
import type { CommandSpec } from '../command.ts';
import { renderEpic } from '../render/epic.ts';
import { renderShow } from '../render/show.ts';

export const showCommand: CommandSpec<ShowInput, Show | ShownEpic> = {
  usage: 'show [task]',
  summary: 'everything about one task, or how far an epic is',
  options: [{ flags: '--proof', summary: 'only why each story counts as passed' }],
  examples: [
    { command: 'gwt show login', what: 'facts, stories, verdicts, checkpoints, and what to type next' },
    {
      command: 'gwt show login --proof',
      what: 'for each story that passes: gates, commands, the tree they judged, logs',
    },
  ],
  input: ({ args, options }) => ({
    ...(args[0] ? { task: args[0] } : {}),
    ...(options['proof'] === true ? { proof: true } : {}),
  }),
  flow: showAny,
  render: (result, style) => ('parts' in result ? renderEpic(result, style) : renderShow(result, style)),
};
