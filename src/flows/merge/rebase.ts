import type { ResolvedFile } from '../../core/landing.ts';
import type { Mode } from '../../core/merge/mode.ts';
import type { CommitFacts, Oid, Picked, Ports } from '../../ports.ts';
import { keepMerges } from './keep-merges.ts';
import { wholeOf } from './whole.ts';

/** Where a train stands: the next commit goes on top of this one. */
export interface Tip {
  readonly commit: Oid;
  readonly tree: Oid;
}

/** A commit of a branch that does not go onto the tip by itself. */
export interface Conflict {
  readonly branch: string;
  readonly head: Oid;
  readonly commit: CommitFacts;
  readonly onto: Tip;
  readonly picked: Extract<Picked, { outcome: 'conflicts' }>;
}
export type Resolved = ResolvedFile;

/** A branch as it is to be rebased; what can be reached from `past` has landed. */
export interface Branch {
  readonly branch: string;
  readonly head: Oid;
  readonly past?: readonly Oid[];
  /** Its commits that are not on the target yet, where they are known. */
  readonly picks?: readonly Oid[] | undefined;
  /** Its commits that are to land though the target has seen them before. */
  readonly again?: readonly Oid[];
  /** `rebase` when left out. */
  readonly mode?: Mode;
  /** The task it belongs to, and that task's title: for the words of a commit made for all of it. */
  readonly task?: string;
  readonly title?: string;
}

/** What came of a conflict: the tree that settles it, or what was tried in vain. */
export type Settled =
  | { readonly outcome: 'settled'; readonly tree: Oid; readonly resolved: readonly Resolved[] }
  | { readonly outcome: 'unsettled'; readonly tried: readonly string[] };

/** Asked for every conflict on the way. */
export type Settle = (conflict: Conflict) => Promise<Settled>;

export type Rebased =
  | {
      readonly outcome: 'clean';
      readonly tip: Tip;
      readonly commits: readonly Oid[];
      readonly resolved: readonly Resolved[];
      /** Commits that were left out since nothing of them was left to do. */
      readonly left?: readonly Oid[];
      /** Commits that were made anew, each with its new name. */
      readonly anew?: readonly (readonly [Oid, Oid])[];
    }
  | { readonly outcome: 'stuck'; readonly conflict: Conflict; readonly tried: readonly string[] };

type RebasePorts = Pick<Ports, 'git'>;

/**
 * The branch's commits that are not on the tip yet, put on top of it one by one, in memory. Merge commits are
 * flattened, what is there already is left out, and commits that become empty are dropped, those that were made empty
 * kept: all as `git rebase` does it. In the modes `squash` and `merge` one commit stands for all of them. `known` are the
 * commits to put there, where they were looked up before.
 */
export async function rebase(
  { git }: RebasePorts,
  from: Branch,
  onto: Tip,
  settle: Settle,
  known?: readonly CommitFacts[],
): Promise<Rebased> {
  const { branch, head } = from;
  const picks = known ?? (await commitsOf({ git }, [{ ...from, picks: undefined }], onto.commit)).get(branch) ?? [];
  if (from.mode === 'rebase-merges' && !isLine(picks, head)) return keepMerges({ git }, from, onto, settle);
  let tip = onto;
  const commits: Oid[] = [];
  const resolved: Resolved[] = [];
  const left: Oid[] = [];
  const anew: (readonly [Oid, Oid])[] = [];
  for (const commit of picks) {
    const put = await putOn(git, { commit, from }, tip, async (picked) =>
      settle({ branch, head, commit, onto: tip, picked }),
    );
    if (put.outcome === 'stuck')
      return { outcome: 'stuck', conflict: { branch, head, commit, onto: tip, picked: put.picked }, tried: put.tried };
    resolved.push(...put.resolved);
    if (put.tip !== tip) commits.push(put.tip.commit);
    else left.push(commit.oid);
    if (put.tip !== tip && put.tip.commit !== commit.oid && !isWhole(from)) anew.push([commit.oid, put.tip.commit]);
    tip = put.tip;
  }
  // With a merge commit the branch's own commits come along as they are.
  const along =
    from.mode === 'merge' && commits.length > 0 ? await git.objects.commits([`${onto.commit}..${head}`]) : [];
  return { outcome: 'clean', tip, commits: [...along.map(({ oid }) => oid), ...commits], resolved, left, anew };
}

