import { type Status, type StatusInput, status } from '../../../flows/status.ts';
import type { CommandSpec } from '../command.ts';
import { renderStatus } from '../render/status.ts';

export const statusCommand: CommandSpec<StatusInput, Status> = {
  usage: 'status',
  summary: 'every task on one screen, what needs you first',
  details: `Every task on one screen, what needs you first.

STORIES passing/all · RUN iterations · SEEN last sign of life · BRANCH +ahead -behind the target
CHANGES not committed: ~changed ?untracked !unmerged · CONFLICT paths that would conflict with the target now`,
  options: [{ flags: '--all', summary: 'landed and dropped tasks too' }],
  examples: [{ command: 'gwt status --json', what: 'the same for programs' }],
  input: ({ options }) => ({ all: options['all'] === true }),
  flow: status,
  render: renderStatus,
};
