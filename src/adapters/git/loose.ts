import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import type { Found, Oid } from '../../ports.ts';

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
  if (freshened(path)) return oid;
  const folder = dirname(path);
  if (!existsSync(folder)) makeFolder(folder);
  made += 1;
  const temporary = `${folder}/tmp_obj_${RUN}${made.toString(36)}`;
  try {
    writeFileSync(temporary, deflateSync(whole, whole.length < SMALL ? TIGHT : { level: 1 }), { mode: 0o444 });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return oid;
}

/** One folder at a time: a recursive one says ENOENT where the file system is read-only. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Names of files under way, which no other process makes. */
const RUN = `${process.pid.toString(36)}_${randomBytes(6).toString('hex')}_`;
let made = 0;

/** Most of a small object's time goes into making room for a window that it does not fill. (zlib.h, deflateInit2) */
const SMALL = 700;
const TIGHT = { level: 1, windowBits: 10, memLevel: 2 };

/** True when the object was there. Its age is reset, as git does, so that a gc under way does not take it for old. */
function freshened(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    const now = new Date();
    utimesSync(path, now, now);
    return true;
  } catch (error) {
    // Another user's object in a shared repository may be read but not touched.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

/**
 * The object with this name where it lies loose, as those that gwt wrote lately do; undefined where git must be asked,
 * null where it is certain that there is none. `<name>^{tree}` gives a commit's tree, `<name>:<file>` a file of it.
 */
export function readLoose(common: string, name: string): Found | undefined | null {
  const [, oid, peel, file] = /^([0-9a-f]{40}|[0-9a-f]{64})(\^\{tree\}|:([^/]+))?$/.exec(name) ?? [];
  const found = oid === undefined ? undefined : inflated(common, oid);
  if (!peel || !found) return found;
  const root = /^tree ([0-9a-f]+)\n/.exec(Buffer.from(found.body.subarray(0, 80)).toString('latin1'))?.[1];
  const tree = found.type === 'commit' && root ? inflated(common, root) : undefined;
  if (file === undefined || !tree) return tree;
  const row = Buffer.from(tree.body).indexOf(Buffer.from(` ${file}\0`, 'utf8'));
  if (row < 0) return null;
  const start = row + Buffer.byteLength(file) + 2;
  return inflated(common, Buffer.from(tree.body.subarray(start, start + tree.oid.length / 2)).toString('hex'));
}

function inflated(common: string, oid: Oid): Found | undefined {
  try {
    const whole = inflateSync(readFileSync(join(common, 'objects', oid.slice(0, 2), oid.slice(2))));
    const nul = whole.indexOf(0);
    const type = whole.subarray(0, nul).toString('latin1').split(' ')[0] ?? '';
    return { type, oid, body: whole.subarray(nul + 1) };
  } catch {
    // Packed, in an alternate, or damaged: git knows.
    return undefined;
  }
}
