import { Refusal } from './refusal.ts';

/**
 * One step of a pattern. `star` is any text without `/`; `dirs` any number of whole folders, none too;
 * `rest` everything below, at least one character. Ranges are code points, both ends included, and never hold `/`.
 */
export type Token =
  | { readonly kind: 'one'; readonly ranges: readonly Range[] }
  | { readonly kind: 'slash' | 'star' | 'dirs' | 'rest' };
export type Range = readonly [from: number, to: number];

/** One line of gitignore syntax. A pattern that matches a folder also matches all that lies below it. */
export interface Pattern {
  readonly source: string;
  readonly negated: boolean;
  /** It ends in `/`: matches folders alone. */
  readonly folder: boolean;
  readonly tokens: readonly Token[];
}

const LAST = 0x10ffff;
const SLASH = 0x2f;
const ANY: readonly Range[] = [
  [0, SLASH - 1],
  [SLASH + 1, LAST],
];

/** The patterns of a list, in its order. Refuses `claim.invalid` for a line that could match nothing. */
export function patternsOf(lines: readonly string[]): readonly Pattern[] {
  return lines.map((line) => {
    const read = readPattern(line);
    if ('why' in read) throw new Refusal('claim.invalid', { pattern: line, why: read.why });
    return read;
  });
}

