import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid } from '../../ports.ts';

/** Above this git's own binary search in the packed file is faster than reading all of it. */
const MOST_PACKED = 2_000_000;
/** And with so many loose ones, git's own reading. */
const MOST_LOOSE = 2000;

/**
 * Refs that equal one of the prefixes or lie below it, read as git reads them from its files, without a process;
 * undefined where git must be asked: another way of storing refs, symbolic or damaged refs, very many of them.
 * Loose ones first, then the packed: a ref that is packed meanwhile is then seen in one of both. (gitrepository-layout(5))
 */
export function refsInFiles(common: string, prefixes: readonly string[]): ReadonlyMap<string, Oid> | undefined {
  if (prefixes.some((prefix) => !/^refs\/[^*?[\\:\0\n]*$/.test(prefix) || prefix.includes('..'))) return undefined;
  if (existsSync(join(common, 'reftable'))) return undefined;
  const found = new Map<string, Oid>();
  try {
    for (const prefix of prefixes) collect(common, prefix.replace(/\/$/, ''), prefix.endsWith('/'), found);
    for (const [ref, oid] of packed(common, prefixes)) if (!found.has(ref)) found.set(ref, oid);
  } catch (error) {
    if (error instanceof AskGit) return undefined;
    throw error;
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

class AskGit extends Error {}

function collect(common: string, ref: string, belowOnly: boolean, found: Map<string, Oid>): void {
  const entries = entriesOf(join(common, ref));
  if (!entries) {
    if (!belowOnly) readOne(common, ref, found);
    return;
  }
  for (const entry of entries) {
    const name = `${ref}/${entry.name}`;
    if (entry.name.endsWith('.lock')) continue;
    if (entry.isFile()) readOne(common, name, found);
    else collect(common, name, false, found);
  }
}

function readOne(common: string, ref: string, found: Map<string, Oid>): void {
  const text = textOf(`${common}/${ref}`);
  if (text === undefined) return;
  const oid = /^([0-9a-f]{40}|[0-9a-f]{64})\n?$/.exec(text)?.[1];
  if (!oid) throw new AskGit();
  found.set(ref, oid);
  if (found.size > MOST_LOOSE) throw new AskGit();
}

function packed(common: string, prefixes: readonly string[]): readonly (readonly [string, Oid])[] {
  const path = join(common, 'packed-refs');
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MOST_PACKED) throw new AskGit();
  return (textOf(path) ?? '').split('\n').flatMap((line) => {
    const [, oid, ref] = /^([0-9a-f]{40,64}) (.+)$/.exec(line) ?? [];
    const wanted = ref && prefixes.some((prefix) => ref === prefix || ref.startsWith(prefix.replace(/\/?$/, '/')));
    return oid && wanted ? [[ref, oid] as const] : [];
  });
}

/** Undefined when it is no folder. */
function entriesOf(path: string): readonly Dirent[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    return quietly(error);
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return quietly(error);
  }
}

function quietly(error: unknown): undefined {
  if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
  throw new AskGit();
}
