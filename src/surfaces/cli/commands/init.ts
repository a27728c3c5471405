import { type Init, type InitInput, init } from '../../../flows/init.ts';
import { type CommandSpec, text } from '../command.ts';

export const initCommand: CommandSpec<InitInput, Init> = {
  usage: 'init',
  summary: 'prepare this repository',
  options: [
    { flags: '--target <branch>', summary: 'the branch that work lands on; default: the one checked out' },
    { flags: '--dry-run', summary: 'show what would change, and change nothing' },
  ],
  examples: [{ command: 'gwt init', what: 'work will land on the branch that is checked out now' }],
  input: ({ options }) => {
    const target = text(options['target']);
    return { ...(target ? { target } : {}), dryRun: options['dryRun'] === true };
  },
  flow: init,
  render: ({ target, changes, dryRun }) =>
    changes.length === 0
      ? `Already prepared: work lands on ${target}.`
      : [
          `${dryRun ? 'Would prepare' : 'Prepared'}: work lands on ${target}.`,
          ...changes.map((change) => `  ${change}`),
        ].join('\n'),
};
