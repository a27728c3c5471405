import { Refusal } from '../../../core/refusal.ts';
import { type CheckpointAnswer, type CheckpointInput, checkpoint } from '../../../flows/checkpoints.ts';
import { type CommandSpec, text } from '../command.ts';
import { printable } from '../refused.ts';

export const checkpointCommand: CommandSpec<CheckpointInput, CheckpointAnswer> = {
  usage: 'checkpoint [verb] [which]',
  summary: 'keep the worktree as it is; list, compare, go back',
  details: `Keeps everything in a worktree, uncommitted and untracked files included. Use it where you would use git stash.

save (default) · list · diff [n]: what changed since · restore [n]: go back, keeping what is there now in a new one`,
  options: [
    { flags: '--task <name>', summary: 'default: the task of this worktree' },
    { flags: '-m, --message <text>', summary: 'why it is saved' },
  ],
  examples: [
    { command: 'gwt checkpoint', what: 'save now' },
    { command: 'gwt checkpoint restore 3', what: 'go back to checkpoint 3' },
  ],
  input({ args: [verb = 'save', which], options }) {
    const named = text(options['task']);
    if (verb === 'save' || verb === 'list') {
      const task = which ?? named;
      const base = task === undefined ? {} : { task };
      return verb === 'save' ? { ...base, verb, why: text(options['message']) ?? 'by hand' } : { ...base, verb };
    }
    if (verb !== 'diff' && verb !== 'restore') return refuse(`checkpoint has no verb ${verb}`);
    if (which !== undefined && !/^\d+$/.test(which)) return refuse(`a checkpoint is a number, not ${which}`);
    return { verb, ...(named ? { task: named } : {}), ...(which ? { number: Number(which) } : {}) };
  },
  flow: checkpoint,
  render: (answer) => printable(said(answer)),
};

function refuse(problem: string): never {
  throw new Refusal('usage.bad', { problem, command: 'checkpoint' });
}

function said(answer: CheckpointAnswer): string {
  const { task } = answer;
  switch (answer.outcome) {
    case 'saved':
      return [`Saved checkpoint ${answer.number} of ${task}.`, ...leftOut(answer.left.map(({ path }) => path))].join(
        '\n',
      );
    case 'unchanged':
      return `Nothing changed since checkpoint ${answer.number} of ${task}.`;
    case 'list':
      if (answer.checkpoints.length === 0) return `No checkpoint of ${task} yet.`;
      return answer.checkpoints
        .map(({ number, at, why }) => `${String(number).padStart(3)}  ${at.slice(0, 16).replace('T', ' ')}  ${why}`)
        .join('\n');
    case 'diff':
      if (answer.changes.length === 0) return `No file differs from checkpoint ${answer.number} of ${task}.`;
      return [
        ...answer.changes.map(({ status, path }) => `${status}  ${path}`),
        `line by line: git diff ${answer.ref}`,
      ].join('\n');
    case 'restored':
      return [
        `${task} is as in checkpoint ${answer.number}; what was there is checkpoint ${answer.before}.`,
        ...leftOut(answer.missing),
      ].join('\n');
  }
}

const leftOut = (paths: readonly string[]): readonly string[] =>
  paths.length === 0 ? [] : [`Not in it, still in place: ${paths.join(', ')}`];
