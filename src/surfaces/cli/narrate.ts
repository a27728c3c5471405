import { type Event, oneLine, subjectOf } from '../../core/event.ts';
import type { Io } from './io.ts';

/** Tells on stderr what happens, one line for each event; silent with `--quiet`. */
export function narrator(io: Io, { quiet }: { readonly quiet: boolean }): (event: Event) => void {
  if (quiet) return () => {};
  return (event) => io.err(`${oneLine(subjectOf(event), io.width * 2)}\n`);
}
