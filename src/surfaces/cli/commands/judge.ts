import { type Judged, type JudgeInput, judge } from '../../../flows/patterns/judge.ts';
import { type CommandSpec, text } from '../command.ts';
import { renderJudged } from '../render/judged.ts';
import { exitOfMerge } from './merge.ts';

export const judgeCommand: CommandSpec<JudgeInput, Judged> = {
  usage: 'judge <task>',
  summary: 'choose among tasks that compete, and land the best',
  details:
    'Compares what gwt spawn --compete made: who passed the gates, conflicts with the target, leaves tests alone, is smallest, cost least; or an agent chooses. The best lands, the others go to the trash.',
  options: [
    { flags: '--agent <name>', summary: 'the agent that chooses among those that are finished' },
    { flags: '--no-land', summary: 'choose, but leave the landing to gwt merge' },
    { flags: '--dry-run', summary: 'only say who would be chosen' },
  ],
  examples: [{ command: 'gwt judge login --dry-run', what: 'how login-1, login-2 and login-3 compare' }],
  input({ args, options }) {
    const agent = text(options['agent']);
    return {
      name: args[0] ?? '',
      ...(agent ? { agent } : {}),
      land: options['land'] !== false,
      dryRun: options['dryRun'] === true,
    };
  },
  flow: judge,
  render: renderJudged,
  exit: ({ best, merged }) => (best === undefined ? 3 : merged ? exitOfMerge(merged) : 0),
};
