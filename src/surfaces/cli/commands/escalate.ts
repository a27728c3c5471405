import { type Asked, type AskInput, ask } from '../../../flows/inbox.ts';
import { type CommandSpec, text } from '../command.ts';

export const escalateCommand: CommandSpec<AskInput, Asked> = {
  usage: 'escalate <question...>',
  summary: 'ask a person, as the agent of a task',
  details:
    'Asks a person, as the agent of the task whose worktree this is. The task goes on; the answer comes with its next prompt.',
  options: [{ flags: '--task <name>', summary: 'the task that asks; default: the one here' }],
  examples: [{ command: 'gwt escalate "May I change the public API of src/api.ts?"', what: 'opens an escalation' }],
  input({ args, options }) {
    const task = text(options['task']);
    return { question: args.join(' '), ...(task ? { task } : {}) };
  },
  flow: ask,
  render: ({ id, task }) => `Asked as escalation ${id}, for task ${task}. The answer: gwt resolve ${id} --answer "…"`,
};
