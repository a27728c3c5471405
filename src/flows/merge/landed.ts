import type { Already } from '../../core/merge/landed.ts';
import type { Candidate } from '../../core/merge/plan.ts';
import type { Oid, Ports } from '../../ports.ts';
import { commitOn } from './keep-merges.ts';
import type { Tip } from './rebase.ts';

/** What was found out about a branch; `again` are the commits to bring where the target took some back. */
export type Seen = Candidate & { readonly already?: Already; readonly again?: readonly Oid[] };

type LandedPorts = Pick<Ports, 'git'>;

/**
 * The candidates with what of them is on the target already, seen through rebase and squash as well: by ancestry, equal
 * trees, a merge that changes nothing, the patches of all commits, and the patch of the branch as a whole. What was
 * landed and then taken back on the target is not there: that is said, and never passed over in silence. `forks` are
 * commits where branches left the target, where a landing that was undone tells it. A branch that stands on the target
 * as it is now, or changes what nobody changed there, costs nothing to look at.
 */
export async function seeLanded(
  ports: LandedPorts,
  candidates: readonly Candidate[],
  tip: Tip,
  forks: ReadonlyMap<string, Oid>,
): Promise<readonly Seen[]> {
  const { git } = ports;
  if (candidates.length === 0) return candidates;
  const heads = candidates.map(({ head }) => head);
  const past = [...new Set(candidates.flatMap((one) => one.past ?? []))];
  const lines = await git.history.straight(tip.commit, heads, past);
  const there = new Set(heads.filter((head) => lines.get(head)?.base === head));
  const moved = candidates.filter(({ branch, head }) => {
    const line = lines.get(head);
    // What changes paths that the target left alone is not there by any other way either.
    const apart = line?.apart === true && line.commits.length > 0 && !forks.has(branch);
    return !there.has(head) && line?.base !== tip.commit && !apart;
  });
  const { nothing } = await git.foresight.foresee(
    tip.commit,
    moved.map(({ head }) => head),
    { most: 0 },
  );
  const squashes = await squashesOf(ports, moved, tip.commit);
  const seen: Seen[] = [];
  for (const candidate of candidates) {
    const line = lines.get(candidate.head);
    const onTip = line?.base === tip.commit;
    const known = line ? { ...candidate, picks: line.commits, apart: line.apart || onTip } : candidate;
    if (there.has(candidate.head)) seen.push(await onTarget(ports, candidate, tip, forks.get(candidate.branch)));
    else if (!moved.includes(candidate)) seen.push(known);
    else {
      const adds = nothing[moved.indexOf(candidate)] !== true;
      const squash = squashes.get(candidate.branch);
      seen.push(await apart(ports, known, tip, { adds, squash, fork: forks.get(candidate.branch) ?? tip.commit }));
    }
  }
  return seen;
}

interface Whole {
  /** All of the branch as one commit on what it has in common with the target. */
  readonly commit: Oid;
  readonly base: Oid;
  /** A commit of the target with the same change. */
  readonly as?: Oid;
}

/** Branches of several commits as one, and the commits of the target that are the same; a process for those of one base. */
async function squashesOf(
  { git }: LandedPorts,
  moved: readonly Candidate[],
  tip: Oid,
): Promise<ReadonlyMap<string, Whole>> {
  const found = new Map<string, Whole>();
  const facts = await git.objects.facts(moved.map(({ head }) => head));
  for (const [at, { branch, head }] of moved.entries()) {
    const base = await git.history.mergeBase(tip, head);
    const fact = facts[at];
    if (base && fact) found.set(branch, { base, commit: (await commitOn(git, fact, base)).oid });
  }
  for (const base of new Set([...found.values()].map((one) => one.base))) {
    const here = [...found].filter(([, one]) => one.base === base);
    const same = await git.history.alike(
      tip,
      here.map(([, { commit }]) => commit),
    );
    for (const [branch, one] of here) {
      const [as] = same.get(one.commit) ?? [];
      if (as && !(await changesNothing({ git }, one))) found.set(branch, { ...one, as });
    }
  }
  return found;
}

/** All changes of nothing are the same change to git, which says nothing of where they come from. */
async function changesNothing({ git }: LandedPorts, { commit, base }: Whole): Promise<boolean> {
  return (await git.objects.treeOf(commit)) === (await git.objects.treeOf(base));
}

