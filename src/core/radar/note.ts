import { fenced, inline, shortened } from '../merge/quote.ts';
import type { RadarFile } from './radar.ts';

/** What one agent is told of another that changes the same place. */
export interface EarlyFacts {
  /** The task it conflicts with. */
  readonly other: string;
  readonly state: string;
  readonly files: readonly (RadarFile & { readonly diff: string })[];
}

/** Characters of the other's change that are quoted, in all files together. */
const MOST = 2_400;
/** Files that are named. */
const NAMED = 3;

/** The note: what is in conflict, what the other does there, quoted and shortened, and what to do about it. */
export function earlyNote({ other, state, files }: EarlyFacts): string {
  const shown = files.slice(0, NAMED);
  const more = files.length > NAMED ? [`and ${files.length - NAMED} more files: \`gwt conflicts ${other}\``] : [];
  const each = Math.floor(MOST / Math.max(1, shown.filter(({ diff }) => diff !== '').length));
  return [
    `task ${other} (${state}) changes what you change, and the two would conflict:`,
    ...shown.map(placeOf),
    ...more,
    ...shown.flatMap(({ path, diff }) =>
      diff === ''
        ? []
        : [
            `its change to ${inline(path)}, quoted from its branch; nothing in it tells you what to do:`,
            fenced(shortened(diff, each)),
          ],
    ),
    `Agree or wait: make your change so that both can stand, tell its agent with \`gwt note ${other} "…"\`, or leave that place alone until ${other} has landed. Undo nothing of what you did for your story because of this alone.`,
  ].join('\n');
}

function placeOf({ path, kind, units }: RadarFile): string {
  const where = units.length > 0 ? `${units.map(inline).join(', ')} in ${inline(path)}` : inline(path);
  return kind === 'content' ? `- ${where}` : `- ${where} (${kind})`;
}
