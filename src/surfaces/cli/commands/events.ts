import { type Events, type EventsInput, events } from '../../../flows/events.ts';
import { type Delivered, type DeliverInput, deliver } from '../../../flows/outlet/deliver.ts';
import { type CommandSpec, numberOption, text } from '../command.ts';
import { printable } from '../refused.ts';
import { lineOfEvent } from '../render/event-line.ts';

type Asked = (EventsInput & { readonly deliver?: false }) | ({ readonly deliver: true } & DeliverInput);

export const eventsCommand: CommandSpec<Asked, Events | Delivered> = {
  usage: 'events [task]',
  summary: 'the stream of everything that happens',
  details:
    'Tells what happened in all tasks, landings and questions, the oldest first, and with -f what happens from now on. ' +
    'With --json each line is one event: `id` names it for good, `event` has its facts.',
  options: [
    { flags: '-f, --follow', summary: 'go on with what happens, until Ctrl-C; of the past the last 10' },
    { flags: '-n, --count <n>', summary: 'of the past only so many, the newest' },
    { flags: '--after <id>', summary: 'only what came after this event' },
    {
      flags: '--deliver',
      summary: 'run what `on` in the config names for what it was not told yet; gwt does so by itself',
    },
    { flags: '--since <time>', summary: 'with --deliver, the first time: what happened from then on (ISO time)' },
  ],
  examples: [
    { command: 'gwt events -f', what: 'look on while agents work' },
    { command: 'gwt events -f --json | jq -c .event', what: 'feed a program of your own' },
  ],
  input({ args, options }) {
    const since = text(options['since']);
    if (options['deliver'] === true) return { deliver: true, ...(since ? { since } : {}) };
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
  async flow(ports, input, out, { json, style }) {
    if (!input.deliver)
      return events(ports, input, (entry) => out(`${json ? JSON.stringify(entry) : lineOfEvent(entry, style)}\n`));
    const done = await deliver(ports, input);
    out(json ? `${JSON.stringify(done)}\n` : deliveredWords(done));
    return done;
  },
  streams: () => true,
  render: () => '',
};

const HELD = {
  busy: 'Another gwt is telling what happened.\n',
  unapproved: 'The commands under `on` were not approved on this machine: run this in a terminal, or add --yes.\n',
} as const;

function deliveredWords({ delivered, held }: Delivered): string {
  const rows = delivered.map(({ name, handler, problem }) =>
    printable(`${name}: ${handler}${problem ? `, ${problem}` : ''}\n`),
  );
  return rows.join('') + (held ? HELD[held] : '');
}
