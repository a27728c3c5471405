import { type Logs, type LogsInput, logs } from '../../../flows/logs.ts';
import { type CommandSpec, numberOption } from '../command.ts';
import { plain } from '../render/plain.ts';

export const logsCommand: CommandSpec<LogsInput, Logs> = {
  usage: 'logs [task]',
  summary: "the transcript of a task's agent",
  options: [
    { flags: '-f, --follow', summary: 'go on as more comes, into later iterations, until the loop ends' },
    { flags: '--iteration <n>', summary: 'of this iteration; default: the last' },
  ],
  examples: [{ command: 'gwt logs login -f', what: 'watch the agent of login' }],
  input: ({ args, options }) => ({
    task: args[0],
    iteration: numberOption(options, 'iteration', 'logs'),
    follow: options['follow'] === true,
  }),
  flow: (ports, input, out) => logs(ports, input, (text) => out(plain(text))),
  render: () => '',
};
