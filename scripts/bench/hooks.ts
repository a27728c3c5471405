import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { taskOf } from '../../src/core/records.ts';
import { installHooks } from '../../src/flows/hooks.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { openPorts } from '../../src/main.ts';

const FILES = 10_000;
const ROUNDS = 25;

/** An allowed commit of ten files with every hook of gwt against one with none, in turn, medians. */
export async function hooksBench(): Promise<{ name: string; ratio: number; bar: number }> {
  const box = mkdtempSync(join(tmpdir(), 'gwt-bench-hooks-'));
  try {
    const guarded = await worktreeOf(join(box, 'guarded'), true);
    const bare = await worktreeOf(join(box, 'bare'), false);
    const times: { guarded: number[]; bare: number[] } = { guarded: [], bare: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      times.bare.push(committing(bare, round));
      times.guarded.push(committing(guarded, round));
    }
    const ratio = median(times.guarded) / median(times.bare);
    return { name: 'allowed commit with all hooks / without, 10,000 files', ratio, bar: 1.6 };
  } finally {
    rmSync(box, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function worktreeOf(dir: string, hooks: boolean): Promise<string> {
  for (let at = 0; at < FILES; at += 1) {
    const folder = join(dir, at % 10 === 0 ? 'src/auth' : 'src/rest', String(at % 100));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${at}.ts`), `export const n = ${at};\n`);
  }
  git(dir, 'init', '-q', '-b', 'main');
  for (const [name, value] of [
    ['user.name', 'bench'],
    ['user.email', 'bench@example.com'],
    ['gc.auto', '0'],
  ] as const)
    git(dir, 'config', name, value);
  git(dir, 'add', '-A');
  git(dir, 'commit', '-qm', 'first');
  if (!hooks) {
    git(dir, 'worktree', 'add', '-q', '-b', 'bench', `${dir}.bench`);
    return `${dir}.bench`;
  }
  const globals = { cwd: dir, json: false, quiet: true, yes: true };
  const ports = openPorts(globals, () => {}, new AbortController().signal, '0.0.0-bench');
  const { tasks } = await spawn(ports, { tasks: ['bench'], owns: ['src/auth/**', 'docs/*.md'] });
  const entry = await ports.ledger.read('tasks/bench');
  if (entry) await installHooks(ports, taskOf(entry));
  return tasks[0]?.worktree ?? dir;
}

function committing(worktree: string, round: number): number {
  for (let at = 0; at < 10; at += 1)
    writeFileSync(join(worktree, 'src/auth', String(at * 10), `${at * 10}.ts`), `export const n = ${round};\n`);
  git(worktree, 'add', '-A');
  const started = performance.now();
  git(worktree, 'commit', '-q', '-m', `round ${round}`);
  return performance.now() - started;
}

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
