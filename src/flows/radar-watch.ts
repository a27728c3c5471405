import { join } from 'node:path';
import type { Radar, RadarFile } from '../core/radar/radar.ts';
import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';
import { type RadarInput, type RadarPorts, radar } from './radar.ts';

/** What a watch of the radar has to tell; without `b` it is about a branch and the target. */
export type RadarStep =
  | { readonly type: 'radar'; readonly radar: Radar }
  | { readonly type: 'conflict'; readonly a: string; readonly b: string; readonly files: readonly RadarFile[] }
  | { readonly type: 'settled'; readonly a: string; readonly b: string }
  | { readonly type: 'refused'; readonly refusal: Refusal };

/** Files change without a ref: they are looked at this often, and never for more than a fifth of the time. */
const LOOK_MS = 2_000;
const SHARE = 5;
/** A change is often one of several. */
const SETTLE_MS = 100;

/** Tells the whole once and then only what changes, until the person stops it. */
export async function watchRadar(
  ports: RadarPorts & Pick<Ports, 'clock' | 'stop'>,
  input: RadarInput,
  tell: (step: RadarStep) => void,
): Promise<void> {
  const { common } = await ports.git.repo();
  let before: Radar | undefined;
  let refused = '';
  while (!ports.stop.aborted) {
    const bell = ports.files.watch(['refs/heads', 'refs/gwt/tasks', 'reftable'].map((name) => join(common, name)));
    const begun = ports.clock.now();
    try {
      const { touched: _, ...now } = await radar(ports, input);
      for (const step of before ? stepsBetween(before, now) : [{ type: 'radar' as const, radar: now }]) tell(step);
      before = now;
      refused = '';
    } catch (error) {
      // A branch that is named may be there again in a moment; what never was is refused.
      if (!(error instanceof Refusal) || !before) throw error;
      const words = JSON.stringify([error.code, error.facts]);
      if (words !== refused) tell({ type: 'refused', refusal: error });
      refused = words;
    }
    const took = ports.clock.now() - begun;
    await Promise.race([bell.rung, ports.clock.sleep(Math.max(LOOK_MS, took * SHARE))]);
    bell.close();
    await ports.clock.sleep(SETTLE_MS);
  }
}

type Conflict = Extract<RadarStep, { type: 'conflict' }>;

/** Conflicts that are new or about something else than before, then those that are gone. */
export function stepsBetween(before: Radar, now: Radar): readonly RadarStep[] {
  const [old, here] = [conflictsIn(before), conflictsIn(now)];
  const fresh = [...here].filter(([key, one]) => JSON.stringify(one.files) !== JSON.stringify(old.get(key)?.files));
  const gone = [...old].filter(([key]) => !here.has(key));
  return [...fresh.map(([, one]) => one), ...gone.map(([, { a, b }]) => ({ type: 'settled' as const, a, b }))];
}

function conflictsIn({ target, branches, pairs }: Radar): ReadonlyMap<string, Conflict> {
  const alone = branches
    .filter(({ clashes }) => clashes.length > 0)
    .map(({ branch, clashes }) => ({
      a: branch,
      b: target,
      files: clashes.map((path): RadarFile => ({ path, kind: 'content', units: [] })),
    }));
  const all = [...alone, ...pairs.map(({ a, b, files }) => ({ a, b, files }))];
  return new Map(
    all.map((one) => [JSON.stringify([one.a, one.b].sort()), { type: 'conflict' as const, ...one }] as const),
  );
}
