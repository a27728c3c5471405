import { type Consented, type ConsentInput, consent } from '../../../flows/consent.ts';
import type { CommandSpec } from '../command.ts';
import { printable } from '../refused.ts';
import { renderMerged } from '../render/merged.ts';
import { exitOfMerge } from './merge.ts';

export const approveCommand: CommandSpec<ConsentInput, Consented> = {
  usage: 'approve <name>',
  summary: 'let a task or branch land that waits for your approval',
  details:
    'Approves a task or a branch as it is now: this very commit may land, and a later one needs another approval. Which changes ' +
    'need it is said in the config, by path and by label (`approve`). What waited for nothing else lands at once.',
  options: [{ flags: '--no-land', summary: 'leave the landing to whoever lands next' }],
  examples: [
    { command: 'gwt inbox', what: 'what waits for approval, and why' },
    { command: 'gwt approve login', what: 'login lands' },
  ],
  input: ({ args, options }) => ({ name: args[0] ?? '', land: options['land'] !== false }),
  flow: consent,
  render(result, style) {
    const merged = result.merged ? `\n${renderMerged(result.merged, style)}` : '';
    return `${printable(said(result))}${merged}`;
  },
  exit: ({ merged }) => (merged ? exitOfMerge(merged) : 0),
};

function said({ branch, task, head, holder }: Consented): string {
  const then = holder ? `; it lands with ${holder}` : '';
  return `Approved ${task ?? branch} at ${head.slice(0, 10)}${then}.`;
}
