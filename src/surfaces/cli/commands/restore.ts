import { type Restored, type RestoreInput, restore } from '../../../flows/restore.ts';
import { type CommandSpec, numberOption } from '../command.ts';
import { printable } from '../refused.ts';

export const restoreCommand: CommandSpec<RestoreInput, Restored> = {
  usage: 'restore [task]',
  summary: 'bring a removed task back with branch, index and files',
  details: `Brings a removed task back: branch, commits, index, uncommitted and untracked files, and its state. From the trash
folder while that is there, else from the last checkpoint. Nothing that is there now is overwritten.
Without a name it lists what can be brought back.`,
  options: [{ flags: '--checkpoint <n>', summary: 'take the files from this checkpoint' }],
  examples: [
    { command: 'gwt restore', what: 'what can be brought back' },
    { command: 'gwt restore login', what: 'bring login back as it was' },
  ],
  input({ args, options }) {
    return { ...(args[0] ? { task: args[0] } : {}), checkpoint: numberOption(options, 'checkpoint', 'restore') };
  },
  flow: restore,
  render: (result) => printable(said(result)),
};

function said(result: Restored): string {
  if (result.outcome === 'list') {
    if (result.tasks.length === 0) return 'Nothing was removed that could come back.';
    return result.tasks
      .map(({ id, at, trash, checkpoints }) => {
        const from = [trash ? `trash folder ${trash}` : '', counted(checkpoints.length)].filter(Boolean).join(', ');
        return `${id}  removed ${at.slice(0, 16).replace('T', ' ')}  ${from}\n    gwt restore ${id}`;
      })
      .join('\n');
  }
  const { task, from, missing } = result;
  const source =
    from === 'place'
      ? 'it had never left its place'
      : from === 'ledger'
        ? 'what gwt knew of it is back as its newest checkpoint has it; worktree and branch were not touched'
        : `files from ${from.startsWith('checkpoint ') ? from : `the ${from}`}`;
  const lines = [`Restored ${task.id} (${task.state}): ${source}`, `  ${task.branch}  ${task.worktree}`];
  if (missing.length > 0) lines.push(`  not in that checkpoint: ${missing.join(', ')}`);
  return lines.join('\n');
}

const counted = (checkpoints: number): string =>
  checkpoints === 0 ? '' : `${checkpoints} checkpoint${checkpoints === 1 ? '' : 's'}`;
