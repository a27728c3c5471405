import type { Candidate } from '../../core/merge/plan.ts';
import { taskOf } from '../../core/records.ts';
import type { Task } from '../../core/task.ts';
import { type Trespass, withPassing } from '../../core/trespass.ts';
import type { CommitFacts, Oid, Ports } from '../../ports.ts';
import { rulesFor } from '../claims/rules.ts';
import { claimCheck } from './claimed.ts';
import { type Car, type Landed, land, type Train } from './land.ts';
import type { Yard } from './yard.ts';

const CLAIMS = 'refs/gwt/meta/claims';

type Rules = Pick<Yard, 'base' | 'tasks' | 'frozen' | 'shared' | 'guards'>;
type WallPorts = Pick<Ports, 'git' | 'ledger' | 'config' | 'files' | 'clock' | 'report'>;

/** Where the claims stand: a train is judged by them as they are there. */
export async function claimsNow({ git }: Pick<Ports, 'git'>): Promise<Oid | undefined> {
  return (await git.refs.heads([CLAIMS])).get(CLAIMS);
}

/**
 * Lands a train by the claims as they are at that very moment: did they change since it was judged, it is judged again,
 * and comes back as `outrun` when something of it is no longer its task's to change.
 */
export async function landByClaims(
  ports: WallPorts,
  train: Train,
  rules: Rules,
  judgedAt: Oid | undefined,
): Promise<Landed> {
  let claimed = rules;
  for (let seen = judgedAt; ; ) {
    const claims = await claimsNow(ports);
    if (claims !== seen) claimed = await rulesNow(ports, train.target, rules);
    if (claims !== seen && !(await allTheirs(ports, train, claimed))) return { outcome: 'outrun' };
    seen = claims;
    const end = await land(ports, { ...train, claimed, ...(claims ? { claims } : {}) });
    if (end.outcome !== 'outrun' || (await claimsNow(ports)) === seen) return end;
  }
}

async function rulesNow(ports: WallPorts, target: string, { base }: Rules): Promise<Rules> {
  const tasks = (await ports.ledger.list('tasks', ['task.json'])).map(taskOf);
  return { base, tasks, ...(await rulesFor(ports, target)) };
}

async function allTheirs(ports: WallPorts, { cars }: Train, rules: Rules): Promise<boolean> {
  for (const car of cars) if (!(await isTheirs(ports, car, rules))) return false;
  return true;
}

async function isTheirs(ports: WallPorts, { candidate, allowed = [] }: Car, rules: Rules): Promise<boolean> {
  const found = await trespassesOf(ports, rules, candidate, undefined);
  return found.every(({ path }) => allowed.includes(path));
}

/** What a task's branch changes outside its claim, by content, since it left the target: as a whole, and in every commit that lands. */
export async function trespassesOf(
  { git }: Pick<Ports, 'git'>,
  rules: Rules,
  { task: id, head, mode, past }: Candidate,
  known: readonly CommitFacts[] | undefined,
): Promise<readonly Trespass[]> {
  const target = rules.base.commit;
  const task = rules.tasks.find((one) => one.id === id);
  const check = claimCheck(rules, id);
  const base = check && (await git.history.mergeBase(target, head));
  if (!task || !base) return [];
  const whole = check(await git.history.changes(base, head));
  if (mode === 'squash') return whole;
  const commits = known?.map(({ oid }) => oid) ?? (await git.history.unlanded(target, head, past));
  if (commits.length < 2) return whole;
  const each = (await changesOf(git, task, commits)).map(({ commit, changes }) => ({ commit, found: check(changes) }));
  return withPassing(whole, each);
}

/** What each commit changes; with its blobs where it matters what exactly was committed before a claim changed hands. */
async function changesOf(
  { objects, history }: Ports['git'],
  { kept = [] }: Task,
  commits: readonly Oid[],
): Promise<
  readonly { readonly commit: Oid; readonly changes: readonly { readonly path: string; readonly newOid?: string }[] }[]
> {
  if (kept.length === 0)
    return [...(await history.extent(commits))].map(([commit, paths]) => ({
      commit,
      changes: [...paths.keys()].map((path) => ({ path })),
    }));
  const facts = await objects.facts(commits);
  return Promise.all(
    facts.map(async ({ oid, parents: [parent] }) => ({
      commit: oid,
      changes: parent ? await history.changes(parent, oid) : [],
    })),
  );
}
