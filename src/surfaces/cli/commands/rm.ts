import { Refusal } from '../../../core/refusal.ts';
import { type Removed, type RemovedTask, type RemoveInput, remove } from '../../../flows/remove.ts';
import type { CommandSpec } from '../command.ts';
import { printable } from '../refused.ts';
import { sizeOf } from '../render/age.ts';

export const rmCommand: CommandSpec<RemoveInput, Removed> = {
  usage: 'rm <task...>',
  summary: 'take tasks out of the way; gwt restore brings them back',
  details: `Takes tasks out of the way; gwt restore brings them back.

A checkpoint is saved first, the worktree's folder is moved to the trash folder with all its ignored files, and the
branch is deleted only after its commits are kept under refs/gwt/trash. An adopted branch always stays.`,
  options: [
    { flags: '--keep-branch', summary: 'leave the branch where it is' },
    { flags: '--delete-branch', summary: 'the default: delete it, its commits are kept' },
  ],
  examples: [{ command: 'gwt rm login', what: 'remove worktree and branch of login' }],
  input({ args, options }) {
    if (options['keepBranch'] && options['deleteBranch'])
      throw new Refusal('usage.bad', {
        problem: '--keep-branch and --delete-branch exclude each other',
        command: 'rm',
      });
    return { tasks: args, keepBranch: options['keepBranch'] === true };
  },
  flow: remove,
  render: ({ tasks }) => printable(tasks.map(said).join('\n')),
};

/** Ignored files below this are not worth a line. */
const LARGE = 1_000_000;

function said({ id, branch, branchKept, trash, checkpoint, ignored, left, closed, already }: RemovedTask): string {
  const lines = [`Removed ${id}; back with: gwt restore ${id}`];
  if (trash) lines.push(`  worktree now in ${trash}`);
  else lines.push('  its worktree was gone already');
  if (checkpoint !== null) lines.push(`  checkpoint ${checkpoint} has its files and index`);
  if (already !== null) lines.push(`  ${printable(already)}`);
  lines.push(branchKept ? `  branch ${branch} stays` : `  branch ${branch} deleted, its commits are kept`);
  if (closed.length > 0) lines.push(`  closed what was asked about it: escalation ${closed.join(', ')}`);
  if (ignored.bytes >= LARGE)
    lines.push(`  ignored files went along to the trash: ${sizeOf(ignored.bytes)} in ${some(ignored.paths)}`);
  if (left.length > 0) lines.push(`  only in the trash, in no checkpoint: ${some(left.map(({ path }) => path))}`);
  return lines.join('\n');
}

const some = (paths: readonly string[]): string =>
  `${paths.slice(0, 4).join(', ')}${paths.length > 4 ? ` and ${paths.length - 4} more` : ''}`;
