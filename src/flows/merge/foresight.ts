import type { Candidate } from '../../core/merge/plan.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Oid, Ports } from '../../ports.ts';
import { picksOf } from './rebase.ts';

/** More pairs than these are not tried: the order is a courtesy, and a train of hundreds must not wait for it. */
const PAIRS = 600;

/**
 * The candidates with how large each is and with whom it would conflict. Merges are made only for those that change a
 * path that another changes too; where none does, looking at the paths is all there is to it.
 */
export async function foresight(
  { git }: Pick<Ports, 'git'>,
  candidates: readonly Candidate[],
  tip: Oid,
): Promise<readonly Candidate[]> {
  if (candidates.length < 2) return candidates;
  const picks = await picksOf({ git }, candidates, tip);
  const extent = await git.history.extent([...new Set(picks.flat())]);
  const sized = candidates.map((candidate, at) => {
    const counts = (picks[at] ?? []).flatMap((oid) => [...(extent.get(oid) ?? [])]);
    const lines = counts.reduce((sum, [, count]) => sum + count, 0);
    return { ...candidate, picks: picks[at] ?? [], lines, paths: new Set(counts.map(([path]) => path)) };
  });
  const owners = new Map<string, number>();
  for (const path of sized.flatMap(({ paths }) => [...paths])) owners.set(path, (owners.get(path) ?? 0) + 1);
  // What the target changed too may conflict with it, whoever else is there.
  const sharing = sized.filter(({ paths, apart }) => !apart || [...paths].some((path) => (owners.get(path) ?? 0) > 1));
  const met = await meetings({ git }, sharing, tip);
  return sized.map(({ paths: _, ...candidate }) => ({ ...candidate, ...(met.get(candidate.branch) ?? NOBODY) }));
}

const NOBODY = { meets: [], clashes: [] };

type Met = Required<Pick<Candidate, 'meets' | 'clashes'>>;

async function meetings(
  { git }: Pick<Ports, 'git'>,
  sharing: readonly Candidate[],
  tip: Oid,
): Promise<ReadonlyMap<string, Met>> {
  if (sharing.length === 0) return new Map();
  const heads = sharing.map(({ head }) => head);
  // What git cannot merge at all shows when it lands; for the order it is only unknown.
  const { alone, pairs } = await git.foresight.foresee(tip, heads, { most: PAIRS }).catch((error: unknown) => {
    if (error instanceof Refusal) return { alone: [], pairs: [] };
    throw error;
  });
  return new Map(
    sharing.map(({ branch }, at) => {
      const met = pairs.filter(({ a, b }) => a === at || b === at);
      const others = met.map(({ a, b }) => sharing[a === at ? b : a]?.branch ?? '').sort();
      return [branch, { meets: others, clashes: alone[at] ?? [] }];
    }),
  );
}
