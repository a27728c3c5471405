import { basename, join } from 'node:path';
import { clash } from '../core/claims.ts';
import type { Escalation } from '../core/escalation.ts';
import { document, taskOf } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import { isActive, moved, type Task } from '../core/task.ts';
import { wentBack } from '../core/went-back.ts';
import type { Oid, Ports, RefMove, Write } from '../ports.ts';
import { checkpointsOf, missingFrom } from './checkpoint.ts';
import { escalations } from './escalate.ts';
import { prdAt } from './go-back.ts';
import { installHooks, refreshHooks } from './hooks.ts';
import { knownAgain } from './ledger-back.ts';
import { exclude, refreshAll, refreshSeeds } from './seeds.ts';
import { allTasks } from './tasks.ts';

export interface RestoreInput {
  readonly task?: string;
  /** Take the files from this checkpoint and not from the trash folder. */
  readonly checkpoint?: number;
}
export interface Restorable {
  readonly id: string;
  readonly branch: string;
  readonly at: string;
  /** The trash folder, null when it is gone. */
  readonly trash: string | null;
  readonly checkpoints: readonly number[];
}
export type Restored =
  | { readonly outcome: 'list'; readonly tasks: readonly Restorable[] }
  | {
      readonly outcome: 'restored';
      readonly task: Pick<Task, 'id' | 'state' | 'branch' | 'worktree'>;
      /** Where the files came from: `trash`, `checkpoint <n>`, `branch`, `place` when they had never left; `ledger`: that alone was gone. */
      readonly from: string;
      readonly head: Oid;
      /** Paths the checkpoint does not have. */
      readonly missing: readonly string[];
    };

/** Brings a task back with branch, commits, index and files; without a name lists what can be brought back. */
export async function restore(ports: Ports, input: RestoreInput): Promise<Restored> {
  if (input.task === undefined) return { outcome: 'list', tasks: await restorable(ports) };
  const { task, back } = await knownAgain(ports, input.task);
  if (back) return { outcome: 'restored', task, from: 'ledger', head: back, missing: [] };
  const source = await sourceOf(ports, task, input.checkpoint);
  await refuseTaken(ports, task, source);
  if (source.kind === 'trash') await fromTrash(ports, task, source.folder);
  if (source.kind === 'place') await putAside(ports.files, task.worktree);
  if ((source.kind === 'trash' || source.kind === 'place') && !(await ports.git.worktrees.admin(task.worktree)))
    await ports.git.worktrees.adopt({ path: task.worktree, branch: task.branch, commit: source.head });
  const now = await bringBack(ports, task, source);
  if (source.kind === 'checkpoint' || source.kind === 'branch') await fromCommit(ports, now, source);
  if (await ports.files.exists(join(now.worktree, now.seeds.memory))) await refreshSeeds(ports, now);
  await refreshAll(ports);
  await rehook(ports, now);
  if (source.kind === 'checkpoint' || source.kind === 'branch') await fetchSubmodules(ports, now);
  const { id, state, branch, worktree } = now;
  const missing = source.kind === 'checkpoint' ? await missingFrom(ports, source.commit) : [];
  return {
    outcome: 'restored',
    task: { id, state, branch, worktree },
    from: wordFor(source),
    head: source.head,
    missing,
  };
}

/** A checkpoint names the commits of submodules and does not hold them. */
async function fetchSubmodules({ git, config, files }: Ports, { worktree }: Task): Promise<void> {
  if ((await config.load()).worktrees.submodules && (await files.exists(join(worktree, '.gitmodules'))))
    await git.worktrees.submodules(worktree, {});
}

/** Hooks and excludes lie in the worktree's git directory, which may be a new one. */
async function rehook(ports: Ports, task: Task): Promise<void> {
  const admin = await ports.git.worktrees.admin(task.worktree);
  if (admin && !(await ports.files.exists(join(admin, 'gwt/exclude')))) await exclude(ports, task);
  await installHooks(ports, task);
  await refreshHooks(ports);
}

async function restorable(ports: Ports): Promise<readonly Restorable[]> {
  const gone = (await allTasks(ports)).filter(({ state }) => state === 'dropped');
  const rows = gone.map(async ({ id, branch, dropped }) => {
    const trash = dropped?.trash && (await ports.files.exists(dropped.trash)) ? dropped.trash : null;
    const checkpoints = (await checkpointsOf(ports, id)).map(({ number }) => number);
    return { id, branch, at: dropped?.at ?? '', trash, checkpoints };
  });
  return (await Promise.all(rows)).sort((a, b) => (a.at < b.at ? 1 : -1));
}

