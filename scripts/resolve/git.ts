import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Runs git on one repository and gives what it printed. */
export type Git = (args: readonly string[], input?: string) => Buffer;

/** Git that only reads `gitDir`: what it writes goes to `scratch`. No configuration of the user or the system. */
export function gitIn(gitDir: string, scratch: string): Git {
  const objects = join(scratch, 'objects');
  mkdirSync(objects, { recursive: true });
  const env = {
    PATH: process.env['PATH'],
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join(gitDir, 'objects'),
  };
  const before = [
    '-c',
    'safe.directory=*',
    '-c',
    'merge.conflictStyle=diff3',
    '--literal-pathspecs',
    '--git-dir',
    gitDir,
  ];
  return (args, input = '') => spawnSync('git', [...before, ...args], { env, input, maxBuffer: 2 ** 31 }).stdout;
}

/** Blobs by name, in one process; undefined where there is none. */
export function read(git: Git, names: readonly string[]): readonly (Buffer | undefined)[] {
  if (names.length === 0) return [];
  const out = git(['cat-file', '--batch'], names.map((name) => `${name}\n`).join(''));
  let at = 0;
  return names.map(() => {
    const end = out.indexOf(10, at);
    const [, type, size] = /^[0-9a-f]{40,64} (\w+) (\d+)$/.exec(out.toString('latin1', at, end)) ?? [];
    at = end + 1;
    if (size === undefined) return undefined;
    const body = out.subarray(at, at + Number(size));
    at += Number(size) + 1;
    return type === 'blob' ? body : undefined;
  });
}
