import { type Events, type EventsInput, events } from '../../../flows/events.ts';
import { type CommandSpec, numberOption, text } from '../command.ts';
import { lineOfEvent } from '../render/event-line.ts';

export const eventsCommand: CommandSpec<EventsInput, Events> = {
  usage: 'events [task]',
  summary: 'the stream of everything that happens',
  details:
    'Tells what happened in all tasks, landings and questions, the oldest first, and with -f what happens from now on. ' +
    'With --json each line is one event: `id` names it for good, `event` has its facts.',
  options: [
    { flags: '-f, --follow', summary: 'go on with what happens, until Ctrl-C; of the past the last 10' },
    { flags: '-n, --count <n>', summary: 'of the past only so many, the newest' },
    { flags: '--after <id>', summary: 'only what came after this event' },
  ],
  examples: [
    { command: 'gwt events -f', what: 'look on while agents work' },
    { command: 'gwt events -f --json | jq -c .event', what: 'feed a program of your own' },
  ],
  input({ args, options }) {
    const follow = options['follow'] === true;
    const after = text(options['after']);
    const count = numberOption(options, 'count', 'events') ?? (follow && after === undefined ? 10 : undefined);
    return {
      ...(args[0] ? { task: args[0] } : {}),
      ...(count === undefined ? {} : { count }),
      ...(after === undefined ? {} : { after }),
      follow,
    };
  },
  flow: (ports, input, out, { json, style }) =>
    events(ports, input, (entry) => out(`${json ? JSON.stringify(entry) : lineOfEvent(entry, style)}\n`)),
  streams: () => true,
  render: () => '',
};
