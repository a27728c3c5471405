import { Refusal } from '../../../core/refusal.ts';
import { type Foreseen, type Ran, type RunInput, run } from '../../../flows/run.ts';
import { wordsOf } from '../../wording.ts';
import { type CommandSpec, numberOption, text, texts } from '../command.ts';
import { renderForeseen, renderRan } from '../render/ran.ts';

export const runCommand: CommandSpec<RunInput, Ran | Foreseen> = {
  usage: 'run [plan]',
  summary: 'work off a plan or the queue, several agents at once',
  details:
    'Takes tasks from a plan, or without one from the queue, gives each a worktree from the target as it is then, runs their loops in a few slots at a time, and with --merge lands what is finished while others go on. Stopped, it is started again by the same command and goes on; nothing is made twice.',
  options: [
    { flags: '--agents <n>', summary: 'how many agents at once; default: run.agents' },
    { flags: '--min <n>', summary: 'at least so many slots, with --max' },
    { flags: '--max <n>', summary: 'more slots while there is more to do, up to so many' },
    { flags: '--merge', summary: 'land what is finished, as it is finished' },
    { flags: '--together', summary: 'also at once what would conflict; claims that overlap never are' },
    { flags: '--split', summary: 'the plan is a PRD: a task for each of its stories' },
    { flags: '--iterations <n>', summary: 'at most so many iterations for each task' },
    { flags: '--agent <name>', summary: 'agent from the config, instead of the tasks’ own' },
    { flags: '--gate <command>', summary: 'one more gate; may be repeated', many: true },
    { flags: '--dry-run', summary: 'show the tasks the plan would make, and change nothing' },
  ],
  examples: [
    { command: 'gwt run plan.md --dry-run', what: 'the tasks of a plan, and which of them wait for one another' },
    { command: 'gwt run plan.md --agents 4 --merge', what: 'from plan to landed, four agents at once' },
    { command: 'gwt run --min 2 --max 10 --merge', what: 'work off the queue, with more agents while it is long' },
  ],
  input({ args, options }) {
    const number = (name: string) => numberOption(options, name, 'run');
    const [agents, least, most] = [number('agents'), number('min'), number('max')];
    const [min, max] = [least ?? agents, most ?? agents];
    if (agents !== undefined && least !== undefined)
      throw new Refusal('usage.bad', { problem: '--agents says what --min says: give one of them', command: 'run' });
    if (min !== undefined && max !== undefined && min > max)
      throw new Refusal('usage.bad', { problem: `--max ${max} is less than the ${min} to begin with`, command: 'run' });
    const [plan] = args;
    const agent = text(options['agent']);
    const iterations = number('iterations');
    const gates = texts(options['gate']);
    if (options['split'] === true && plan === undefined)
      throw new Refusal('usage.bad', { problem: '--split needs a PRD', command: 'run' });
    return {
      ...(plan === undefined ? {} : { plan }),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(agent ? { agent } : {}),
      ...(iterations ? { iterations } : {}),
      ...(gates.length > 0 ? { gates } : {}),
      split: options['split'] === true,
      together: options['together'] === true,
      merge: options['merge'] === true,
      dryRun: options['dryRun'] === true,
    };
  },
  flow: run,
  render: (result, style) => ('foreseen' in result ? renderForeseen(result, style) : renderRan(result, style)),
  exit: (result) => ('foreseen' in result ? 0 : { done: 0, left: 1, waits: 3, interrupted: 130 }[result.outcome]),
  json(result) {
    if ('foreseen' in result) return { plan: result.foreseen.name, dryRun: true, tasks: result.foreseen.rows };
    const { refusal, ...rest } = result;
    if (!refusal) return rest;
    return { ...rest, refused: { code: refusal.code, ...wordsOf(refusal), facts: refusal.facts } };
  },
};
