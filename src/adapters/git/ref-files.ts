import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
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
  const names = entriesOf(join(common, ref));
  if (names) {
    for (const name of names) if (!name.endsWith('.lock')) collect(common, `${ref}/${name}`, false, found);
  } else if (!belowOnly) {
    const text = textOf(join(common, ref));
    if (text === undefined) return;
    const oid = /^([0-9a-f]{40}|[0-9a-f]{64})\n?$/.exec(text)?.[1];
    if (!oid) throw new AskGit();
    found.set(ref, oid);
    if (found.size > MOST_LOOSE) throw new AskGit();
  }
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
function entriesOf(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path);
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
