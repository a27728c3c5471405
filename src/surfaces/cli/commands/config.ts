import { basename } from 'node:path';
import { nearest } from '../../../core/near.ts';
import { Refusal } from '../../../core/refusal.ts';
import { type ConfigShown, showConfig } from '../../../flows/config.ts';
import type { CommandSpec, Style } from '../command.ts';

type What = 'show' | 'schema';
type Answer = { readonly shown: ConfigShown } | { readonly schema: unknown };

export const configCommand: CommandSpec<What, Answer> = {
  usage: 'config [show|schema]',
  summary: 'the settings in force and where each came from, or their JSON Schema',
  details:
    'show (default): the settings in force, and the file each came from. schema: the JSON Schema of a config file, for editors. Config files: gwt.config.{yaml,json,js,mjs,cjs,ts}, .gwtrc*, the key "gwt" of package.json; and config.* in $XDG_CONFIG_HOME/gwt for yourself. The project wins.',
  options: [],
  examples: [
    { command: 'gwt config show', what: 'what holds here, and why' },
    { command: 'gwt config schema > gwt.schema.json', what: 'a schema for your editor' },
  ],
  input({ args: [what = 'show'] }) {
    if (what === 'show' || what === 'schema') return what;
    const [meant] = nearest(what, ['show', 'schema']);
    const problem = `there is no "config ${what}"${meant ? `; did you mean ${meant}?` : ''}`;
    throw new Refusal('usage.bad', { problem, command: 'config' });
  },
  flow: async (ports, what) =>
    what === 'show' ? { shown: await showConfig(ports) } : { schema: await ports.config.schema() },
  render: (answer, style) => ('shown' in answer ? lines(answer.shown, style) : JSON.stringify(answer.schema, null, 2)),
  json: (answer) => ('shown' in answer ? answer.shown : answer.schema),
};

function lines({ settings, files }: ConfigShown, { dim, cyan }: Style): string {
  const rows = settings.map(({ key, value, from }) => {
    const origin = from === 'default' ? dim('default') : basename(from);
    return `${cyan(key)}: ${JSON.stringify(value)}  ${dim('#')} ${origin}`;
  });
  const read = files.length === 0 ? 'No config file: these are the defaults.' : `Read: ${files.join(', ')}`;
  return [...rows, '', read].join('\n');
}
