import { diffIndices } from 'node-diff3';

/** Base items from `start` up to `end` become `put`. With `start === end` it is an insertion before `start`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly put: readonly string[];
}

/** Pairs of equal items that the comparison may have to look at; beyond, repetitive text would take seconds. */
const PAIRS = 200_000;

/** What turns `base` into `side`, in order; undefined where that would take too long to find out. */
export function editsOf(base: readonly string[], side: readonly string[]): readonly Edit[] | undefined {
  const known = new Map<string, number>();
  for (const item of base) known.set(item, (known.get(item) ?? 0) + 1);
  let pairs = 0;
  for (const item of side) pairs += known.get(item) ?? 0;
  if (pairs > PAIRS) return undefined;
  return diffIndices([...base], [...side]).map(({ buffer1: [start, length], buffer2Content }) => ({
    start,
    end: start + length,
    put: buffer2Content,
  }));
}

/** The base with all edits made; they must not overlap. */
export function apply(base: readonly string[], edits: readonly Edit[]): readonly string[] {
  const out: string[] = [];
  let at = 0;
  for (const { start, end, put } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    out.push(...base.slice(at, start), ...put);
    at = end;
  }
  return [...out, ...base.slice(at)];
}

/** True when the two change the same base items, or insert at one place, or one inserts where the other changes. */
export function collide(one: Edit, other: Edit): boolean {
  if (one.start < other.end && other.start < one.end) return true;
  return (one.start === one.end || other.start === other.end) && one.start <= other.end && other.start <= one.end;
}
