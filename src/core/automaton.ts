import type { Pattern } from './pattern.ts';

/** A pattern as a machine that reads a path one character (code point) after the other. States are small numbers. */
export interface Machine {
  readonly pattern: Pattern;
  readonly start: number;
  step(state: number, char: number): number;
  /** True when what was read so far is a path the pattern names. */
  accepts(state: number): boolean;
  /** True when no path that begins like this can be named by the pattern. */
  dead(state: number): boolean;
}

const SLASH = 0x2f;

/**
 * The machine of a pattern. It is built while it is used: a state is the set of places in the pattern where reading
 * may stand, numbered when it is first met. Places are twice a token's position, one more when inside of it.
 */
export function machineOf(pattern: Pattern): Machine {
  const { tokens } = pattern;
  const sets: (readonly number[])[] = [];
  const numbers = new Map<string, number>();
  const steps: Map<number, number>[] = [];
  const numberOf = (places: readonly number[]): number => {
    const sorted = [...new Set(places)].sort((a, b) => a - b);
    const key = sorted.join(' ');
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, sets.length);
    steps.push(new Map());
    return sets.push(sorted) - 1;
  };
  const start = numberOf(closure(pattern, 0));
  return {
    pattern,
    start,
    step(state, char) {
      const known = steps[state]?.get(char);
      if (known !== undefined) return known;
      const next = numberOf((sets[state] ?? []).flatMap((place) => follow(pattern, place, char)));
      steps[state]?.set(char, next);
      return next;
    },
    dead: (state) => sets[state]?.length === 0,
    accepts: (state) =>
      (sets[state] ?? []).some(
        (place) => place === tokens.length * 2 || (place % 2 === 1 && tokens[place >> 1]?.kind === 'rest'),
      ),
  };
}

/** Where reading may stand without reading more: stars and folders may be empty. */
function closure({ tokens }: Pattern, position: number): readonly number[] {
  const places = [position * 2];
  for (let at = position; tokens[at]?.kind === 'star' || tokens[at]?.kind === 'dirs'; at += 1) places.push(at * 2 + 2);
  return places;
}

function follow(pattern: Pattern, place: number, char: number): readonly number[] {
  const position = place >> 1;
  const token = pattern.tokens[position];
  switch (token?.kind) {
    case 'one':
      return token.ranges.some(([from, to]) => char >= from && char <= to) ? closure(pattern, position + 1) : [];
    case 'slash':
      return char === SLASH ? closure(pattern, position + 1) : [];
    case 'star':
      return char === SLASH ? [] : closure(pattern, position);
    case 'dirs':
      if (char !== SLASH) return [position * 2 + 1];
      return place % 2 === 1 ? closure(pattern, position) : [];
    case 'rest':
      return [position * 2 + 1];
    default:
      return [];
  }
}

/**
 * Characters that stand for all others: patterns that treat two characters alike need be asked about one of them only.
 * Readable ones are taken where there is a choice.
 */
export function alphabetOf(patterns: readonly Pattern[]): readonly number[] {
  const cuts = new Set([1, SLASH, SLASH + 1]);
  for (const { tokens } of patterns)
    for (const token of tokens)
      for (const [from, to] of token.kind === 'one' ? token.ranges : []) cuts.add(from || 1).add(to + 1);
  const sorted = [...cuts].sort((a, b) => a - b).filter((cut) => cut <= 0x10ffff);
  return sorted.map((from, at) => readable(from, (sorted[at + 1] ?? 0x110000) - 1)).sort(byLooks);
}

const NICE = [...'xabcdefghijklmnopqrstuvwyz0123456789_-.'].map((char) => char.codePointAt(0) ?? 0);

function readable(from: number, to: number): number {
  return NICE.find((char) => char >= from && char <= to) ?? from;
}

const looks = (char: number): number => (NICE.includes(char) ? NICE.indexOf(char) : NICE.length + 1);
const byLooks = (a: number, b: number): number => looks(a) - looks(b) || a - b;
