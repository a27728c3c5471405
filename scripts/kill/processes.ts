import { readdirSync, readFileSync } from 'node:fs';

/** Processes that carry all of these `NAME=value` in their environment; a name alone stands for any value. */
export function carriers(...marks: readonly string[]): readonly number[] {
  return pids().filter((pid) => {
    const env = read(`/proc/${pid}/environ`).split('\0');
    return marks.every((mark) =>
      env.some((one) => one === mark || (!mark.includes('=') && one.startsWith(`${mark}=`))),
    );
  });
}

/** The command line of a process. */
export const commandOf = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').slice(0, 60);

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}

const pids = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
