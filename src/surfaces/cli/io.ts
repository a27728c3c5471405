import pc from 'picocolors';
import type { Style } from './command.ts';

/** Where a surface talks: stdout is the answer, stderr the story of getting it. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly cwd: string;
  readonly width: number;
  readonly colour: boolean;
  /** True when a person sits at the other end and may be asked. */
  readonly interactive: boolean;
}

/** Colours for a terminal. */
export function styleFor(io: Io): Style {
  const { bold, dim, red, green, yellow, cyan } = pc.createColors(true);
  return { bold, dim, red, green, yellow, cyan, width: io.width };
}

/** No colours: pipes, files, NO_COLOR. */
export function plainStyle(io: Pick<Io, 'width'>): Style {
  const same = (text: string) => text;
  return { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same, width: io.width };
}
