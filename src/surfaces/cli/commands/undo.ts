import { Refusal } from '../../../core/refusal.ts';
import { type UndoInput, type Undone, undo } from '../../../flows/undo.ts';
import { type CommandSpec, text } from '../command.ts';
import { renderUndone } from '../render/undone.ts';

export const undoCommand: CommandSpec<UndoInput, Undone> = {
  usage: 'undo [n]',
  summary: 'take the last landing back, or the last n',
  details:
    'Puts the target back to where it stood before the landing, and its checkouts with it, local changes left alone; the ' +
    'tasks are finished again. Where others have built on it or it was pushed, only --revert takes it back. Landing it ' +
    'again is gwt merge.',
  options: [
    { flags: '--landing <id>', summary: 'back to before this landing; with --revert this one alone' },
    { flags: '--revert', summary: 'take it back with commits on top, as git revert does; what came later stays' },
    { flags: '--into <branch>', summary: 'the branch it landed on, where that is not the target' },
    { flags: '--dry-run', summary: 'say what would be taken back, and change nothing' },
  ],
  examples: [
    { command: 'gwt undo', what: 'the target stands where it stood before the last gwt merge' },
    { command: 'gwt undo --landing 3 --revert', what: 'what landing 3 brought is gone, all else stays' },
  ],
  input({ args, options }) {
    const into = text(options['into']);
    const id = text(options['landing']);
    const [wanted] = args;
    if (wanted !== undefined && !/^[1-9]\d{0,8}$/.test(wanted))
      throw new Refusal('usage.bad', {
        problem: `how many landings is a number from 1 on, not ${wanted}; one landing by its name is --landing <id>`,
        command: 'undo',
      });
    const count = wanted === undefined ? undefined : Number(wanted);
    if (id !== undefined && count !== undefined)
      throw new Refusal('usage.bad', { problem: 'a number and --landing do not go together', command: 'undo' });
    return {
      ...(into ? { into } : {}),
      ...(id ? { id } : {}),
      ...(count ? { count } : {}),
      revert: options['revert'] === true,
      dryRun: options['dryRun'] === true,
    };
  },
  flow: undo,
  render: renderUndone,
};
