import type { Message } from '../../../core/message.ts';
import type { Note } from '../../../core/notes.ts';
import type { Box } from '../../../flows/messages/box.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';

/** What a task is to read. */
export function renderBox({ task, messages }: Box, style: Style): string {
  if (messages.length === 0) return printable(`Nothing new for ${task}.`);
  return printable(messages.map((note) => row(note, style, note.delivered !== undefined)).join('\n'));
}

/** A talk, the oldest first. */
export function renderTalk(messages: readonly Message[], style: Style): string {
  return printable(messages.map((message) => row(message, style, false)).join('\n'));
}

/** What was said to the person. */
export function renderSaid(messages: readonly Message[], style: Style): readonly string[] {
  if (messages.length === 0) return [];
  return [
    '',
    style.bold('Said to you'),
    ...messages.map((one) => row(one, style, false)),
    style.dim('gwt inbox --read'),
  ];
}

function row({ id, at, from, type, replyTo, text }: Note | Message, style: Style, read: boolean): string {
  const number = style.bold(String(id ?? '-').padStart(3));
  const kind = type && type !== 'context' ? ` (${type})` : '';
  const to = replyTo === undefined ? '' : ` re ${replyTo}`;
  const when = style.dim(at.slice(0, 16).replace('T', ' '));
  return `${number}  ${when}  ${from}${kind}${to}: ${text}${read ? style.dim('  (read)') : ''}`;
}
