import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Background } from '../../ports.ts';

/** Starts a program that outlives this process. Throws when it cannot be started. */
export async function background(
  command: readonly string[],
  cwd: string,
  log: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Background> {
  const [file = 'false', ...args] = command;
  mkdirSync(dirname(log), { recursive: true });
  const out = openSync(log, 'a', 0o600);
  try {
    // `detached` is setsid(2): no terminal whose end would send it SIGHUP, no Ctrl-C of another program's.
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', out, out],
      windowsHide: true,
    });
    let code: number | undefined;
    child.on('exit', (ended) => {
      code = ended ?? 128;
    });
    await new Promise<void>((resolve, reject) => {
      child.on('spawn', resolve);
      child.on('error', reject);
    });
    child.unref();
    return { pid: child.pid ?? 0, ended: () => code };
  } finally {
    closeSync(out);
  }
}
