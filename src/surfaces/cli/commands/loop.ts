import { Refusal } from '../../../core/refusal.ts';
import { exitOf } from '../../../core/stops.ts';
import { type Detached, type DetachInput, detach } from '../../../flows/detach.ts';
import { type Looped, loop } from '../../../flows/loop.ts';
import { type CommandSpec, text, texts } from '../command.ts';
import { renderDetached } from '../render/detached.ts';
import { renderLooped } from '../render/loop.ts';

/** `detach`: go on in the background. */
type Input = DetachInput & { readonly detach: boolean };

export const loopCommand: CommandSpec<Input, Looped | Detached> = {
  usage: 'loop [task...]',
  summary: 'run agents until every story passes',
  details:
    'Runs an agent on a task again and again, each time with a fresh context, until every story of its PRD passes its gates or a limit is met. Inside a worktree it is that task.',
  options: [
    { flags: '--all', summary: 'every queued task, those whose loop died too' },
    { flags: '--parallel <n>', summary: 'how many tasks at a time; default: 1' },
    { flags: '--detach', summary: 'go on in the background; gwt attach looks on, gwt stop ends it' },
    { flags: '--tmux', summary: 'the same, with a window of tmux for each task; gwt attach jumps there' },
    { flags: '--max <n>', summary: 'at most so many iterations for each task' },
    { flags: '--from-checkpoint <n>', summary: 'go back to that checkpoint of the task first' },
    { flags: '--agent <name>', summary: 'agent from the config, instead of the task’s own' },
    { flags: '--gate <command>', summary: 'one more gate; may be repeated', many: true },
    { flags: '--no-wait', summary: 'end where a provider’s usage limit would make it wait' },
    { flags: '--no-autocommit', summary: 'only tell what the agent left uncommitted' },
  ],
  examples: [
    { command: 'gwt loop login', what: 'work on one task until it is finished' },
    { command: 'gwt loop --all --parallel 3', what: 'three agents side by side, until nothing is queued' },
  ],
  input({ args, options }) {
    const agent = text(options['agent']);
    const max = count(options['max'], '--max');
    const fromCheckpoint = count(options['fromCheckpoint'], '--from-checkpoint');
    const parallel = count(options['parallel'], '--parallel');
    if (options['all'] === true && args.length > 0)
      throw new Refusal('usage.bad', { problem: 'name tasks, or say --all, not both', command: 'loop' });
    return {
      tasks: args,
      all: options['all'] === true,
      detach: options['detach'] === true || options['tmux'] === true,
      tmux: options['tmux'] === true,
      gates: texts(options['gate']),
      ...(options['wait'] === false ? { wait: false } : {}),
      ...(options['autocommit'] === false ? { autocommit: false } : {}),
      ...(agent ? { agent } : {}),
      ...(max ? { max } : {}),
      ...(parallel ? { parallel } : {}),
      ...(fromCheckpoint ? { fromCheckpoint } : {}),
    };
  },
  flow: (ports, input) => (input.detach ? detach(ports, input) : loop(ports, input)),
  render: (result, style) => ('detached' in result ? renderDetached(result, style) : renderLooped(result, style)),
  exit: (result) =>
    'detached' in result
      ? (result.detached.ended?.code ?? 0)
      : exitOf(result.tasks.map(({ outcome, refused }) => (refused ? 'max' : outcome))),
};

function count(value: unknown, flag: string): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Refusal('usage.bad', { problem: `${flag} needs a whole number above 0, not ${value}`, command: 'loop' });
}
