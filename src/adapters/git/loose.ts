import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Oid } from '../../ports.ts';

/**
 * Writes an object the way git does, as a loose file of the shared object folder, and gives its name: a process for
 * each blob, tree and commit of an event would cost more than all the rest of it. (gitformat-loose, git's documentation.)
 */
export function writeLoose(
  common: string,
  type: 'blob' | 'tree' | 'commit',
  body: string | Uint8Array,
  algorithm: 'sha1' | 'sha256',
): Oid {
  const content = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  const whole = Buffer.concat([Buffer.from(`${type} ${content.length}\0`, 'latin1'), content]);
  const oid = createHash(algorithm).update(whole).digest('hex');
  const path = join(common, 'objects', oid.slice(0, 2), oid.slice(2));
  if (existsSync(path)) return oid;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${dirname(path)}/tmp_obj_${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(temporary, deflateSync(whole, { level: 1 }), { mode: 0o444 });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  return oid;
}
