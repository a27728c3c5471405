import type { Sides } from './markers.ts';

/**
 * Lines that one side added and that the answer does not hold in any form: not as they are, and their new words
 * neither. A line both sides rewrote is not lost while its new words are found somewhere among the answer's new lines.
 * White space and lines of punctuation alone do not count. `declared` is what the answer names as dropped on purpose.
 */
export function lostLines(
  answer: string,
  { base = '', ours = '', theirs = '' }: Sides,
  declared: string,
): readonly Lost[] {
  const kept = new Set([...linesOf(answer), ...linesOf(declared)]);
  const old = new Set(linesOf(base));
  const words = new Set(linesOf(answer).flatMap(wordsOf));
  const baseWords = new Set(linesOf(base).flatMap(wordsOf));
  const lost = (side: 'ours' | 'theirs', text: string) =>
    linesOf(text)
      .filter((line) => !old.has(line) && !kept.has(line) && /[\p{L}\p{N}]/u.test(line))
      .filter((line) => !wordsKept(line, words, baseWords))
      .map((line) => ({ side, line }));
  return [...lost('ours', ours), ...lost('theirs', theirs)];
}

export interface Lost {
  readonly side: 'ours' | 'theirs';
  readonly line: string;
}

/** True when the line brought new words and all of them are in the answer. */
function wordsKept(line: string, answer: ReadonlySet<string>, base: ReadonlySet<string>): boolean {
  const fresh = wordsOf(line).filter((word) => !base.has(word));
  return fresh.length > 0 && fresh.every((word) => answer.has(word));
}

const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim());
const wordsOf = (line: string): string[] => line.match(/[\p{L}\p{N}_]+/gu) ?? [];
