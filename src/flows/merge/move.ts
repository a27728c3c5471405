import { join } from 'node:path';
import { document } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Oid, Ports } from '../../ports.ts';

/** Where a branch stands and where it is to go. */
export interface Move {
  readonly target: string;
  readonly from: Oid;
  readonly to: Oid;
}
export type Moved =
  | { readonly outcome: 'moved' }
  | { readonly outcome: 'blocked'; readonly worktree: string; readonly why: string; readonly paths: readonly string[] }
  /** Somebody was faster: the target or a branch is not where it was. */
  | { readonly outcome: 'outrun' };

type MovePorts = NotePorts & Pick<Ports, 'clock' | 'report'>;
type NotePorts = Pick<Ports, 'git' | 'files'>;

/**
 * Moves the target and every checkout of it, or nothing at all. `record` moves the ref together with the ledger and
 * gives false when it was outrun; `takeBack` undoes that, for the rare case that a checkout was changed in between, or its disk ran full.
 * The intent lies in a file while refs and checkouts may differ, so that `finishMove` can end what a crash cut short.
 */
export async function moveTarget(
  ports: MovePorts,
  move: Move,
  record: () => Promise<boolean>,
  takeBack: () => Promise<void>,
): Promise<Moved> {
  const { target, from, to } = move;
  const checkouts = await checkoutsOf(ports, target);
  for (const worktree of checkouts) {
    const blocked = await blockedIn(ports, worktree, from, to);
    if (blocked) return blocked;
  }
  await roomFor(ports, checkouts, from, to);
  const intent = await intentFile(ports);
  if (checkouts.length > 0) await ports.files.write(intent, document({ version: 1, ...move, checkouts }));
  if (!(await recorded(ports, intent, record))) return { outcome: 'outrun' };
  const blocked = await firstBlocked(ports, checkouts, from, to);
  if (!blocked) {
    await ports.files.remove(intent);
    return { outcome: 'moved' };
  }
  await takeBack();
  await finishMove(ports);
  if (blocked instanceof Refusal) throw blocked;
  return blocked;
}

/** Moves the checkouts. What kept one from it: local changes, or a refusal where a disk would not. */
async function firstBlocked({ git }: NotePorts, checkouts: readonly string[], from: Oid, to: Oid) {
  for (const worktree of checkouts) {
    try {
      if (await git.work.follow(worktree, from, to)) continue;
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
    const paths = await git.work.blocking(worktree, from, to);
    return { outcome: 'blocked', worktree, why: 'it was changed at that very moment', paths } as const;
  }
  return undefined;
}

/** False when it was outrun. Where nothing moved, nothing is to be finished either. */
async function recorded({ files }: NotePorts, intent: string, record: () => Promise<boolean>): Promise<boolean> {
  let done = false;
  try {
    done = await record();
    return done;
  } finally {
    if (!done) await files.remove(intent);
  }
}

/** Refuses `file.unwritable` while nothing has moved, where a disk has no room for what is to be written. */
async function roomFor({ git }: NotePorts, checkouts: readonly string[], from: Oid, to: Oid): Promise<void> {
  for (const worktree of checkouts) {
    const path = await git.work.room(worktree, from, to);
    if (path !== undefined) throw new Refusal('file.unwritable', { path, why: 'the disk is full' });
  }
}

/**
 * Ends a move that was cut short between the ref and the checkouts, the way the ref stands: at `to`, or at `from` where
 * it never happened or was taken back. Files that somebody changed meanwhile stay and are told. Doing it again changes
 * nothing.
 */
export async function finishMove(ports: MovePorts): Promise<void> {
  const pending = await pendingMove(ports);
  if (!pending) return;
  const { target, from, to, checkouts } = pending;
  const tip = await ports.git.refs.resolve(`refs/heads/${target}`);
  // Somewhere else than at either: others have built on it since, and it is theirs to tell.
  if (tip === to || tip === from) {
    const present = await checkoutsOf(ports, target);
    for (const worktree of checkouts.filter((one) => present.includes(one))) {
      const { work } = ports.git;
      const { done, yours } = await (tip === to ? work.followOn : work.followBack)(worktree, from, to);
      if (!done) throw new Refusal('merge.unfinished', { worktree, from: tip === to ? from : to, to: tip });
      const at = new Date(ports.clock.now()).toISOString();
      if (yours.length > 0) ports.report({ type: 'checkout.kept', at, worktree, target, paths: yours });
    }
  }
  await ports.files.remove(await intentFile(ports));
}

/** The move that was begun and not ended, if there is one. */
export async function pendingMove(
  ports: NotePorts,
): Promise<(Move & { readonly checkouts: readonly string[] }) | undefined> {
  const text = await ports.files.read(await intentFile(ports));
  return text === undefined ? undefined : (JSON.parse(text) as Move & { readonly checkouts: readonly string[] });
}

/** Checkouts of the branch that are there on the disk. */
export async function checkoutsOf({ git, files }: NotePorts, target: string): Promise<readonly string[]> {
  const worktrees = await git.worktrees.list();
  for (const { path, branch, bare, prunable } of worktrees) {
    if (branch !== undefined || bare || prunable || !(await files.exists(path))) continue;
    const gitDir = await git.worktrees.gitDir(path);
    for (const state of ['rebase-merge', 'rebase-apply'])
      if ((await files.read(join(gitDir, state, 'head-name')))?.trim() === `refs/heads/${target}`)
        throw new Refusal('merge.blocked', {
          target,
          worktree: path,
          why: `a rebase of ${target} is under way`,
          paths: [],
        });
  }
  return worktrees
    .filter(({ branch, bare, prunable }) => branch === target && !bare && !prunable)
    .map(({ path }) => path);
}

async function blockedIn(
  { git }: NotePorts,
  worktree: string,
  from: Oid,
  to: Oid,
): Promise<Extract<Moved, { outcome: 'blocked' }> | undefined> {
  const underway = await git.work.underway(worktree);
  if (underway) return { outcome: 'blocked', worktree, why: `${underway} is under way`, paths: [] };
  const paths = await git.work.blocking(worktree, from, to);
  return paths.length > 0 ? { outcome: 'blocked', worktree, why: 'local changes are in the way', paths } : undefined;
}

const intentFile = async ({ git }: NotePorts): Promise<string> =>
  join((await git.repo()).common, 'gwt', 'landing.json');
