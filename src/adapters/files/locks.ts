import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import type { Lock, Locks } from '../../ports.ts';

/** A holder on another machine is given up after this long without a sign of life. */
const STALE_MS = 10_000;
/** A lock younger than this may be one whose holder has not written its name yet. */
const YOUNG_MS = 1_000;
const ASK_MS = 100;

/** Who this process is, for the lock's note: the one who waits is told, and can see whether that process still lives. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly alive: (pid: number) => boolean;
}

/** Locks between processes. On one machine the lock of a process that is dead is taken over at once. */
export function openLocks(self: Holder): Locks {
  return {
    async take(path) {
      await mkdir(dirname(path), { recursive: true });
      const lock = (await taken(path, self)) ?? (await unnamed(path, self));
      return lock ?? ((await freed(path, self)) ? taken(path, self) : undefined);
    },
    async holder(path) {
      return readFile(`${path}.holder`, 'utf8').catch(() => undefined);
    },
  };
}

/**
 * The lock, where its holder died before it wrote its name: nobody can tell by whom it is held, so it is waited for until
 * it is stale. Undefined as soon as there is a name.
 */
async function unnamed(path: string, self: Holder): Promise<Lock | undefined> {
  for (let waited = 0; waited < STALE_MS + YOUNG_MS; waited += ASK_MS) {
    if ((await nameOf(path)) !== '') return undefined;
    await sleep(ASK_MS);
    const lock = await taken(path, self);
    if (lock) return lock;
  }
  return undefined;
}

async function taken(path: string, { pid, host }: Holder): Promise<Lock | undefined> {
  try {
    let held = true;
    const release = await lockfile.lock(path, {
      realpath: false,
      stale: STALE_MS,
      lockfilePath: `${path}.lock`,
      // Left to itself the library throws where nobody can catch it.
      onCompromised: () => {
        held = false;
      },
    });
    await writeFile(`${path}.holder`, `pid ${pid} on ${host}`);
    return { held: () => held, release: async () => (held ? release() : undefined) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return undefined;
    throw error;
  }
}

/** True when the lock was a dead process's and is out of the way. It is moved aside first, so that only one does so. */
async function freed(path: string, self: Holder): Promise<boolean> {
  if (!(await isDead(path, self))) return false;
  const age = async () => Date.now() - ((await stat(`${path}.lock`).catch(() => undefined))?.mtimeMs ?? 0);
  for (let left = YOUNG_MS - (await age()); left > 0; left = YOUNG_MS - (await age())) await sleep(left);
  if (!(await isDead(path, self))) return false;
  const aside = `${path}.dead-${self.pid}`;
  await rename(`${path}.lock`, aside).catch(() => {});
  await rm(aside, { recursive: true, force: true });
  return true;
}

async function isDead(path: string, { host, alive }: Holder): Promise<boolean> {
  const match = /^pid (\d+) on ([\s\S]*)$/.exec(await nameOf(path));
  return match !== null && match[2] === host && !alive(Number(match[1]));
}

const nameOf = (path: string): Promise<string> => readFile(`${path}.holder`, 'utf8').catch(() => '');
