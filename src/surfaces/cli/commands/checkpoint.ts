import { Refusal } from '../../../core/refusal.ts';
import { type CheckpointAnswer, type CheckpointInput, checkpoint } from '../../../flows/checkpoints.ts';
import { type CommandSpec, text } from '../command.ts';
import { renderCheckpoint } from '../render/checkpoint.ts';

export const checkpointCommand: CommandSpec<CheckpointInput, CheckpointAnswer> = {
  usage: 'checkpoint [verb] [task] [number...]',
  summary: 'keep the worktree as it is; list, compare, go back',
  details: `Keeps everything in a worktree, uncommitted and untracked files included. Use it where you would use git stash. A loop
makes one after each iteration.

save (default) · list · diff [n] [m]: what differs between two, or since one · restore [n]: go back to it, or to the last one.
Going back brings commit, index and files as they were, and keeps what is there now in a new checkpoint. Stories whose work it
takes off the branch are open again.`,
  options: [
    { flags: '--task <name>', summary: 'default: the task of this worktree' },
    { flags: '-m, --message <text>', summary: 'why it is saved' },
  ],
  examples: [
    { command: 'gwt checkpoint', what: 'save now' },
    { command: 'gwt checkpoint list login', what: 'what there is to go back to' },
    { command: 'gwt checkpoint restore login 3', what: 'go back to checkpoint 3' },
    { command: 'gwt loop login --from-checkpoint 3', what: 'and go on working from there' },
  ],
  input({ args: [verb = 'save', ...rest], options }) {
    const { task, numbers } = namedIn(verb, rest, text(options['task']));
    const base = task === undefined ? {} : { task };
    const [first, second] = numbers;
    const number = first === undefined ? {} : { number: first };
    if (verb === 'save') return { ...base, verb, why: text(options['message']) ?? 'by hand' };
    if (verb === 'list') return { ...base, verb };
    if (verb === 'restore') return { ...base, verb, ...number };
    return { ...base, verb: 'diff', ...number, ...(second === undefined ? {} : { to: second }) };
  },
  flow: checkpoint,
  render: renderCheckpoint,
};

const NUMBERS: Readonly<Record<string, number>> = { save: 0, list: 0, diff: 2, restore: 1 };

/** The task comes first; what is a number is one, unless there is one more than the verb takes. */
function namedIn(verb: string, rest: readonly string[], named: string | undefined) {
  const most = NUMBERS[verb];
  if (most === undefined) return refuse(`checkpoint has no verb ${verb}`);
  const [first, ...others] = rest;
  const task = first !== undefined && named === undefined && (rest.length > most || !/^\d+$/.test(first));
  const texts = task ? others : rest;
  const odd = texts.find((one) => !/^\d+$/.test(one));
  if (odd !== undefined) return refuse(`a checkpoint is a number, not ${odd}`);
  if (texts.length > most)
    return refuse(`checkpoint ${verb} takes ${most === 0 ? 'no number' : `at most ${most} numbers`}`);
  return { task: task ? first : named, numbers: texts.map(Number) };
}

function refuse(problem: string): never {
  throw new Refusal('usage.bad', { problem, command: 'checkpoint' });
}
