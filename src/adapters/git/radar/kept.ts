import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Meeting, Oid, Repo } from '../../../ports.ts';
import type { GitCall } from '../call.ts';
import { type Scratch, scratchAt } from '../scratch.ts';

/** What became of a head put on a commit: the commit it became, where it conflicted, what it changes there. */
export interface Put {
  readonly put: Oid;
  readonly clashes: readonly string[];
  readonly paths: readonly string[];
  /** The same for two that change the same in the same way. */
  readonly print: string;
}

/** What is remembered: heads by `<onto> <head>`, pairs by both prints; a pair without meetings merges. */
export interface Known {
  /** How many heads were put somewhere since the folder was made. */
  put: number;
  readonly alone: Map<string, Put>;
  readonly pairs: Map<string, readonly Meeting[]>;
}

/** A folder of objects that only predictions need, and what is known from them. Losing it loses time. */
export interface Kept {
  readonly scratch: Scratch;
  readonly objects: string;
  load(): Known;
  /** Keeps the newest of it; when the folder has grown too large it is thrown away instead. */
  save(known: Known): void;
  /** Nothing is known any more. */
  forget(): void;
}

/** So many heads may be put somewhere before the folder is made anew: what lies there is never tidied up by git. */
const MOST_PUT = 4000;
const MOST_HEADS = 1000;
const MOST_PAIRS = 20_000;
const VERSION = 1;

/** The folder in the git directory that all worktrees share. */
export function openKept(call: GitCall, repo: Repo): Kept {
  const folder = join(repo.common, 'gwt', 'radar');
  const file = join(folder, 'known.json');
  return {
    scratch: scratchAt(call, repo, folder),
    objects: join(folder, 'objects'),
    load() {
      const read = stored(file);
      return { put: read?.put ?? 0, alone: new Map(read?.alone), pairs: new Map(read?.pairs) };
    },
    save({ put, alone, pairs }) {
      if (put > MOST_PUT) return clear(folder);
      const text = JSON.stringify({
        version: VERSION,
        put,
        alone: newest(alone, MOST_HEADS),
        pairs: newest(pairs, MOST_PAIRS),
      });
      const temporary = `${file}.${randomBytes(6).toString('hex')}`;
      mkdirSync(folder, { recursive: true });
      writeFileSync(temporary, text);
      renameSync(temporary, file);
    },
    forget: () => rmSync(file, { force: true }),
  };
}

/** Moved away first: what another process writes meanwhile goes into a new one. */
function clear(folder: string): void {
  const gone = `${folder}-${randomBytes(6).toString('hex')}`;
  renameSync(folder, gone);
  rmSync(gone, { recursive: true, force: true });
}

const newest = <T>(all: ReadonlyMap<string, T>, most: number): readonly (readonly [string, T])[] =>
  [...all].slice(-most);

interface Stored {
  readonly version: number;
  readonly put: number;
  readonly alone: readonly [string, Put][];
  readonly pairs: readonly [string, readonly Meeting[]][];
}

/** Undefined for a file that is not there, of another version, or broken. */
function stored(file: string): Stored | undefined {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as Stored;
    return read.version === VERSION ? read : undefined;
  } catch {
    return undefined;
  }
}
