import type { RefusalCode } from '../core/refusal.ts';
import { list, type Wording } from './words.ts';

/** The words of what is said between tasks and people. */
export const messageWords: Wording<Extract<RefusalCode, `message.${string}`>> = {
  'message.unknown': ({ message }) => ({ message: `there is no message ${message}`, hint: 'gwt events' }),
  'message.nobody': ({ to, roles }) => ({
    message: `no task at work is ${to}; roles there are: ${list(roles)}`,
    hint: 'gwt note @all "…", or gwt note <task> "…"',
  }),
};
