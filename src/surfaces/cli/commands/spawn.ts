import { type Spawned, type SpawnInput, spawn } from '../../../flows/spawn.ts';
import { type CommandSpec, text, texts } from '../command.ts';

export const spawnCommand: CommandSpec<SpawnInput, Spawned> = {
  usage: 'spawn <task...>',
  summary: 'make a branch and a worktree for each task',
  options: [
    { flags: '--prompt <text>', summary: 'what the agent should do; default: the task as typed' },
    { flags: '--owns <pattern>', summary: 'paths the task may change, as in .gitignore; may be repeated', many: true },
    { flags: '--prd <file>', summary: 'stories to work through' },
    { flags: '--base <rev>', summary: 'where the branch starts; default: the target branch' },
    { flags: '--agent <name>', summary: 'agent from the config' },
  ],
  examples: [
    {
      command: "gwt spawn login --prompt 'Add a login page' --owns 'src/auth/**'",
      what: 'one task that may change src/auth only',
    },
  ],
  input({ args, options }) {
    const known = {
      prompt: text(options['prompt']),
      base: text(options['base']),
      agent: text(options['agent']),
      prd: text(options['prd']),
    };
    const given = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
    return { tasks: args, owns: texts(options['owns']), ...given };
  },
  flow: spawn,
  render: ({ tasks }) => tasks.map(({ id, branch, worktree }) => `${id}  ${branch}  ${worktree}`).join('\n'),
};
