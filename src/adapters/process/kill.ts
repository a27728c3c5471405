import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a program may take to put its things in order after SIGTERM. */
const GRACE_MS = 5_000;

/**
 * Ends a process group, then every process that still carries the run's mark in its environment: agents start their
 * tool shells in sessions of their own, which no signal to the group reaches.
 */
export async function killTree(pid: number | undefined, run: string | undefined): Promise<void> {
  const group = () => (pid === undefined ? false : alive(-pid));
  if (!group() && marked(run).length === 0) return;
  signal(pid, marked(run), 'SIGTERM');
  for (const until = Date.now() + GRACE_MS; Date.now() < until && (group() || marked(run).length > 0); )
    await sleep(25);
  signal(pid, marked(run), 'SIGKILL');
}

function signal(pid: number | undefined, others: readonly number[], name: NodeJS.Signals): void {
  for (const target of [...(pid === undefined ? [] : [-pid]), ...others]) {
    try {
      process.kill(target, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function alive(target: number): boolean {
  try {
    process.kill(target, 0);
    return true;
  } catch {
    return false;
  }
}

/** Processes with `GWT_RUN_ID=<run>` in their environment. (proc(5): /proc/<pid>/environ; nothing elsewhere.) */
function marked(run: string | undefined): readonly number[] {
  if (!run || process.platform !== 'linux') return [];
  const wanted = `GWT_RUN_ID=${run}`;
  const own = String(process.pid);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== own && carries(name, wanted))
    .map(Number);
}

function carries(pid: string, wanted: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(wanted);
  } catch {
    return false;
  }
}
