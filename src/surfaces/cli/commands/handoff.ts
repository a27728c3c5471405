import { type Handoff, type HandoffInput, handoff } from '../../../flows/agent/tell.ts';
import { allTasks } from '../../../flows/tasks.ts';
import { type CommandSpec, text } from '../command.ts';
import { printable } from '../refused.ts';

export const handoffCommand: CommandSpec<HandoffInput, Handoff> = {
  usage: 'handoff <words...>',
  summary: 'write down what is done and what comes next, for whoever works on',
  details: `Writes handoff.md: stories done and open, commits, files, blockers, what is not committed, notes, and your words on what comes next.
Where the first of several words names a task, it is about that one: gwt handoff login "the form is done, …"
Where the second then names an agent of the config, that agent takes the task over, with its branch and its claim:
gwt handoff login codex. The text lies in .gwt/handoff.md of the worktree; what you change there its agent reads.`,
  options: [{ flags: '--to <task>', summary: 'hand it to another task; its agent is told' }],
  examples: [
    { command: "gwt handoff 'tests are red, see auth.test.ts' --to api", what: 'from the task of this worktree' },
    { command: 'gwt handoff login codex', what: 'codex goes on with login' },
  ],
  async input({ args, options }, ports) {
    const to = text(options['to']);
    const [first = '', second = '', ...more] = args;
    const isTask = args.length > 1 && (await allTasks(ports)).some(({ id }) => id === first);
    if (!isTask) return { text: args.join(' '), ...(to ? { to } : {}) };
    const { agents } = await ports.config.load();
    // Words of a sentence are words: an agent's name alone, or with one quoted text behind it, is meant as such.
    if (args.length <= 3 && to === undefined && Object.hasOwn(agents, second))
      return { from: first, agent: second, text: more.join(' ') };
    return { from: first, text: args.slice(1).join(' '), ...(to ? { to } : {}) };
  },
  flow: handoff,
  render: ({ from, to, agent, path }) =>
    printable(`Hand-over of ${from} to ${to === from ? agent : to} written: ${path}`),
};
