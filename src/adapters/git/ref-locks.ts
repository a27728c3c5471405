import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A ref transaction takes milliseconds: of one whose gwt is dead nothing runs any more after this long. */
const OVER_MS = 2_000;

/**
 * Notes which refs git is about to lock for this process, and gives what takes the note away again. Git's own lock files
 * do not say whose they are: with the note, those that a kill left behind are known for gwt's own.
 */
export function noteLocks(common: string, refs: readonly string[]): () => void {
  const folder = folderOf(common);
  const path = join(folder, `${process.pid}-${randomBytes(6).toString('hex')}.json`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname(), started: startOf(process.pid), refs }));
  } catch {
    // Where nothing can be written git will say so better.
  }
  return () => rmSync(path, { force: true });
}

/** Git makes its locks at once when it starts: one made later than this after the note is somebody else's. */
const BEGUN_MS = 10_000;

/** An index, whose lock a git holds as long as it moves files: only who asks for this very one may take it away. */
interface AnIndex {
  readonly name: string;
  /** Says that nothing moves it any more; without it the lock's age must tell. */
  readonly isOver?: (() => boolean) | undefined;
}

/** The move of a checkout takes seconds, of a very large one a minute. */
const INDEX_OVER_MS = 120_000;

/** Takes away the locks of transactions whose gwt was killed, or of one index; true when there were some. */
export function clearLocks(common: string, index?: AnIndex): boolean {
  const folder = folderOf(common);
  let cleared = false;
  for (const name of names(folder)) {
    const note = read(join(folder, name));
    if (note?.host !== hostname() || (startOf(note.pid) !== undefined && startOf(note.pid) === note.started)) continue;
    const ofRefs = note.refs.some((ref) => ref.startsWith('refs/'));
    if (index ? !note.refs.includes(index.name) : !ofRefs) continue;
    const locks = [...note.refs, ...(ofRefs ? ['HEAD'] : [])].map((ref) => join(common, `${ref}.lock`));
    const noted = ageOf(join(folder, name)) ?? 0;
    const left = locks.filter((path) => Math.abs(noted - (begunAgo(path) ?? Number.POSITIVE_INFINITY)) < BEGUN_MS);
    const young = index ? INDEX_OVER_MS : OVER_MS;
    if (!index?.isOver?.() && left.some((path) => (ageOf(path) ?? 0) < young)) continue;
    for (const path of left) rmSync(path, { force: true });
    rmSync(join(folder, name), { force: true });
    cleared ||= left.length > 0;
  }
  return cleared;
}

interface Note {
  readonly host: string;
  readonly pid: number;
  readonly started: string | undefined;
  readonly refs: readonly string[];
}

const folderOf = (common: string): string => join(common, 'gwt', 'refs');

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Undefined for a note that was cut short itself: then git had not been started yet. */
function read(path: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Note;
  } catch {
    return undefined;
  }
}

function ageOf(path: string): number | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && Date.now() - stat.mtimeMs;
}

/** When it was made: an index is written into its lock when all files are done. */
function begunAgo(path: string): number | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && Date.now() - Math.min(stat.mtimeMs, stat.birthtimeMs || stat.mtimeMs);
}

/** As the kernel tells it (proc(5), field 22 of stat); where it does not, a process that is there. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'alive' : undefined;
  }
}
