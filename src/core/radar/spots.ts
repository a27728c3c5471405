import { languageOf, type SyntaxReader } from '../syntax/tree.ts';
import { type MarkedSide, sidesIn } from './marked.ts';
import { unitsAt } from './units.ts';

/** What a conflict is about: functions and classes around it, and what each side wants there, as digests. */
export interface Spots {
  readonly units: readonly string[];
  readonly ours: string;
  readonly theirs: string;
}

/** More names than these say no more. */
const NAMED = 8;

/** What a text with conflict markers tells; undefined where it has no conflict in it. `digest` shortens a text. */
export function spotsIn(
  path: string,
  marked: string,
  code: SyntaxReader,
  digest: (text: string) => string,
): Spots | undefined {
  const { ours, theirs } = sidesIn(marked);
  if (ours.spans.length === 0) return undefined;
  const language = languageOf(path);
  const units = [ours, theirs].flatMap((side) => {
    const tree = language && code.tree(language, side.text);
    return tree ? unitsAt(tree, side.text, side.spans) : [];
  });
  return { units: [...new Set(units)].slice(0, NAMED), ours: digest(wanted(ours)), theirs: digest(wanted(theirs)) };
}

const wanted = ({ text, spans }: MarkedSide): string =>
  spans.map(({ start, end }) => text.slice(start, end)).join('\0');
