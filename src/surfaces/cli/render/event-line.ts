import type { LogEntry } from '../../../flows/log.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';

/** One line: when (UTC), and what in words. */
export function lineOfEvent({ at, text }: Pick<LogEntry, 'at' | 'text'>, style: Style): string {
  return `${style.dim(at.slice(0, 19).replace('T', ' '))}  ${printable(text)}`;
}
