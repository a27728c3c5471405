import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clearLocks, noteLocks } from './ref-locks.ts';

/** Carried by the git that holds the lock: it may outlive the gwt that started it. */
const MARK = 'GWT_HOLDS_INDEX';
/** So long is a git waited for that outlived its gwt and still moves a checkout. */
const PATIENCE_MS = 10_000;

/** Notes that git is about to lock the index of the worktree with this git directory, as `noteLocks` does for refs. */
export function noteIndexLock(gitDir: string): { env: Record<string, string>; forget: () => void } {
  const { common, name } = placeOf(gitDir);
  return { env: { [MARK]: gitDir }, forget: noteLocks(common, [name]) };
}

/** Takes the lock away that a killed gwt's git left on this index; others' locks stay. */
export async function clearIndexLock(gitDir: string): Promise<void> {
  const { common, name } = placeOf(gitDir);
  const isOver = process.platform === 'linux' ? () => !isHeld(gitDir) : undefined;
  for (let waited = 0; isOver && !isOver() && waited < PATIENCE_MS; waited += 100) await sleep(100);
  clearLocks(common, { name, isOver });
}

/** The shared git directory, and the index below it. */
function placeOf(gitDir: string): { common: string; name: string } {
  const linked = dirname(gitDir).endsWith(`${sep}worktrees`);
  const common = linked ? dirname(dirname(gitDir)) : gitDir;
  return { common, name: linked ? join(gitDir.slice(common.length + 1), 'index') : 'index' };
}

/** True while a process is alive that was started to move this index. (proc(5), environ.) */
function isHeld(gitDir: string): boolean {
  return readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && environOf(pid).includes(`\0${MARK}=${gitDir}\0`));
}

function environOf(pid: string): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`;
  } catch {
    return '';
  }
}
