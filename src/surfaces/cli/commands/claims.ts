import { type Claims, claims } from '../../../flows/claims/claims.ts';
import { type CommandSpec, text } from '../command.ts';
import { renderClaims } from '../render/owned.ts';

export const claimsCommand: CommandSpec<{ readonly task?: string; readonly all?: boolean }, Claims> = {
  usage: 'claims',
  summary: 'what every task claims, and who asks for what',
  options: [
    { flags: '--task <name>', summary: 'of this task alone' },
    { flags: '--all', summary: 'requests that are answered, too' },
  ],
  examples: [{ command: 'gwt claims', what: 'all claims in force, and requests that wait for an answer' }],
  input({ options }) {
    const task = text(options['task']);
    return { ...(task ? { task } : {}), ...(options['all'] === true ? { all: true } : {}) };
  },
  flow: claims,
  render: renderClaims,
};
