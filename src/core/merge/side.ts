import { partsOf } from './rules/hunk.ts';

/**
 * The merged file with the chosen side in every conflict, and all that git merged by itself as it is: choosing a side
 * of a conflict undoes nothing outside it. `chosen` is that side's whole file, for its last line end; all texts are
 * latin1, byte for byte. Undefined where the markers cannot be told from the text.
 */
export function withSide(
  marked: string,
  names: { readonly ours: string; readonly theirs: string },
  side: 'ours' | 'theirs',
  chosen: string,
): string | undefined {
  const parts = partsOf(marked, names);
  if (!parts) return undefined;
  const text = parts.flatMap((part) => ('hunk' in part ? part.hunk[side] : part.lines)).join('');
  // git ends the last line of a side so that a marker can follow it.
  const last = parts.findLast((part) => 'hunk' in part || part.lines.length > 0);
  const added = last && 'hunk' in last && text.endsWith('\n') && !chosen.endsWith('\n');
  return added ? text.slice(0, text.endsWith('\r\n') ? -2 : -1) : text;
}
