import { type Git, read } from './git.ts';

/** Older versions than these are left out. */
const VERSIONS = 60;

/** One conflicted path of a merge. */
export interface Place {
  readonly merge: { readonly ours: string; readonly theirs: string };
  readonly path: string;
}

/** The older versions of each path on either side, by one walk for each side of each merge. */
export function pastOf(git: Git, wanted: readonly Place[]) {
  const names: string[] = [];
  const places = wanted.map(() => ({ ours: [0, 0], theirs: [0, 0] }));
  for (const merge of new Set(wanted.map((one) => one.merge))) {
    const mine = wanted.flatMap((one, at) => (one.merge === merge ? [at] : []));
    for (const side of ['ours', 'theirs'] as const) {
      const other = side === 'ours' ? merge.theirs : merge.ours;
      const paths = mine.map((at) => wanted[at]?.path ?? '');
      const versions = versionsOf(git, merge[side], other, paths);
      for (const at of mine) {
        const oids = versions.get(wanted[at]?.path ?? '') ?? [];
        (places[at] as { ours: number[]; theirs: number[] })[side] = [names.length, names.length + oids.length];
        names.push(...oids);
      }
    }
  }
  const texts = read(git, names);
  const cut = ([from = 0, to = 0]: number[]) =>
    texts.slice(from, to).filter((text): text is Buffer => text !== undefined);
  return places.map(({ ours, theirs }) => ({ ours: cut(ours), theirs: cut(theirs) }));
}

function versionsOf(
  git: Git,
  side: string,
  other: string,
  paths: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const out = git([
    'log',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    '--first-parent',
    '-z',
    '--format=',
    side,
    `^${other}`,
    '--',
    ...paths,
  ]);
  const fields = out.toString('utf8').split('\0');
  const versions = new Map<string, string[]>();
  for (let at = 0; at + 1 < fields.length; at += 1) {
    const match = /:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) [A-Z]$/.exec(fields[at] ?? '');
    if (!match) continue;
    const path = fields[at + 1] ?? '';
    const list = versions.get(path) ?? [];
    versions.set(path, list);
    if (/^100/.test(match[2] ?? '') && list.length < VERSIONS && !list.includes(match[4] ?? ''))
      list.push(match[4] ?? '');
  }
  return versions;
}
