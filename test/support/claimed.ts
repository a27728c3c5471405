import { join } from 'node:path';
import { expect } from 'vitest';
import { type SpawnInput, spawn } from '../../src/flows/spawn.ts';
import { type Scene, scene } from './scene.ts';

export const FILES = {
  'src/auth/login.ts': 'login\n',
  'src/auth/old/deep.ts': 'deep\n',
  'src/billing/pay.ts': 'pay\n',
  'src/other.ts': 'other\n',
  LICENSE: 'MIT\n',
};

/** A scene with task `login`, which may change `src/auth` alone, and its worktree. */
export async function claimed(
  input: Partial<SpawnInput> = {},
  files: Readonly<Record<string, string>> = FILES,
): Promise<{ s: Scene; w: string }> {
  const s = await scene(files);
  await addTask(s, 'login', { owns: ['src/auth/**'], ...input });
  return { s, w: s.worktree('login') };
}

/** Spawns a task. */
export async function addTask(s: Scene, name: string, input: Partial<SpawnInput> = {}): Promise<void> {
  await spawn(s.ports(), { tasks: [name], ...input });
}

/** Every ref of the repository and where the worktree stands. */
export function standing(s: Scene, w: string): string {
  return [s.git('for-each-ref'), s.gitIn(w, 'rev-parse', 'HEAD'), s.tryGit(w, 'symbolic-ref', 'HEAD').out].join('\n');
}

/** The command is refused by gwt, in these words; no ref moved, and unsaved work of the task is still there. */
export function expectRefused(s: Scene, w: string, args: readonly string[], words: string | RegExp): void {
  s.write(join(w, 'src/auth/unsaved.ts'), 'unsaved\n');
  const before = standing(s, w);
  const { code, out } = s.tryGit(w, ...args);
  expect(`git ${args.join(' ')}\n${out}`).toMatch(/gwt: refused|gwt-agents-do-not-push/);
  expect(out).toMatch(words);
  expect(code).not.toBe(0);
  expect(standing(s, w)).toBe(before);
  expect(s.read(join(w, 'src/auth/unsaved.ts'))).toBe('unsaved\n');
}
