import { type TouchedNow, type TouchInput, touch } from '../../../flows/claims/touched.ts';
import { type CommandSpec, text } from '../command.ts';
import { printable } from '../refused.ts';

export const touchCommand: CommandSpec<TouchInput, { readonly task: string; readonly touched: readonly TouchedNow[] }> =
  {
    usage: 'touch <path...>',
    summary: 'say which files a task builds on; it hears when they change on the target',
    details:
      'Writes down the version the branch began with. When the target has another one, the next prompt says so, once for each new version; gwt show shows it too.',
    options: [{ flags: '--task <name>', summary: 'the task; default: the one here' }],
    examples: [
      { command: 'gwt touch src/api.ts', what: 'as the agent of the task here, which only calls what is in there' },
    ],
    input({ args, options }) {
      const task = text(options['task']);
      return { paths: args, ...(task ? { task } : {}) };
    },
    flow: touch,
    render: ({ task, touched }) => printable(touched.map((one) => line(task, one)).join('\n')),
  };

function line(task: string, { path, changed, by }: TouchedNow): string {
  if (!changed) return `${task} builds on ${path}, and hears when it changes`;
  return `${path} has changed since the branch of ${task} began${by.length > 0 ? `: ${by.join('; ')}` : ''}`;
}