/** Commits one on the other up to the head: there is no merge among them. */
function isLine(commits: readonly CommitFacts[], head: Oid): boolean {
  return commits.every(({ oid }, at) => {
    const next = commits[at + 1];
    return next ? next.parents.join() === oid : oid === head;
  });
}

export type Put =
  | { readonly outcome: 'put'; readonly tip: Tip; readonly resolved: readonly Resolved[] }
  | { readonly outcome: 'stuck'; readonly picked: Conflict['picked']; readonly tried: readonly string[] };

/** One commit on the tip; `from` is the branch it comes from, where that says how. */
export async function putOn(
  git: Ports['git'],
  { commit, from = PLAIN }: { readonly commit: CommitFacts; readonly from?: Pick<Branch, 'mode' | 'head'> },
  tip: Tip,
  settle: (picked: Conflict['picked']) => Promise<Settled>,
): Promise<Put> {
  // It stands there already: it stays the very commit it is.
  if (keepsCommits(from, commit) && commit.parents.length === 1 && commit.parents[0] === tip.commit)
    return { outcome: 'put', tip: { commit: commit.oid, tree: commit.tree }, resolved: [] };
  const picked = await git.merging.pick(commit, tip.tree);
  const settled: Settled =
    picked.outcome === 'clean' ? { outcome: 'settled', tree: picked.tree, resolved: [] } : await settle(picked);
  if (settled.outcome === 'unsettled')
    return { outcome: 'stuck', picked: picked as Conflict['picked'], tried: settled.tried };
  const { tree, resolved } = settled;
  if (tree === tip.tree && (isWhole(from) || !(await wasEmpty(git, commit)))) return { outcome: 'put', tip, resolved };
  const parents = from.mode === 'merge' ? [tip.commit, from.head] : [tip.commit];
  const made = await git.merging.recommit(commit, tree, parents);
  return { outcome: 'put', tip: { commit: made, tree }, resolved };
}

async function wasEmpty(git: Ports['git'], { parents: [parent], tree }: CommitFacts): Promise<boolean> {
  return parent !== undefined && (await git.objects.treeOf(parent)) === tree;
}

/** The commits each branch has and the target has not, as `rebase` wants them; looked up together, since a process each adds up. */
export async function commitsOf(
  { git }: RebasePorts,
  branches: readonly Branch[],
  target: Oid,
): Promise<ReadonlyMap<string, readonly CommitFacts[]>> {
  const single = branches.filter((one) => !isWhole(one));
  const lists = await picksOf({ git }, single, target);
  const facts = await git.objects.facts(lists.flat());
  const byOid = new Map(facts.map((commit) => [commit.oid, commit]));
  const known = (oids: readonly Oid[] = []) => oids.flatMap((oid) => byOid.get(oid) ?? []);
  const found = new Map<string, readonly CommitFacts[]>(single.map(({ branch }, at) => [branch, known(lists[at])]));
  for (const one of branches.filter(isWhole))
    found.set(one.branch, one.picks?.length === 0 ? [] : await wholeOf({ git }, one, target));
  return found;
}

const PLAIN = { head: '' };

const isWhole = ({ mode }: Pick<Branch, 'mode'>): boolean => mode === 'squash' || mode === 'merge';

const keepsCommits = (from: Pick<Branch, 'mode' | 'head'>, { oid }: CommitFacts): boolean =>
  !isWhole(from) || (from.mode === 'squash' && oid === from.head);

/** More processes than this at once gain nothing on a usual machine. */
const AT_ONCE = 8;

/** Names of the commits each branch has and the target has not, branch by branch. */
export async function picksOf(
  { git }: RebasePorts,
  branches: readonly Branch[],
  target: Oid,
): Promise<readonly (readonly Oid[])[]> {
  const open = branches.filter(({ picks, again }) => picks === undefined && again === undefined);
  const past = [...new Set(open.flatMap((branch) => branch.past ?? []))];
  const straight = await git.history.straight(
    target,
    open.map(({ head }) => head),
    past,
  );
  const lists: (readonly Oid[])[] = [];
  const look = async ({ head, past, picks, again }: Branch) =>
    again ?? picks ?? straight.get(head)?.commits ?? git.history.unlanded(target, head, past);
  for (let at = 0; at < branches.length; at += AT_ONCE)
    lists.push(...(await Promise.all(branches.slice(at, at + AT_ONCE).map(look))));
  return lists;
}