type Source =
  | { readonly kind: 'place'; readonly head: Oid }
  | { readonly kind: 'trash'; readonly head: Oid; readonly folder: string }
  | { readonly kind: 'checkpoint'; readonly head: Oid; readonly commit: Oid; readonly number: number }
  | { readonly kind: 'branch'; readonly head: Oid };

const wordFor = (source: Source): string =>
  source.kind === 'checkpoint' ? `checkpoint ${source.number}` : source.kind;

/** The best of what is left: the folder itself, the trash folder, the last checkpoint, the branch alone. */
async function sourceOf(ports: Ports, task: Task, number: number | undefined): Promise<Source> {
  const { files, git } = ports;
  const there = await files.exists(join(task.worktree, '.git'));
  const branch = await git.refs.resolve(`refs/heads/${task.branch}`);
  if (there && branch && task.state !== 'dropped')
    throw new Refusal('task.state', { task: task.id, state: task.state, doing: 'restore' });
  const kept = await lastOf(ports, `refs/gwt/trash/${task.id}/`);
  const checkpoints = await checkpointsOf(ports, task.id);
  const chosen = number === undefined ? checkpoints.at(-1) : checkpoints.find((one) => one.number === number);
  if (number !== undefined && !chosen)
    throw new Refusal('checkpoint.unknown', {
      task: task.id,
      checkpoint: number,
      known: checkpoints.map((one) => one.number),
    });
  const saved = chosen && (await git.refs.resolve(`${chosen.commit}^1`));
  const head = (task.state === 'dropped' ? (kept ?? branch) : (branch ?? kept)) ?? saved;
  const trash = task.dropped?.trash;
  if (head && there && number === undefined) return { kind: 'place', head };
  if (head && trash && number === undefined && (await files.exists(trash)))
    return { kind: 'trash', head, folder: trash };
  if (chosen && saved && head) {
    const attached =
      (await git.objects.text(`${chosen.commit}^3`, 'admin/HEAD')) === `ref: refs/heads/${task.branch}\n`;
    // Commits made after the last checkpoint count for more than the files of that moment.
    const outdated = attached && saved !== head && number === undefined;
    if (!outdated) return { kind: 'checkpoint', head: attached ? saved : head, ...chosen };
  }
  if (head) return { kind: 'branch', head };
  throw new Refusal('restore.none', { task: task.id });
}

async function lastOf({ git }: Ports, folder: string): Promise<Oid | undefined> {
  const refs = [...(await git.refs.heads([folder]))].sort(([a], [b]) => (a < b ? -1 : 1));
  return refs.at(-1)?.[1];
}

/** Nothing that is there now is overwritten: not a folder, not a branch, not a claim. */
async function refuseTaken(ports: Ports, task: Task, source: Source): Promise<void> {
  const { files, git } = ports;
  const taken = (what: string) => new Refusal('restore.taken', { task: task.id, what });
  if (source.kind !== 'place' && (await files.exists(task.worktree))) throw taken(task.worktree);
  const branch = await git.refs.resolve(`refs/heads/${task.branch}`);
  if (branch && branch !== source.head)
    throw taken(`branch ${task.branch} is at ${branch.slice(0, 10)}, not ${source.head.slice(0, 10)}`);
  refuseClaimed(settled(task, undefined), await allTasks(ports), (await ports.config.load()).ownership.shared);
  const elsewhere = (await git.worktrees.list()).find(
    (one) => one.branch === task.branch && one.path !== task.worktree,
  );
  if (elsewhere && !elsewhere.prunable) throw taken(`branch ${task.branch} is checked out in ${elsewhere.path}`);
}

/** Somebody made a repository of its own out of the worktree: it is kept beside, where git does not look. */
async function putAside(files: Ports['files'], worktree: string): Promise<void> {
  if ((await files.list(join(worktree, '.git'))).length === 0) return;
  await files.write(join(worktree, '.gwt/.gitignore'), '*\n');
  for (let number = 1; ; number += 1)
    if (await files.rename(join(worktree, '.git'), join(worktree, `.gwt/replaced-${number}.git`))) return;
}

function refuseClaimed(task: Task, tasks: readonly Task[], shared: readonly string[]): void {
  const found = isActive(task) ? clash(task, tasks, shared) : undefined;
  if (!found) return;
  throw new Refusal('claim.overlap', { task: task.id, ...found });
}

