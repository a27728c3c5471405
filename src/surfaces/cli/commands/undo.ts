import { type UndoInput, type Undone, undo } from '../../../flows/undo.ts';
import { type CommandSpec, text } from '../command.ts';

export const undoCommand: CommandSpec<UndoInput, Undone> = {
  usage: 'undo',
  summary: 'take the last landing back',
  options: [
    { flags: '--into <branch>', summary: 'the branch it landed on, where that is not the target' },
    { flags: '--dry-run', summary: 'say what would be taken back, and change nothing' },
  ],
  examples: [{ command: 'gwt undo', what: 'the target stands where it stood before the last gwt merge' }],
  input({ options }) {
    const into = text(options['into']);
    return { ...(into ? { into } : {}), dryRun: options['dryRun'] === true };
  },
  flow: undo,
  render: ({ target, landing, before, after, branches, dryRun }) =>
    `${dryRun ? 'Would take back' : 'Took back'} landing ${landing}: ${branches.join(', ')}\n` +
    `${target} ${before.slice(0, 10)} → ${after.slice(0, 10)}; the commits are kept in refs/gwt/landings/${landing}`,
};
