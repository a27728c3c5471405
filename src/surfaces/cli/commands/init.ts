import { Refusal } from '../../../core/refusal.ts';
import { type Init, type InitInput, init } from '../../../flows/init.ts';
import { type UninitInput, uninit } from '../../../flows/uninit.ts';
import { type CommandSpec, text } from '../command.ts';

type Wanted = { readonly remove?: UninitInput; readonly prepare?: InitInput };
type Answer = Init & { readonly removed: boolean };

export const initCommand: CommandSpec<Wanted, Answer> = {
  usage: 'init',
  summary: 'prepare this repository, or take gwt out of it again',
  details:
    'Prepares this repository: tells git that worktrees may have settings of their own, and remembers where work lands. Nothing of yours is changed; doing it twice changes nothing. Other commands do it on their own when it was not done.',
  options: [
    { flags: '--target <branch>', summary: 'the branch that work lands on; default: the one checked out' },
    { flags: '--config', summary: 'also write a gwt.config.yaml to begin with' },
    { flags: '--dry-run', summary: 'show what would change, and change nothing' },
    { flags: '--remove', summary: 'take all of it out again; the ledger stays' },
    {
      flags: '--purge',
      summary: 'with --remove: delete the ledger too, and with it what gwt restore could bring back',
    },
  ],
  examples: [
    { command: 'gwt init', what: 'work will land on the branch that is checked out now' },
    { command: 'gwt init --config', what: 'the same, with a config file that explains itself' },
    { command: 'gwt init --remove --dry-run', what: 'what taking gwt out would change' },
  ],
  input({ options }) {
    const dryRun = options['dryRun'] === true;
    const purge = options['purge'] === true;
    const target = text(options['target']);
    if (options['remove'] === true) return { remove: { dryRun, purge } };
    if (purge) throw new Refusal('usage.bad', { problem: '--purge goes with --remove', command: 'init' });
    return { prepare: { ...(target ? { target } : {}), dryRun, config: options['config'] === true } };
  },
  flow: async (ports, { remove, prepare }) =>
    remove
      ? { ...(await uninit(ports, remove)), removed: true }
      : { ...(await init(ports, prepare ?? {})), removed: false },
  render: ({ target, changes, dryRun, removed }) => {
    const lines = changes.map((change) => `  ${change}`);
    if (removed) return [`${dryRun ? 'Would take out' : 'Taken out'}:`, ...lines].join('\n');
    if (changes.length === 0) return `Already prepared: work lands on ${target}.`;
    return [`${dryRun ? 'Would prepare' : 'Prepared'}: work lands on ${target}.`, ...lines].join('\n');
  },
};