/** A pattern, or why it is none. (gitignore(5), "PATTERN FORMAT"; wildmatch rules for what is between slashes.) */
export function readPattern(line: string): Pattern | { readonly why: string } {
  const source = line.replace(/(?<!\\)((?:\\\\)*) +$/, '$1');
  const negated = source.startsWith('!');
  let body = negated ? source.slice(1) : source;
  if (body === '' || body === '/') return { why: 'it is empty' };
  if (source.startsWith('#')) return { why: 'it is a comment; write \\# for a name that begins with #' };
  if (/[\0\n\r]/.test(body)) return { why: 'it holds a line end' };
  const folder = body.endsWith('/');
  if (folder) body = body.slice(0, -1);
  const anchored = body.includes('/');
  body = body.replace(/^\//, '');
  if (body.split('/').some((part) => part === '' || part === '.' || part === '..'))
    return { why: 'no path of a repository looks like that' };
  const tokens = tokensOf(anchored ? body : `**/${body}`);
  return 'why' in tokens ? tokens : { source, negated, folder, tokens: tokens.tokens };
}

/** A pattern that names this path and what lies below it. What no pattern can hold, as a line end, becomes any one character. */
export function patternFor(path: string): string {
  const plain = path.replace(/[\\*?[\]]/g, '\\$&').replace(/[\0\n\r]/g, '?');
  return `/${plain.replace(/ +$/, (spaces) => spaces.replaceAll(' ', '\\ '))}`;
}

/** A plain name without wildcards as a path from the top: who claims `docs` does not mean every folder of that name. */
export function fromTop(pattern: string): string {
  const [, not = '', name = ''] = /^(!?)(.*)$/s.exec(pattern) ?? [];
  const plain = !/(?<!\\)(?:\\\\)*[*?[]/.test(name);
  return plain && name !== '' && !/.\/./s.test(name) && !/^[/#]/.test(name) ? `${not}/${name}` : pattern;
}

/** The one path that a pattern without wildcards names from the top; undefined for other patterns. */
export function pathOf(pattern: string): string | undefined {
  const [, name = ''] = /^\/?(.+)$/s.exec(pattern) ?? [];
  const anchored = pattern.startsWith('/') || /.\/./s.test(name);
  if (!anchored || /^[!#]/.test(pattern) || /\/$/.test(name) || /(?<!\\)(?:\\\\)*[*?[]/.test(name)) return undefined;
  return name.replace(/\\(.)/gs, '$1');
}

function tokensOf(body: string): { readonly tokens: readonly Token[] } | { readonly why: string } {
  const tokens: Token[] = [];
  const parts = body.split('/');
  for (const [at, part] of parts.entries()) {
    const last = at === parts.length - 1;
    if (part === '**' && last) tokens.push({ kind: 'rest' });
    else if (part === '**') tokens.push({ kind: 'dirs' });
    else {
      const read = readPart(part);
      if ('why' in read) return read;
      tokens.push(...read.tokens);
      if (!last) tokens.push({ kind: 'slash' });
    }
  }
  return { tokens };
}

function readPart(part: string): { readonly tokens: readonly Token[] } | { readonly why: string } {
  const chars = [...part];
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] ?? '';
    if (char === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (char === '?') tokens.push({ kind: 'one', ranges: ANY });
    else if (char === '[') {
      const read = readClass(chars, at);
      if (!read) return { why: 'its [ is never closed; write \\[ for the character' };
      tokens.push({ kind: 'one', ranges: read.ranges });
      at = read.end;
    } else {
      if (char === '\\') at += 1;
      const literal = chars[at];
      if (literal === undefined) return { why: 'it ends in a single backslash' };
      tokens.push({ kind: 'one', ranges: [[code(literal), code(literal)]] });
    }
  }
  return { tokens };
}

/** The characters a `[…]` stands for, and where it ends. */
function readClass(chars: readonly string[], start: number): { ranges: readonly Range[]; end: number } | undefined {
  let at = start + 1;
  const negated = chars[at] === '!' || chars[at] === '^';
  if (negated) at += 1;
  const ranges: Range[] = [];
  for (let first = true; ; first = false) {
    const char = chars[at];
    if (char === undefined) return undefined;
    if (char === ']' && !first) return { ranges: negated ? without(ranges) : withoutSlash(ranges), end: at };
    const named = char === '[' && chars[at + 1] === ':' ? namedClass(chars, at) : undefined;
    if (named) {
      ranges.push(...named.ranges);
      at = named.end + 1;
      continue;
    }
    const from = char === '\\' ? chars[++at] : char;
    if (from === undefined) return undefined;
    at += 1;
    if (chars[at] !== '-' || chars[at + 1] === ']' || chars[at + 1] === undefined) {
      ranges.push([code(from), code(from)]);
      continue;
    }
    const to = chars[at + 1] === '\\' ? chars[++at + 1] : chars[at + 1];
    if (to === undefined) return undefined;
    ranges.push([code(from), code(to)]);
    at += 2;
  }
}

const NAMED: Readonly<Record<string, string>> = {
  alpha: 'AZaz',
  digit: '09',
  alnum: '09AZaz',
  lower: 'az',
  upper: 'AZ',
  xdigit: '09AFaf',
  space: '\t\r  ',
  blank: '\t\t  ',
  punct: '!/:@[`{~',
  print: ' ~',
  graph: '!~',
  cntrl: '\0\x1f\x7f\x7f',
};

function namedClass(chars: readonly string[], at: number): { ranges: readonly Range[]; end: number } | undefined {
  const match = /^\[:([a-z]+):\]/.exec(chars.slice(at, at + 12).join(''));
  const ends = match ? [...(NAMED[match[1] ?? ''] ?? '')] : [];
  if (!match || ends.length === 0) return undefined;
  const ranges = ends.flatMap((from, n): Range[] => (n % 2 === 0 ? [[code(from), code(ends[n + 1] ?? from)]] : []));
  return { ranges, end: at + match[0].length - 1 };
}

const withoutSlash = (ranges: readonly Range[]): readonly Range[] =>
  ranges.flatMap(([from, to]) =>
    (
      [
        [from, Math.min(to, SLASH - 1)],
        [Math.max(from, SLASH + 1), to],
      ] satisfies Range[]
    ).filter(([a, b]) => a <= b),
  );

function without(ranges: readonly Range[]): readonly Range[] {
  let left: Range[] = [...ANY];
  for (const [from, to] of ranges)
    left = left.flatMap(([low, high]): Range[] =>
      to < low || from > high
        ? [[low, high]]
        : (
            [
              [low, from - 1],
              [to + 1, high],
            ] satisfies Range[]
          ).filter(([a, b]) => a <= b),
    );
  return left;
}

const code = (char: string): number => char.codePointAt(0) ?? 0;
