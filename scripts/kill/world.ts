import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { carriers, commandOf } from './processes.ts';

export const PROJECT = resolve(import.meta.dirname, '../..');

/** Numbers from 0 to 1, the same in every run (mulberry32). */
export function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Everything that carries the mark of this run in its environment. */
export const marked = (repo: string): readonly number[] => carriers(`GWT_KILLED=${repo}`);

/** What of it still lives, as people call processes. */
export const processesIn = (repo: string): readonly string[] => marked(repo).map(commandOf);

type Env = Readonly<Record<string, string>>;
export type Git = (...args: string[]) => string;
/** Git in a folder; throws what it said when it fails. */
export const gitIn =
  (cwd: string): Git =>
  (...args) =>
    execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();

/** The built gwt; throws when it does not end well. */
export function gwt(cwd: string, args: readonly string[], own: Env = {}): void {
  const { code, text } = tryGwt(cwd, args, own);
  if (code !== 0) throw new Error(`gwt ${args.join(' ')} ended with ${code}: ${text}`);
}

/** The built gwt, and how it ended. */
export function tryGwt(
  cwd: string,
  args: readonly string[],
  own: Env = {},
): { readonly code: number; readonly text: string } {
  try {
    const env = { ...process.env, CI: '1', NODE_EXTRA_CA_CERTS: undefined, ...own };
    const out = execFileSync(process.execPath, [join(PROJECT, 'bin/gwt.js'), ...args], { cwd, env, stdio: 'pipe' });
    return { code: 0, text: String(out) };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: Buffer; stderr: Buffer };
    return { code: status, text: `${stdout}${stderr}`.slice(-600) };
  }
}

/** Writes a file and the folders above it. */
export function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
