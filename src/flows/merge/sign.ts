import type { CommitFacts, Oid, Ports } from '../../ports.ts';
import type { Car } from './land.ts';

type SignPorts = Pick<Ports, 'git'>;

/**
 * The train with its new commits signed, where git is configured to sign; trees, words and dates stay. Done last, so that
 * a key is needed for what lands and for nothing else. Refuses `merge.unsigned` when a signature cannot be made.
 */
export async function signed({ git }: SignPorts, before: Oid, cars: readonly Car[]): Promise<readonly Car[]> {
  if (!(await signs({ git }))) return cars;
  const made = new Map<Oid, Oid>();
  for (const commit of await madeFor({ git }, before, cars)) {
    const parents = commit.parents.map((parent) => made.get(parent) ?? parent);
    made.set(commit.oid, await git.merging.sign(commit, parents));
  }
  const now = (oid: Oid) => made.get(oid) ?? oid;
  return cars.map((car) => ({
    ...car,
    tip: { ...car.tip, commit: now(car.tip.commit) },
    ...(car.anew ? { anew: car.anew.map(([from, to]) => [from, now(to)] as const) } : {}),
  }));
}

/** The same for commits on one line on top of the target, oldest first. */
export async function signedLine({ git }: SignPorts, line: readonly Oid[]): Promise<readonly Oid[]> {
  if (line.length === 0 || !(await signs({ git }))) return line;
  const made = new Map<Oid, Oid>();
  for (const commit of await git.objects.facts(line)) {
    const parents = commit.parents.map((parent) => made.get(parent) ?? parent);
    made.set(commit.oid, await git.merging.sign(commit, parents));
  }
  return [...made.values()];
}

/** How many signed commits lose their signature, for they are made anew and git is not configured to sign. */
export async function lostSignatures({ git }: SignPorts, before: Oid, cars: readonly Car[]): Promise<number> {
  if (cars.length === 0 || (await signs({ git }))) return 0;
  const heads = cars.map(({ candidate }) => candidate.head);
  const own = await git.objects.commits(['--no-merges', ...new Set(heads), `^${before}`]);
  const kept = await git.history.within(
    cars.at(-1)?.tip.commit ?? before,
    own.map(({ oid }) => oid),
  );
  return own.filter((commit) => commit.signed && !kept.has(commit.oid)).length;
}

/** Commits of the train that no branch has: those that were made for it. */
async function madeFor({ git }: SignPorts, before: Oid, cars: readonly Car[]): Promise<readonly CommitFacts[]> {
  const last = cars.at(-1)?.tip.commit;
  if (!last) return [];
  return git.objects.commits([last, `^${before}`, ...cars.map(({ candidate }) => `^${candidate.head}`)]);
}

async function signs({ git }: SignPorts): Promise<boolean> {
  const value = await git.config.get('commit.gpgsign');
  return value !== undefined && !['false', 'no', 'off', '0', ''].includes(value.toLowerCase());
}
