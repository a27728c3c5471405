import type { RefusalCode } from '../core/refusal.ts';
import { list, type Wording } from './words.ts';

/** The words of what is said between tasks and people. */
export const messageWords: Wording<Extract<RefusalCode, `message.${string}` | `approval.${string}`>> = {
  'message.unknown': ({ message }) => ({ message: `there is no message ${message}`, hint: 'gwt events' }),
  'approval.agent': ({ name }) => ({
    message: 'only a person approves what lands, and this is the environment of an agent',
    hint: `in a terminal of your own: gwt approve ${name}`,
  }),
  'approval.moved': ({ branch, escalation, was, now }) => ({
    message: `${branch} is at ${now.slice(0, 10)}, and what you were shown was ${was.slice(0, 10)}`,
    hint: `gwt inbox show ${escalation}, then approve it again`,
  }),
  'message.nobody': ({ to, roles }) => ({
    message: `no task at work is ${to}; roles there are: ${list(roles)}`,
    hint: 'gwt note @all "…", or gwt note <task> "…"',
  }),
};
