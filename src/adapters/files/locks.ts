import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import lockfile from 'proper-lockfile';
import type { Locks } from '../../ports.ts';

/** A holder that died is noticed after this long without a sign of life. */
const STALE_MS = 10_000;

/** Locks between processes on one machine; `who` is written beside the lock for the message to the one who waits. */
export function openLocks(who: string): Locks {
  return {
    async take(path) {
      await mkdir(dirname(path), { recursive: true });
      try {
        const release = await lockfile.lock(path, { realpath: false, stale: STALE_MS, lockfilePath: `${path}.lock` });
        await writeFile(`${path}.holder`, who);
        return { release };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
        throw error;
      }
    },
    async holder(path) {
      return readFile(`${path}.holder`, 'utf8').catch(() => undefined);
    },
  };
}
