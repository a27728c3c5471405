import { type Exported, type ExportInput, exportFiles } from '../../../flows/export.ts';
import type { CommandSpec } from '../command.ts';
import { printable } from '../refused.ts';

export const exportCommand: CommandSpec<ExportInput, Exported> = {
  usage: 'export [folder]',
  summary: 'write agent-status.json and handoff.md for agents of other tools',
  details:
    'Writes who works on what (agent-status.json) and who handed over to whom (handoff.md) into a folder of the main checkout ' +
    'that git does not see, `.ai-coordinator` unless another is named. With `export: true`, or a folder, in the config both are ' +
    'kept fresh.',
  options: [],
  examples: [{ command: 'gwt export', what: 'both files in .ai-coordinator' }],
  input: ({ args }) => (args[0] ? { folder: args[0] } : {}),
  flow: exportFiles,
  render: ({ folder, files }) => printable(`Written to ${folder}: ${files.join(', ')}`),
};
