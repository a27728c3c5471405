import { type Released, type ReleaseInput, release } from '../../../flows/claims/release.ts';
import { type CommandSpec, text } from '../command.ts';
import { renderReleased } from '../render/claimed.ts';

export const releaseCommand: CommandSpec<ReleaseInput, Released> = {
  usage: 'release [pattern...]',
  summary: 'give paths up that a task claims',
  details:
    'From then on others may claim them. What the task has committed there may still land as it is; what it changes there ' +
    'afterwards is refused.',
  options: [
    { flags: '--task <name>', summary: 'of this task; default: the one here' },
    { flags: '--all', summary: 'everything it claims' },
  ],
  examples: [{ command: "gwt release 'src/old/**'", what: 'as the agent of the task here' }],
  input({ args, options }) {
    const task = text(options['task']);
    return { patterns: args, ...(task ? { task } : {}), ...(options['all'] === true ? { all: true } : {}) };
  },
  flow: release,
  render: renderReleased,
};
