import { basename, dirname, join } from 'node:path';
import { Refusal } from '../core/refusal.ts';
import type { Task } from '../core/task.ts';
import type { Oid, Ports, Snapshot } from '../ports.ts';
import { saveCheckpoint } from './checkpoint.ts';
import { changeEscalation, escalations } from './escalate.ts';
import { refreshHooks } from './hooks.ts';
import { isHeld } from './loop/lease.ts';
import { alreadyOn } from './merge/already.ts';
import { putAway } from './resolve-files.ts';
import { refreshAll } from './seeds.ts';
import { changeTask, taskNamed } from './tasks.ts';

export interface RemoveInput {
  readonly tasks: readonly string[];
  readonly keepBranch?: boolean;
}
export interface Removed {
  readonly tasks: readonly RemovedTask[];
}
export interface RemovedTask {
  readonly id: string;
  readonly branch: string;
  /** True when the branch is still there: asked for, adopted, or checked out elsewhere. */
  readonly branchKept: boolean;
  readonly worktree: string;
  /** Where the worktree lies now, ignored files included; null when there was none. */
  readonly trash: string | null;
  readonly checkpoint: number | null;
  /** Ignored files that went along: they are in the trash folder and in no checkpoint. */
  readonly ignored: { readonly paths: readonly string[]; readonly bytes: number };
  readonly left: Snapshot['left'];
  /** Questions about it that were open: closed, since nobody needs the answer now. */
  readonly closed: readonly string[];
  /** How the target has all of its work, in words, where it did not land by gwt. */
  readonly already: string | null;
}

/** Counting stops here: a dependency folder may hold hundreds of thousands of files. */
const MOST_FILES = 20_000;

/** Takes tasks out of the way: worktree to the trash folder, branch kept under `refs/gwt/trash`, all of it restorable. */
export async function remove(ports: Ports, input: RemoveInput): Promise<Removed> {
  if (input.tasks.length === 0) throw new Refusal('task.none', { doing: 'remove' });
  const tasks = await Promise.all([...new Set(input.tasks)].map((name) => taskNamed(ports, name)));
  for (const task of tasks) await refuseInUse(ports, task);
  const removed: RemovedTask[] = [];
  for (const task of tasks) removed.push(await removeTask(ports, task, input.keepBranch ?? false));
  await refreshAll(ports);
  await refreshHooks(ports);
  return { tasks: removed };
}

/** Refuses while anybody works on the task or stands in its worktree, and when git was told to keep it. */
export async function refuseInUse(ports: Ports, task: Task): Promise<void> {
  refuseHeld(ports, task);
  const here = await ports.processes.inside(task.worktree);
  const own = `${ports.self.cwd}/`.startsWith(`${task.worktree}/`)
    ? [{ pid: ports.self.pid, command: 'gwt itself was started there' }]
    : [];
  if (here.length + own.length > 0)
    throw new Refusal('worktree.used', { worktree: task.worktree, processes: [...own, ...here] });
  const admin = await ports.git.worktrees.admin(task.worktree);
  if (admin && (await ports.files.exists(join(admin, 'locked'))))
    throw new Refusal('worktree.locked', { worktree: task.worktree });
  if (task.state === 'dropped' && !(await ports.files.exists(task.worktree)))
    throw new Refusal('task.state', { task: task.id, state: task.state, doing: 'remove' });
}

function refuseHeld(ports: Ports, { id, lease }: Task): void {
  if (lease && isHeld(ports, lease)) throw new Refusal('task.busy', { task: id, holder: lease.holder });
}

