/** One conflict inside a file. Lines keep their line ends. */
export interface Hunk {
  readonly base: readonly string[];
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  /** The line before and the line after it, which all three sides have; undefined at the ends of the file. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** A piece of a merged file: lines that git settled, or a conflict. */
export type Part = { readonly lines: readonly string[] } | { readonly hunk: Hunk };

/**
 * The pieces of a file that git merged with diff3 markers, whose sides are called `names`. Undefined where the markers
 * cannot be told from the text: then nobody can say what each side has.
 */
export function partsOf(
  marked: string,
  names: { readonly ours: string; readonly theirs: string },
): readonly Part[] | undefined {
  const lines = linesOf(marked);
  const parts: Part[] = [];
  let at = 0;
  for (;;) {
    const open = indexOf(lines, at, (line) => isMarker(line, '<', names.ours));
    parts.push({ lines: lines.slice(at, open) });
    if (open === lines.length) return around(parts);
    const close = indexOf(lines, open, (line) => isMarker(line, '>', names.theirs));
    const size = /^<+/.exec(lines[open] ?? '')?.[0].length ?? 7;
    const inner = lines.slice(open + 1, close);
    const bases = places(inner, (line) => line.startsWith(`${'|'.repeat(size)} `));
    const middles = places(inner, (line) => line.trimEnd() === '='.repeat(size));
    const [base, middle] = [bases[0], middles[0]];
    if (close === lines.length || bases.length !== 1 || middles.length !== 1) return undefined;
    if (base === undefined || middle === undefined || middle < base) return undefined;
    const [ours, theirs] = [inner.slice(0, base), inner.slice(middle + 1)];
    parts.push({ hunk: { base: inner.slice(base + 1, middle), ours, theirs, before: undefined, after: undefined } });
    at = close + 1;
  }
}

/** The lines of a text, each with its line end; the last may have none. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

const isMarker = (line: string, sign: '<' | '>', name: string): boolean => {
  const size = line.startsWith(sign.repeat(7)) ? (/^[<>]+/.exec(line)?.[0].length ?? 0) : 0;
  return (
    size > 0 && (line.trimEnd() === `${sign.repeat(size)} ${name}` || line.startsWith(`${sign.repeat(size)} ${name}:`))
  );
};

function indexOf(lines: readonly string[], from: number, is: (line: string) => boolean): number {
  for (let at = from; at < lines.length; at += 1) if (is(lines[at] ?? '')) return at;
  return lines.length;
}

const places = (lines: readonly string[], is: (line: string) => boolean): readonly number[] =>
  lines.flatMap((line, at) => (is(line) ? [at] : []));

/** Tells each conflict what stands next to it. */
function around(parts: readonly Part[]): readonly Part[] {
  return parts.map((part, at) => {
    if (!('hunk' in part)) return part;
    const [left, right] = [parts[at - 1], parts[at + 1]];
    const before = left && 'lines' in left ? left.lines.at(-1) : undefined;
    const after = right && 'lines' in right ? right.lines[0] : undefined;
    return { hunk: { ...part.hunk, before, after } };
  });
}
