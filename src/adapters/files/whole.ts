import { randomBytes } from 'node:crypto';
import { copyFile, link, mkdir, readdir, readFile, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Files } from '../../ports.ts';

/** Verbs that treat a file as one thing: all of its bytes, or none. */
export const whole: Pick<Files, 'copyOnce' | 'replace' | 'same' | 'removeEmpty'> = {
  copyOnce: (from, to) =>
    beside(to, async (temporary) => {
      await copyFile(from, temporary);
      try {
        await link(temporary, to);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      }
    }),
  async replace(from, to) {
    // A link stays a link, as when git writes its config.
    const target = await realpath(to).catch(() => to);
    await beside(target, async (temporary) => {
      await copyFile(from, temporary);
      await rename(temporary, target);
    });
  },
  async same(a, b) {
    const [one, other] = await Promise.all([a, b].map((path) => readFile(path).catch(() => undefined)));
    return one && other ? one.equals(other) : one === other;
  },
  async removeEmpty(path) {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isDirectory()) await whole.removeEmpty(join(path, entry.name));
    await rmdir(path).catch(() => {});
  },
};

async function beside<T>(path: string, work: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    return await work(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}
