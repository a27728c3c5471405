import { whyNot } from '../../core/trespass.ts';
import type { Oid, Ports } from '../../ports.ts';
import { type Claimed, claimCheck, keptPaths } from './claimed.ts';
import type { Car } from './land.ts';

type ReadPorts = Pick<Ports, 'git'>;

/** A branch with the stretch of the target that it brought. */
interface Stretch {
  readonly car: Car;
  readonly from: Oid;
  readonly to: Oid;
}

/**
 * What the landed commits hold otherwise than was decided, in words: paths outside the claim of the task they came from,
 * in any commit, and files that a squash or a merge made anew lost on the way.
 */
export async function contentMismatches(
  ports: ReadPorts,
  before: Oid,
  cars: readonly Car[],
  claimed: Claimed,
): Promise<readonly string[]> {
  const stretches = cars
    .map((car, at): Stretch => ({ car, from: cars[at - 1]?.tip.commit ?? before, to: car.tip.commit }))
    .filter(({ from, to }) => from !== to);
  const found = [await strayed(ports, stretches, claimed)];
  for (const stretch of stretches) if (isWhole(stretch.car)) found.push(await lost(ports, stretch));
  return found.flat();
}

/** Branches of which not every commit comes by itself: squashed, or with their merges made anew. */
const isWhole = ({ candidate: { mode } }: Car): boolean => mode === 'squash' || mode === 'rebase-merges';

/** Every commit that landed and the sum of each branch, against the claims, by content. */
async function strayed({ git }: ReadPorts, all: readonly Stretch[], claimed: Claimed): Promise<readonly string[]> {
  const bound = all.flatMap((stretch) => {
    const check = claimCheck(claimed, stretch.car.candidate.task);
    return check ? [{ ...stretch, check }] : [];
  });
  const found: string[] = [];
  for (const { car, from, to, check } of bound) {
    const commits = await git.objects.commits(['--no-merges', to, `^${from}`]);
    const each = await git.history.extent(commits.map(({ oid }) => oid));
    const paths = [...each.values()].flatMap((one) => [...one.keys()]);
    const sum = await git.history.changes(from, to);
    const known = new Set(sum.map(({ path }) => path));
    const passing = [...new Set(paths)].filter((path) => !known.has(path)).map((path) => ({ path }));
    const kept = keptPaths(claimed, car.candidate.task);
    const passed = new Set([...(car.allowed ?? []), ...kept, ...car.resolved.map(({ path }) => path)]);
    for (const one of check([...sum, ...passing]))
      if (!passed.has(one.path)) found.push(`${car.candidate.branch} changed ${one.path} (${whyNot(one)})`);
  }
  return found;
}

/**
 * Files that the branch changed and that are not on the target as the branch has them, though neither what landed nor the
 * target itself changed them. What was settled is in the record; where the target renamed a folder, files go along.
 */
async function lost({ git }: ReadPorts, { car, from, to }: Stretch): Promise<readonly string[]> {
  const { branch, head } = car.candidate;
  const base = await git.history.mergeBase(from, head);
  if (!base) return [];
  const [wanted, differs, landed, theirs] = await Promise.all([
    git.history.changes(base, head),
    git.history.changes(head, to),
    git.history.changes(from, to),
    git.history.changes(base, from),
  ]);
  const paths = (changes: readonly { readonly path: string }[]) => changes.map(({ path }) => path);
  const other = new Set(paths(differs));
  const known = new Set([...paths(landed), ...paths(theirs), ...paths(car.resolved)]);
  const emptied = theirs.filter(({ status, path }) => status === 'D' && path.includes('/'));
  const folders = emptied.map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1));
  return wanted
    .filter(({ path }) => other.has(path) && !known.has(path) && !folders.some((folder) => path.startsWith(folder)))
    .map(({ path }) => `what ${branch} did to ${path} is not there`);
}
