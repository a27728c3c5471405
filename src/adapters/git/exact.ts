import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { onDisk } from './disk.ts';
import { lines } from './refs.ts';
import type { Place } from './snapshot.ts';
import { oddLineEnds, withOtherEnds } from './survey.ts';

/** Filters that give back exactly what was put in; their files may be huge, or secret, and are not kept a second time. */
const FAITHFUL = ['lfs', 'git-crypt', 'annex'];

/**
 * Paths that may lie on disk otherwise than a checkout would write them though git calls them unchanged: with other line
 * ends, or cleaned of something on the way in (`ident`, an encoding, a filter that leaves output of programs out).
 */
export async function converted({ bench, worktree }: Place, windows: boolean): Promise<readonly string[]> {
  const plain = ['!filter !ident !working-tree-encoding', ...FAITHFUL.map((name) => `filter=${name}`)];
  const listed = (flags: readonly string[], left: readonly string[]) =>
    bench([
      '--no-literal-pathspecs',
      'ls-files',
      ...flags,
      '-z',
      '--',
      ':(top)',
      ...left.map((one) => `:(exclude,attr:${one})`),
    ]);
  const faithful = FAITHFUL.map((name) => `filter=${name}`);
  const [ends, cleaned, staged] = await Promise.all([
    bench(['ls-files', '--eol', '-z']),
    listed([], plain),
    listed(['--stage'], faithful),
  ]);
  const sized = await otherSizes(bench, worktree, staged, withOtherEnds(ends));
  return [...new Set([...oddLineEnds(ends, windows), ...cleaned.split('\0').filter(Boolean), ...sized])];
}

/**
 * Files that lie on disk in another size than git has them, though nothing that holds now would convert them: they were
 * cleaned by a filter that was taken out of the attributes since, and git compares only times and the size of then.
 */
async function otherSizes(bench: Place['bench'], worktree: string, staged: string, skip: ReadonlySet<string>) {
  const files = staged.split('\0').flatMap((row) => {
    const [, oid = '', path = ''] = /^100\d{3} ([0-9a-f]+) 0\t([\s\S]*)$/.exec(row) ?? [];
    const stat = path === '' || skip.has(path) ? undefined : onDisk(worktree, path);
    return stat?.isFile() ? [{ path, oid, size: stat.size }] : [];
  });
  if (files.length === 0) return [];
  const input = `${files.map(({ oid }) => oid).join('\n')}\n`;
  const sizes = lines(await bench(['cat-file', '--batch-check=%(objectsize)'], { input }));
  return files.filter(({ size }, at) => sizes[at] !== String(size)).map(({ path }) => path);
}

/** Undefined where what git stores is what a checkout writes, so that no bytes need to be kept beside the tree. */
export function needExactBytes(
  { common }: Place,
  settings: string,
  special: boolean,
  changed: readonly string[],
): { windows: boolean } | undefined {
  const own = join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'git/attributes');
  const converts = special || settings !== '' || changed.some((path) => path.endsWith('.gitattributes'));
  if (!converts && !existsSync(join(common, 'info/attributes')) && !existsSync(own)) return undefined;
  return { windows: /^core\.(autocrlf (true|yes|on|1)|eol crlf)$/im.test(settings) };
}
