import { heartbeat } from '../../../flows/agent/tell.ts';
import { type CommandSpec, text } from '../command.ts';

export const heartbeatCommand: CommandSpec<
  { readonly task?: string; readonly text?: string },
  { readonly task: string; readonly at: string }
> = {
  usage: 'heartbeat [text...]',
  summary: 'show that the agent of a task is alive',
  options: [{ flags: '--task <name>', summary: 'default: the task of this worktree' }],
  examples: [{ command: "gwt heartbeat 'running the slow tests'", what: 'gwt status shows it' }],
  input: ({ args, options }) => {
    const task = text(options['task']);
    return { ...(task ? { task } : {}), ...(args.length > 0 ? { text: args.join(' ') } : {}) };
  },
  flow: heartbeat,
  render: () => '',
};
