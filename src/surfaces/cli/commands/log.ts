import { type Log, type LogInput, log } from '../../../flows/log.ts';
import { type CommandSpec, numberOption } from '../command.ts';
import { lineOfEvent } from '../render/event-line.ts';

export const logCommand: CommandSpec<LogInput, Log> = {
  usage: 'log [task]',
  summary: 'what happened, from the ledger',
  options: [{ flags: '-n, --count <n>', summary: 'only the newest' }],
  examples: [
    { command: 'gwt log login', what: 'the history of login' },
    { command: 'gwt log -n 20', what: 'the last 20 things that happened anywhere' },
  ],
  input: ({ args, options }) => ({
    ...(args[0] ? { task: args[0] } : {}),
    count: numberOption(options, 'count', 'log'),
  }),
  flow: log,
  render: ({ entries, older }, style) => {
    const lines = entries.map((entry) => lineOfEvent(entry, style));
    if (older > 0) lines.unshift(style.dim(`… ${older} older`));
    return lines.length === 0 ? 'Nothing has happened yet.' : lines.join('\n');
  },
};