/** Checkpoint, then the ledger says where all of it will be, then the folders move: each step can be done again. */
async function removeTask(ports: Ports, task: Task, keepBranch: boolean): Promise<RemovedTask> {
  const { files, git, clock } = ports;
  const there = await files.exists(task.worktree);
  const saved = there ? await saveCheckpoint(ports, task, 'before gwt rm') : undefined;
  const ignored = there ? await ignoredIn(ports, task) : { paths: [], bytes: 0 };
  const at = new Date(clock.now()).toISOString();
  const name = await freeName(ports, task, at);
  const trash = there ? join(dirname(task.worktree), '.trash', name) : undefined;
  const head = await git.refs.resolve(`refs/heads/${task.branch}`);
  const branchKept = head !== undefined && (keepBranch || task.adopted || (await isElsewhere(ports, task)));
  const already = task.state === 'landed' ? undefined : (await alreadyOn(ports, task.target, [task])).get(task.id);
  await changeTask(ports, task.id, (now) => {
    // A loop may have begun, or another removal ended, since this one looked.
    refuseHeld(ports, now);
    if (now.state === 'dropped' && task.state !== 'dropped')
      throw new Refusal('task.state', { task: task.id, state: now.state, doing: 'remove' });
    const from = now.dropped?.from ?? now.state;
    return {
      event: { type: 'task.dropped', at, task: task.id, ...(trash ? { trash } : {}) },
      state: 'dropped',
      change: {
        lease: undefined,
        dropped: { at, from, trash, checkpoint: saved?.number, ignored: shortened(ignored) },
      },
      moves: head ? branchMoves(task, head, name, branchKept) : [],
      doing: 'remove',
    };
  });
  const admin = await git.worktrees.admin(task.worktree);
  if (trash) await files.rename(task.worktree, trash);
  if (admin) await files.rename(admin, join((await git.repo()).common, 'gwt/trash', name, basename(admin)));
  const closed = await closeEscalations(ports, task.id);
  const { id, branch, worktree } = task;
  const checkpoint = saved?.number ?? null;
  return {
    id,
    branch,
    branchKept,
    worktree,
    trash: trash ?? null,
    checkpoint,
    ignored,
    left: saved?.left ?? [],
    closed,
    already: already ?? null,
  };
}

/** A folder in which a conflict was being settled goes to the trash as well. */
async function closeEscalations(ports: Ports, id: string): Promise<readonly string[]> {
  const open = (await escalations(ports)).filter(({ state, task }) => state === 'open' && task === id);
  const { name: by } = await ports.git.config.identity();
  for (const one of open) {
    await putAway(ports, one.id);
    const { resolvedAt } = await changeEscalation(ports, one.id, (now) => now, { by });
    ports.report({ type: 'escalation.resolved', at: resolvedAt ?? '', escalation: one.id, by });
  }
  return open.map((one) => one.id);
}

async function ignoredIn({ git, files }: Ports, task: Task): Promise<RemovedTask['ignored']> {
  const own = new Set([...Object.values(task.seeds), 'handoff.md', '.gwt/']);
  const paths = (await git.work.ignored(task.worktree).catch(() => [])).filter((path) => !own.has(path));
  let bytes = 0;
  for (const path of paths) bytes += (await files.size(join(task.worktree, path), MOST_FILES)).bytes;
  return { paths, bytes };
}

/** What the ledger remembers of it: enough to name before it is deleted for good. */
const shortened = ({ paths, bytes }: RemovedTask['ignored']) => ({ paths: paths.slice(0, 20), bytes });

/** `<id>-<time>`, with a number where two removals share a second. */
async function freeName({ files, git }: Ports, { id, worktree }: Task, at: string): Promise<string> {
  const base = `${id}-${at.slice(0, 19).replace(/[-:]/g, '')}`;
  const taken = await git.refs.heads([`refs/gwt/trash/${id}/`]);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (taken.has(trashRef(id, name))) continue;
    if (!(await files.exists(join(dirname(worktree), '.trash', name)))) return name;
  }
}

const trashRef = (id: string, name: string): string => `refs/gwt/trash/${id}/${name.slice(id.length + 1)}`;

function branchMoves(task: Task, head: Oid, name: string, kept: boolean) {
  const zero = '0'.repeat(head.length);
  const keep = { ref: trashRef(task.id, name), from: zero, to: head };
  return kept ? [keep] : [keep, { ref: `refs/heads/${task.branch}`, from: head, to: zero }];
}

async function isElsewhere({ git }: Ports, task: Task): Promise<boolean> {
  return (await git.worktrees.list()).some(({ path, branch }) => branch === task.branch && path !== task.worktree);
}
