import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid, Repo } from '../../ports.ts';
import type { GitCall } from './call.ts';
import { writeLoose } from './loose.ts';

/** Git with an object folder of its own over the repository's: what is tried there leaves nothing behind. */
export interface Scratch {
  readonly call: GitCall;
  write(type: 'blob' | 'tree' | 'commit', body: string | Uint8Array): Oid;
}

/** Does something with a scratch object folder, which is gone afterwards; it sees the objects in `more` too. */
export async function inScratch<T>(
  call: GitCall,
  repo: Repo,
  work: (scratch: Scratch) => Promise<T>,
  more: readonly string[] = [],
): Promise<T> {
  const folder = join(repo.common, 'gwt', `scratch-${randomBytes(6).toString('hex')}`);
  try {
    return await work(scratchAt(call, repo, folder, more));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same in a folder that stays. */
export function scratchAt(call: GitCall, repo: Repo, folder: string, more: readonly string[] = []): Scratch {
  const objects = join(folder, 'objects');
  mkdirSync(objects, { recursive: true });
  // In quotes git takes the path as it is written, also with a colon in it. (git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES.)
  const quoted = [join(repo.common, 'objects'), ...more].map((path) => `"${path.replace(/["\\]/g, '\\$&')}"`);
  const env = { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted.join(':') };
  return {
    call: (args, options) => call(args, { ...options, env: { ...env, ...options?.env } }),
    write: (type, body) => writeLoose(folder, type, body, repo.objectFormat),
  };
}
