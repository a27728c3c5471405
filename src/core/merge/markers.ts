/** What conflict markers call the two sides: git's own names are object ids, which tell a reader nothing. */
export interface SideNames {
  readonly ours: string;
  readonly theirs: string;
}

/** The text of a conflicted file with its markers naming the sides as `names` does. */
export function relabel(text: string, git: SideNames, names: SideNames): string {
  return text
    .replaceAll(
      new RegExp(`^(<{7,}) ${git.ours}(?=[:\\r\\n]|$)`, 'gm'),
      (_, marker: string) => `${marker} ${names.ours}`,
    )
    .replaceAll(
      new RegExp(`^(>{7,}) ${git.theirs}(?=[:\\r\\n]|$)`, 'gm'),
      (_, marker: string) => `${marker} ${names.theirs}`,
    )
    .replaceAll(/^(\|{7,}) [0-9a-f]{7,64}(?=[:\r\n]|$)/gm, (_, marker: string) => `${marker} base`);
}

/** The conflicting parts of a file, markers included, each with the number of its first line. */
export function hunksOf(text: string): readonly { readonly line: number; readonly text: string }[] {
  const hunks: { line: number; text: string }[] = [];
  let open: { line: number; lines: string[] } | undefined;
  text.split('\n').forEach((line, at) => {
    if (/^<{7,}( |\r?$)/.test(line)) open = { line: at + 1, lines: [] };
    open?.lines.push(line);
    if (open && /^>{7,}( |\r?$)/.test(line)) {
      hunks.push({ line: open.line, text: open.lines.join('\n') });
      open = undefined;
    }
  });
  return hunks;
}

/** Texts of the three sides; a side that has no such file is undefined. */
export interface Sides {
  readonly base: string | undefined;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
}

const MARKER = /^(?:(<{7,}|>{7,}|\|{7,})(?: .*)?|(={7,}))\r?$/;

/**
 * Numbers of lines that are conflict markers left behind. A line that looks like one (a Markdown underline, a text about
 * git) is none while it stands no more often than the sides had it between them.
 */
export function markersLeft(text: string, { base = '', ours = '', theirs = '' }: Sides): readonly number[] {
  const count = (of: string) => {
    const found = new Map<string, number>();
    for (const line of of.split('\n')) if (MARKER.test(line)) found.set(bare(line), (found.get(bare(line)) ?? 0) + 1);
    return found;
  };
  const [inBase, inOurs, inTheirs] = [count(base), count(ours), count(theirs)];
  const allowed = new Map<string, number>();
  for (const line of [...inOurs.keys(), ...inTheirs.keys()]) {
    const most = (inOurs.get(line) ?? 0) + (inTheirs.get(line) ?? 0) - (inBase.get(line) ?? 0);
    allowed.set(line, Math.max(most, inOurs.get(line) ?? 0, inTheirs.get(line) ?? 0));
  }
  return text.split('\n').flatMap((line, at) => {
    if (!MARKER.test(line)) return [];
    const left = allowed.get(bare(line)) ?? 0;
    allowed.set(bare(line), left - 1);
    return left > 0 ? [] : [at + 1];
  });
}

const bare = (line: string): string => line.replace(/\r$/, '');
