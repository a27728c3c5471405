import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { GIT_PLACES } from '../../core/git-env.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Ran, Run, RunOptions } from '../../ports.ts';

export interface GitCallOptions extends RunOptions {
  /** Exit codes that are answers; others refuse. Default: 0 alone. */
  readonly ok?: readonly number[];
}

/** Runs git and gives what it printed. */
export type GitCall = (args: readonly string[], options?: GitCallOptions) => Promise<Ran>;

const CLEAN: Readonly<Record<string, string | undefined>> = {
  ...Object.fromEntries(GIT_PLACES.map((name) => [name, undefined])),
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  // Reading a status must not take the index lock: an agent may be committing at that moment.
  GIT_OPTIONAL_LOCKS: '0',
  GIT_EDITOR: 'true',
  GIT_PAGER: 'cat',
};

/** Git in `cwd`, with a sealed environment. */
export function gitCall(run: Run, cwd: string): GitCall {
  return async (args, options = {}) => {
    const ran = await started(run, args, { cwd, ...options, env: { ...CLEAN, ...options.env } });
    if ((options.ok ?? [0]).includes(ran.code)) return ran;
    refuseWrongPlace(ran.stderr, options.cwd ?? cwd);
    refuseDisk(ran.stderr, options.cwd ?? cwd);
    throw new Refusal('git.failed', {
      command: `git ${args.join(' ')}`.slice(0, 300),
      code: ran.code,
      message: ran.stderr.trim(),
    });
  };
}

/** The same two problems can meet any command, so they have their own words. */
export function refuseWrongPlace(stderr: string, cwd: string): void {
  const distrusted = /dubious ownership in repository at '(.+)'/.exec(stderr)?.[1];
  if (distrusted) throw new Refusal('repository.unsafe', { path: distrusted });
  if (/not a git repository/i.test(stderr)) throw new Refusal('repository.none', { path: cwd });
}

/** What git says where a disk takes nothing more. The last two come without the system's reason. */
const DISK: readonly (readonly [RegExp, string])[] = [
  [/Read-only file system/, 'the file system is read-only'],
  [/Disk quota exceeded/, 'the disk quota is used up'],
  [/No space left on device|Out of diskspace|error: unable to write file /, 'the disk is full'],
];

/** True when it was the disk that would not. */
export const isDisk = (stderr: string): boolean => DISK.some(([said]) => said.test(stderr));

/** Refuses `file.unwritable` with the path that git names, or else the folder it worked in. */
export function refuseDisk(stderr: string, cwd: string): void {
  const [, why] = DISK.find(([said]) => said.test(stderr)) ?? [];
  if (why === undefined) return;
  const named = /unable to write file (.+)|'([^'\n]+)'/.exec(stderr);
  throw new Refusal('file.unwritable', { path: resolve(cwd, named?.[1] ?? named?.[2] ?? '.'), why });
}

async function started(run: Run, args: readonly string[], options: RunOptions): Promise<Ran> {
  try {
    return await run('git', args, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // Node blames the program when it is the folder that is missing.
    if (options.cwd && !existsSync(options.cwd))
      throw new Refusal('path.missing', { path: options.cwd, what: 'folder' });
    throw new Refusal('git.missing', { wanted: args[0] ?? 'git' });
  }
}
