/** What differs in a worktree from its HEAD. Paths are byte strings (latin1). */
export interface Survey {
  readonly head: string | undefined;
  readonly branch: string | undefined;
  /** False when the index is what HEAD is. */
  readonly staged: boolean;
  /** Paths to look at again on disk: changed, untracked, unmerged. */
  readonly changed: readonly string[];
  readonly unmerged: readonly { readonly path: string; readonly stages: readonly (readonly [string, string])[] }[];
  readonly intended: readonly string[];
  /** Repositories of their own below the worktree, and submodules with work of their own. */
  readonly nested: readonly string[];
}

/** The answer of `git status --porcelain=v2 -z --branch --untracked-files=all --no-renames`. */
export function parseSurvey(text: string): Survey {
  let head: string | undefined;
  let branch: string | undefined;
  let staged = false;
  const changed: string[] = [];
  const unmerged: Survey['unmerged'][number][] = [];
  const intended: string[] = [];
  const nested: string[] = [];
  for (const line of text.split('\0').filter(Boolean)) {
    const fields = line.split(' ');
    if (line.startsWith('# branch.oid ')) head = fields[2] === '(initial)' ? undefined : fields[2];
    else if (line.startsWith('# branch.head '))
      branch = line === '# branch.head (detached)' ? undefined : line.slice(14);
    else if (fields[0] === '1') {
      const path = fields.slice(8).join(' ');
      if (fields[1]?.[0] !== '.') staged = true;
      if (fields[1]?.[1] !== '.') changed.push(path);
      if (fields[1] === '.A') intended.push(path);
      if (/^S.*[MU]/.test(fields[2] ?? '')) nested.push(path);
    } else if (fields[0] === 'u') {
      staged = true;
      const path = fields.slice(10).join(' ');
      changed.push(path);
      unmerged.push({ path, stages: [1, 2, 3].map((n) => [fields[n + 2] ?? '', fields[n + 6] ?? ''] as const) });
    } else if (fields[0] === '?') (line.endsWith('/') ? nested : changed).push(line.slice(2).replace(/\/$/, ''));
  }
  return { head, branch, staged, changed, unmerged, intended, nested };
}

/** The answer of `git ls-files -v -z`: paths git was told not to look at, with their letter, and whether any file sets attributes. */
export function parseFlags(text: string): { flagged: (readonly [string, string])[]; attributes: boolean } {
  const flagged: (readonly [string, string])[] = [];
  let attributes = false;
  for (const line of text.split('\0')) {
    if (line.endsWith('.gitattributes')) attributes = true;
    const tag = line[0] ?? 'H';
    if (tag !== 'H' && tag !== 'M') flagged.push([tag, line.slice(2)]);
  }
  return { flagged, attributes };
}

/**
 * Paths of `git ls-files --eol -z` whose line ends on disk are not what a checkout would write. `windows` says that
 * text is checked out with CRLF by default. (gitattributes(5), "eol"; git-ls-files(1), "--eol".)
 */
export function oddLineEnds(text: string, windows: boolean): string[] {
  return text.split('\0').flatMap((line) => {
    const match = /^i\/(\S*)\s+w\/(\S*)\s+attr\/(.*?)\s*\t([\s\S]*)$/.exec(line);
    if (!match) return [];
    const [, index = '', disk = '', attributes = '', path = ''] = match;
    if (disk === '' || index === '') return [];
    const text = !/(^| )-text( |$)/.test(attributes) && (windows || /text/.test(attributes));
    const crlf = /eol=crlf/.test(attributes) || (text && windows && !/eol=lf/.test(attributes));
    const expected = crlf && index === 'lf' ? 'crlf' : index;
    // Two that are both mixed need not be mixed alike.
    return expected === disk && !(text && disk === 'mixed') ? [] : [path];
  });
}

/** Paths of `git ls-files --eol -z` that have other line ends on disk than in git: their sizes say nothing. */
export function withOtherEnds(text: string): ReadonlySet<string> {
  const rows = text.split('\0').map((line) => /^i\/(\S*)\s+w\/(\S*)\s+attr\/.*?\s*\t([\s\S]*)$/.exec(line) ?? []);
  return new Set(rows.flatMap(([, index, disk, path]) => (path !== undefined && index !== disk ? [path] : [])));
}
