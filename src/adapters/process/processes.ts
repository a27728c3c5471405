import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Processes } from '../../ports.ts';
import { background } from './background.ts';

/** The other processes of this machine. Who works where is read from /proc; elsewhere nobody is seen. */
export const processes: Processes = {
  background,
  memory(pids) {
    return process.platform === 'linux' ? pids.reduce((sum, pid) => sum + residentOf(pid), 0) : undefined;
  },
  async inside(folder) {
    return numbers()
      .filter((pid) => pid !== process.pid && isBelow(workingFolder(pid), folder))
      .map((pid) => ({ pid, command: commandOf(pid) }));
  },
  signal(pid, name) {
    try {
      process.kill(pid, name);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  },
};

function numbers(): readonly number[] {
  return process.platform === 'linux'
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
    : [];
}

/** Undefined for a process of somebody else, and for one that just ended. (proc(5), /proc/<pid>/cwd.) */
function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

const isBelow = (path: string | undefined, folder: string): boolean =>
  path !== undefined && (path === folder || path.startsWith(`${folder}/`));

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  } catch {
    return '';
  }
}

/** VmRSS in kB; a process that just ended holds nothing. (proc(5), /proc/<pid>/status.) */
function residentOf(pid: number): number {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(found?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
