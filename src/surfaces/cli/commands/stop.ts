import { type StopInput, type Stopped, stop } from '../../../flows/stop.ts';
import type { CommandSpec } from '../command.ts';
import { printable } from '../refused.ts';

const said = {
  stopped: 'stopped',
  killed: 'did not end by itself and was killed',
  stale: 'its loop had died; put in order',
  idle: 'no loop is running',
} as const;

export const stopCommand: CommandSpec<StopInput, Stopped> = {
  usage: 'stop [task...]',
  summary: 'end running loops; their work and place are kept',
  options: [{ flags: '--all', summary: 'every loop of this repository' }],
  examples: [{ command: 'gwt stop login', what: 'end the loop on login; gwt loop login goes on later' }],
  input: ({ args, options }) => ({ tasks: args, all: options['all'] === true }),
  flow: stop,
  render: ({ tasks }) =>
    printable(
      tasks.length === 0
        ? 'No loop is running.'
        : tasks
            .map(
              ({ id, outcome, pid, also }) =>
                `${id}: ${said[outcome]}${pid ? ` (pid ${pid})` : ''}${also.length > 0 ? `, and with it ${also.join(', ')}` : ''}`,
            )
            .join('\n'),
    ),
};