/** A branch that the target holds: its commits are there, though what they did may have been taken back. */
async function onTarget({ git }: LandedPorts, candidate: Candidate, tip: Tip, known?: Oid): Promise<Seen> {
  const { head } = candidate;
  const already: Already = { how: 'ancestor' };
  const [above] =
    head === tip.commit
      ? []
      : await git.objects.commits(['--first-parent', '--ancestry-path', `${head}..${tip.commit}`]);
  const [before] = above && above.parents[0] !== head ? above.parents : [];
  const fork = known ?? (before && (await git.history.mergeBase(before, head)));
  if (head === tip.commit || !fork || fork === head) return { ...candidate, already, picks: [] };
  const [fact] = await git.objects.facts([head]);
  const whole = fact && (await commitOn(git, fact, fork)).oid;
  const reverted = whole && (await takenBack({ git }, tip, whole));
  if (!reverted) return { ...candidate, already, picks: [] };
  const again = await git.objects.commits(['--no-merges', `${fork}..${head}`]);
  // Where the target holds the commits a merge or a squash would find nothing between them.
  return { ...candidate, mode: 'rebase', already: { ...already, reverted }, again: again.map(({ oid }) => oid) };
}

interface Around {
  /** Whether merging it would change anything. */
  readonly adds: boolean;
  readonly squash: Whole | undefined;
  /** What stood before its commits. */
  readonly fork: Oid;
}

/** A branch with commits of its own. */
async function apart(
  { git }: LandedPorts,
  candidate: Candidate,
  tip: Tip,
  { adds, squash, fork }: Around,
): Promise<Seen> {
  const { head, past = [] } = candidate;
  const picks = candidate.picks ?? (await git.history.unlanded(tip.commit, head, past));
  // A straight line above the target was looked up with all others: its commits are its own.
  const own = candidate.picks && fork === tip.commit ? candidate.picks : await ownOf({ git }, candidate, fork);
  const there = own.filter((oid) => !picks.includes(oid));
  const same =
    there.length > 0 ? await git.history.alike(tip.commit, [there.at(-1) ?? '']) : new Map<Oid, readonly Oid[]>();
  const [as = squash?.as] = same.get(there.at(-1) ?? '') ?? [];
  const how = whichWay({ own: own.length, fresh: picks.length, squashed: squash?.as !== undefined });
  const back = new Map<Oid, Oid>();
  for (const oid of adds ? there : []) {
    const by = await takenBack({ git }, tip, oid);
    if (by) back.set(oid, by);
  }
  const whole = how === 'squashed' && squash && adds ? await takenBack({ git }, tip, squash.commit) : undefined;
  const reverted = whole ?? [...back.values()].at(-1);
  const again = own.filter((oid) => whole || picks.includes(oid) || back.has(oid));
  if (how)
    return {
      ...candidate,
      picks: [],
      already: { how, ...(as ? { as } : {}), ...(reverted ? { reverted } : {}) },
      ...(reverted ? { again } : {}),
    };
  if (reverted) return { ...candidate, again, note: `brings again what ${reverted.slice(0, 10)} took back` };
  if (adds || !squash) return { ...candidate, picks };
  const [fact, base] = await git.objects.facts([head, squash.base]);
  // Commits made empty on purpose land as git rebase lands them.
  if (fact?.tree === base?.tree) return { ...candidate, picks };
  return { ...candidate, picks: [], already: { how: fact?.tree === tip.tree ? 'same-tree' : 'adds-nothing' } };
}

async function ownOf({ git }: LandedPorts, { head, past = [] }: Candidate, fork: Oid): Promise<readonly Oid[]> {
  const own = await git.objects.commits(['--no-merges', head, `^${fork}`, ...past.map((oid) => `^${oid}`)]);
  return own.map(({ oid }) => oid);
}

interface Counts {
  readonly own: number;
  readonly fresh: number;
  readonly squashed: boolean;
}

function whichWay({ own, fresh, squashed }: Counts): Already['how'] | undefined {
  if (own === 0) return 'past';
  if (fresh === 0) return 'patches';
  return squashed ? 'squashed' : undefined;
}

/** The commit of the target that took a change back after it had come; none where what it did is still there. */
async function takenBack({ git }: LandedPorts, tip: Tip, commit: Oid): Promise<Oid | undefined> {
  const [fact] = await git.objects.facts([commit]);
  const [parent] = fact?.parents ?? [];
  if (!fact || !parent) return undefined;
  const put = await git.merging.pick(fact, tip.tree);
  if (put.outcome === 'clean' && put.tree === tip.tree) return undefined;
  const back = await commitOn(git, { ...fact, tree: await git.objects.treeOf(parent) }, commit);
  const came = (await git.history.alike(tip.commit, [commit])).get(commit) ?? [];
  const went = (await git.history.alike(tip.commit, [back.oid])).get(back.oid) ?? [];
  const [last] = went;
  if (!last || !came[0]) return last;
  return (await git.history.isAncestor(came[0], last)) ? last : undefined;
}
