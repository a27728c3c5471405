import { type Owned, owns } from '../../../flows/claims/owns.ts';
import type { CommandSpec } from '../command.ts';
import { renderOwned } from '../render/owned.ts';

export const ownsCommand: CommandSpec<{ readonly paths: readonly string[] }, { readonly paths: readonly Owned[] }> = {
  usage: 'owns <path...>',
  summary: 'whose a path is: who may change it, since when and why',
  details:
    'Looks at claims, at frozen and shared paths of the config, and at CODEOWNERS. In the worktree of a task it also says whether that task may change it.',
  options: [],
  examples: [{ command: 'gwt owns src/api.ts', what: 'the task that claims it, or why nobody may change it' }],
  input: ({ args }) => ({ paths: args }),
  flow: owns,
  render: ({ paths }, style) => paths.map((one) => renderOwned(one, style)).join('\n'),
};
