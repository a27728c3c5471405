import { type Pattern, patternsOf, type Range, type Token } from './pattern.ts';

/**
 * Which way a translation errs where git's pathspecs, which compare bytes, cannot say what a pattern says of letters:
 * `narrow` never matches more than the pattern, `wide` never less.
 */
type Leaning = 'narrow' | 'wide';

/**
 * The patterns of a claim as git pathspecs for a check that asks: did anything outside change?
 * `outside` finds changes that no pattern covers; `inside` finds changes that a `!pattern` takes out again.
 * Both may find too much, never too little: what they find is looked at again by `trespasses`.
 */
export function claimPathspecs(owns: readonly string[]): {
  readonly outside: readonly string[];
  readonly inside: readonly string[];
} {
  const patterns = patternsOf(owns);
  const positive = patterns.filter(({ negated }) => !negated).flatMap((pattern) => globs(pattern, 'narrow'));
  const negative = patterns.filter(({ negated }) => negated).flatMap((pattern) => globs(pattern, 'wide'));
  return {
    outside: [':(top)', ...positive.map((glob) => `:(top,exclude,glob)${glob}`)],
    inside: negative.map(never),
  };
}

/** Pathspecs that match at least every path these patterns match, in any case of letters. */
export function neverPathspecs(patterns: readonly string[]): readonly string[] {
  const positive = patternsOf(patterns).filter(({ negated }) => !negated);
  return positive.flatMap((pattern) => globs(pattern, 'wide')).map(never);
}

const never = (glob: string): string => `:(top,icase,glob)${glob}`;

/** What the pattern names, and what lies below it. (gitglossary(7) under "pathspec") */
function globs({ tokens, folder }: Pattern, leaning: Leaning): readonly string[] {
  const glob = tokens.map((token) => globOf(token, leaning)).join('');
  if (tokens.at(-1)?.kind !== 'rest') return folder ? [`${glob}/**`] : [glob, `${glob}/**`];
  return folder ? [`${glob.slice(0, -2)}**/*/**`] : [glob];
}

function globOf(token: Token, leaning: Leaning): string {
  switch (token.kind) {
    case 'slash':
      return '/';
    case 'star':
      return '*';
    case 'dirs':
      return '**/';
    case 'rest':
      return '**';
    case 'one':
      return oneOf(token.ranges, leaning);
  }
}

/** One letter. Another case of it than ASCII's is not git's to fold, so a wide list takes any text in its place. */
function oneOf(ranges: readonly Range[], leaning: Leaning): string {
  const [[from, to] = [0, 0]] = ranges;
  const ascii = ranges.every(([, last]) => last < 0x80);
  if (leaning === 'wide' && !ascii) return '*';
  if (ranges.length === 1 && from === to) return literal(from);
  const printable = ranges.map(([low, high]) => [Math.max(low, 0x20), Math.min(high, 0x7e)] as const);
  const kept = printable.filter(([low, high]) => low <= high);
  if (leaning === 'wide' && kept.length < ranges.length) return '*';
  // An empty class: nothing that could be said narrowly. A slash is in no class, so this matches nothing.
  if (kept.length === 0) return '[/]';
  return `[${kept.map(([low, high]) => `${member(low)}-${member(high)}`).join('')}]`;
}

/** Escaped only where it must be: git does not fold the case of an escaped letter. */
function literal(code: number): string {
  const char = String.fromCodePoint(code);
  return /[*?[\]\\]/.test(char) ? `\\${char}` : char;
}

function member(code: number): string {
  const char = String.fromCodePoint(code);
  return /[A-Za-z0-9]/.test(char) ? char : `\\${char}`;
}
