import { prove } from '../../src/core/merge/proof.ts';
import { textOf, unfit } from '../../src/core/merge/rules/fit.ts';
import { type Hunk, partsOf } from '../../src/core/merge/rules/hunk.ts';
import type { Case } from './replay.ts';

/** Answers of a careless resolver: how many were what people said (but for white space), and what the gate let through. */
export interface Careless {
  right: number;
  rightPassed: number;
  wrong: number;
  wrongPassed: number;
}

/** Resolvers that look at nothing, to see what the gate is worth. */
const RESOLVERS: Readonly<Record<string, (hunk: Hunk) => readonly string[]>> = {
  'always ours': ({ ours }) => ours,
  'always theirs': ({ theirs }) => theirs,
  'ours, then theirs': ({ ours, theirs }) => [...ours, ...theirs],
};

/** What the gate says to answers that nobody thought about. */
export function gateOn(cases: readonly Case[]): ReadonlyMap<string, Careless> {
  const found = new Map(
    Object.keys(RESOLVERS).map((name) => [name, { right: 0, rightPassed: 0, wrong: 0, wrongPassed: 0 }]),
  );
  for (const one of cases) {
    const parts = unfit(one.path, one) ? undefined : partsOf(textOf(one.marked) ?? '', one.names);
    if (!parts) continue;
    for (const [name, resolver] of Object.entries(RESOLVERS)) {
      const text = parts.flatMap((part) => ('hunk' in part ? resolver(part.hunk) : part.lines)).join('');
      count(found.get(name) as Careless, bare(text) === bare(one.human.toString('utf8')), passes(one, text));
    }
  }
  return found;
}

function passes({ path, base, ours, theirs }: Case, text: string): boolean {
  const stages = ([1, 2, 3] as const).map((stage) => ({ stage, mode: '100644', oid: '' }));
  const sides = { base: base.toString('latin1'), ours: ours.toString('latin1'), theirs: theirs.toString('latin1') };
  const now = { mode: '100644', text: Buffer.from(text, 'utf8').toString('latin1') };
  return prove({ file: { path, stages }, sides, now }).verdict !== 'refused';
}

function count(to: Careless, right: boolean, passed: boolean): void {
  const kind = right ? 'right' : 'wrong';
  to[kind] += 1;
  if (passed) to[`${kind}Passed`] += 1;
}

const bare = (text: string): string => text.replace(/\s+/g, '');
