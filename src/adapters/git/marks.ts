import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Marks } from '../../ports.ts';
import type { GitCall } from './call.ts';

/**
 * What differs from HEAD in a worktree, each path with a mark that changes when the file does: git's code, size and
 * time. A folder without any tracked file is one path; of more than `most` paths the rest has only its code.
 */
export async function marksOf(call: GitCall, worktree: string, most: number): Promise<Marks> {
  const args = [
    'status',
    '--porcelain=v2',
    '--branch',
    '-z',
    '--untracked-files=normal',
    '--no-renames',
    '--no-ahead-behind',
  ];
  const lines = (await call(args, { cwd: worktree })).stdout.split('\0').filter(Boolean);
  const value = (name: string) => lines.find((line) => line.startsWith(`# ${name} `))?.slice(name.length + 3);
  const branch = value('branch.head');
  const changes = lines.filter((line) => !line.startsWith('# ')).map(changeOf);
  const marks = changes.map(
    ({ path, code }, at) => [path, at < most ? `${code} ${markOf(join(worktree, path))}` : code] as const,
  );
  return {
    head: value('branch.oid') ?? '',
    branch: branch === '(detached)' ? undefined : branch,
    marks: new Map(marks),
  };
}

/** How many fields stand before the path depends on the kind of line. (git-status(1)) */
function changeOf(line: string): { readonly path: string; readonly code: string } {
  if (line.startsWith('?')) return { code: '??', path: line.slice(2) };
  const fields = line.split(' ');
  return { code: fields[1] ?? '', path: fields.slice(line.startsWith('u') ? 10 : 8).join(' ') };
}

function markOf(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found ? `${found.size} ${found.mtimeMs} ${found.ino}` : 'gone';
}

/** More of a log's end is not read. */
const TAIL = 8192;

/** The name of who moved a ref the last time, as its log has it; undefined where no log is kept. (git-reflog(1)) */
export function moverOf(common: string, ref: string): string | undefined {
  try {
    const text = readFileSync(join(common, 'logs', ref), 'utf8').slice(-TAIL);
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    return /^\w+ \w+ (.*) <[^>]*> \d+ [+-]\d+(\t|$)/.exec(last)?.[1];
  } catch {
    return undefined;
  }
}
