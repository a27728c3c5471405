import { type Handoff, type HandoffInput, handoff } from '../../../flows/agent/tell.ts';
import { allTasks } from '../../../flows/tasks.ts';
import { type CommandSpec, text } from '../command.ts';
import { printable } from '../refused.ts';

export const handoffCommand: CommandSpec<HandoffInput, Handoff> = {
  usage: 'handoff <words...>',
  summary: 'write down what is done and what comes next, for whoever works on',
  details: `Writes handoff.md: stories done and open, commits, what is not committed, notes, and your words on what comes next.
Where the first of several words names a task, it is about that one: gwt handoff login "the form is done, …"`,
  options: [{ flags: '--to <task>', summary: 'hand it to another task; its agent is told' }],
  examples: [
    { command: "gwt handoff 'tests are red, see auth.test.ts' --to api", what: 'from the task of this worktree' },
  ],
  async input({ args, options }, ports) {
    const to = text(options['to']);
    const [first = '', ...rest] = args;
    const from = rest.length > 0 && (await allTasks(ports)).some(({ id }) => id === first) ? first : undefined;
    return { text: (from ? rest : args).join(' '), ...(from ? { from } : {}), ...(to ? { to } : {}) };
  },
  flow: handoff,
  render: ({ from, to, path }) => printable(`Hand-over of ${from}${to === from ? '' : ` to ${to}`} written: ${path}`),
};