/** The worktree's folder and its git directory go back under their old names; the folder is told where that is. */
async function fromTrash({ files, git }: Ports, task: Task, folder: string): Promise<void> {
  const { common } = await git.repo();
  await files.rename(folder, task.worktree);
  await putAside(files, task.worktree);
  const kept = join(common, 'gwt/trash', basename(folder));
  const [name] = await files.list(kept);
  if (!name) return;
  let admin = join(common, 'worktrees', name);
  for (let number = 1; await files.exists(admin); number += 1) admin = join(common, 'worktrees', `${name}${number}`);
  await files.rename(join(kept, name), admin);
  await files.write(join(task.worktree, '.git'), `gitdir: ${admin}\n`);
  await files.remove(kept);
}

/** Branch and state return together; a claim that somebody took in the meantime is refused. */
async function bringBack(ports: Ports, task: Task, source: Source): Promise<Task> {
  const { ledger, git, clock, config } = ports;
  const { shared } = (await config.load()).ownership;
  const branch = await git.refs.resolve(`refs/heads/${task.branch}`);
  const ref = `refs/heads/${task.branch}`;
  const moves: RefMove[] = branch ? [] : [{ ref, from: '0'.repeat(source.head.length), to: source.head }];
  const event = {
    type: 'task.restored',
    at: new Date(clock.now()).toISOString(),
    task: task.id,
    from: wordFor(source),
  } as const;
  const key = `tasks/${task.id}` as const;
  const then = source.kind === 'checkpoint' ? await prdAt(ports, task, source.commit) : undefined;
  const asked = (await escalations(ports)).find(({ id }) => id === task.blocked?.escalation);
  const restored = await ledger.transact<Task>({ keys: [key, 'meta/claims'], kinds: ['tasks'] }, (view) => {
    const before = taskOf(view.entry(key) ?? { key, docs: {} });
    const docs = view.entry(key)?.docs ?? {};
    // What passed after that checkpoint is not on the branch.
    const back = then && docs['prd.json'] ? wentBack(docs['prd.json'], then) : undefined;
    const again = settled(before, asked);
    const after =
      again.state === 'finished' && back?.complete === false ? { ...again, state: 'queued' as const } : again;
    refuseClaimed(after, view.all('tasks').map(taskOf), shared);
    const stories: Record<string, string> = back ? { 'prd.json': back.prd } : {};
    const writes: Write[] = [{ key, event, docs: { 'task.json': document(after), ...stories } }];
    // Two claims at once must collide, and this takes one again.
    if (before.state === 'dropped') writes.push({ key: 'meta/claims', event, docs: {} });
    return {
      writes,
      moves,
      result: after,
    };
  });
  ports.report(event);
  return restored;
}

/** The state it was dropped from; a loop that ran then does not run now, and a question that is closed blocks nobody. */
function settled(task: Task, asked: Escalation | undefined): Task {
  if (task.state !== 'dropped') return task;
  const from = task.dropped?.from ?? 'queued';
  const free = from === 'blocked' && asked !== undefined && asked.state !== 'open';
  const landing = asked?.reason === 'conflict' || asked?.reason === 'trespass' || asked?.reason === 'failed';
  const freed = landing ? 'finished' : 'queued';
  const state = free ? freed : from === 'running' || from === 'dropped' ? 'queued' : from;
  const more = free ? { blocked: undefined } : {};
  const after = moved(task, state, { dropped: undefined, lease: undefined, ...more });
  if (!after) throw new Refusal('task.state', { task: task.id, state: task.state, doing: 'restore' });
  return after;
}

async function fromCommit({ git, files, clock }: Ports, task: Task, source: Source): Promise<void> {
  const admin = await git.worktrees.admin(task.worktree);
  // What git still lists for a folder that is gone would be in the way; it may know commits that nothing else does.
  if (admin)
    await files.rename(
      admin,
      join((await git.repo()).common, 'gwt/trash', `${task.id}-gone-${clock.now()}`, basename(admin)),
    );
  if (source.kind === 'branch') return git.worktrees.add({ path: task.worktree, branch: task.branch });
  if (source.kind !== 'checkpoint') return;
  await git.worktrees.add({ path: task.worktree, commit: source.commit, checkout: false });
  await git.work.unpack(task.worktree, source.commit);
}
