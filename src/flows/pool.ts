import { basename, dirname, join } from 'node:path';
import { donors, handedOn, looksOtherwise } from '../core/pool.ts';
import { taskOf } from '../core/records.ts';
import type { Task } from '../core/task.ts';
import type { Oid, Ports, Warm } from '../ports.ts';
import { saveCheckpoint } from './checkpoint.ts';
import { changeTask } from './tasks.ts';

/** Beside the worktrees: those that are between two tasks. */
export const POOL = '.pool';

type Env = Readonly<Record<string, string>>;

/**
 * Gives a new task the worktree of one that has landed: its files, moved to the task's path and brought to its base by a
 * checkout of what differs, and its dependency folders. All else that was left in it is in a checkpoint and in the
 * trash. False when there is none that may be handed on; then nothing was touched.
 */
export async function fromPool(ports: Ports, task: Task, env: Env): Promise<boolean> {
  if ((await ports.config.load()).worktrees.pool === 0) return false;
  const tasks = (await ports.ledger.list('tasks', ['task.json'])).map(taskOf);
  await putBack(ports, tasks, dirname(task.worktree));
  for (const donor of donors(tasks)) {
    if (dirname(donor.worktree) !== dirname(task.worktree)) continue;
    const found = await withdrawn(ports, donor, task);
    if (!found) continue;
    await handOver(ports, found, task, env);
    return true;
  }
  return false;
}

/** A worktree out of everybody's way, and what is known of it. */
interface Withdrawn {
  readonly donor: Task;
  readonly place: string;
  readonly warm: Warm;
  readonly changed: readonly string[];
  readonly checkpoint: number;
}

/** Moved aside first, which one process alone can do, and looked at there; back where it was if it may not be handed on. */
async function withdrawn(ports: Ports, donor: Task, task: Task): Promise<Withdrawn | undefined> {
  const { files, processes, self } = ports;
  const { worktree } = donor;
  const inUse = async (path: string) =>
    `${self.cwd}/`.startsWith(`${path}/`) || (await processes.inside(path)).length > 0;
  if (!(await files.exists(join(worktree, '.git'))) || (await inUse(worktree))) return undefined;
  const place = join(dirname(worktree), POOL, `${donor.id}.${self.pid}`);
  // Somebody else may be taking it at this moment.
  if (!(await files.rename(worktree, place).catch(() => false))) return undefined;
  const found = (await inUse(place))
    ? undefined
    : await examined(ports, donor, place, task.base).catch(() => undefined);
  if (found) return { donor, place, ...found };
  await files.rename(place, worktree);
  return undefined;
}

async function examined(
  ports: Ports,
  donor: Task,
  place: string,
  base: Oid,
): Promise<Omit<Withdrawn, 'donor' | 'place'> | undefined> {
  const { git } = ports;
  const sight = await git.worktrees.warm(place, await madeAt(ports, donor));
  if (!sight) return undefined;
  const changed = (await git.history.changes(sight.head, base)).map(({ path }) => path);
  if (looksOtherwise(changed)) return undefined;
  const { number, left } = await saveCheckpoint(
    ports,
    { ...donor, worktree: place },
    'before its worktree is handed on',
  );
  return left.length > 0 ? undefined : { warm: sight, changed, checkpoint: number };
}

async function handOver(ports: Ports, found: Withdrawn, task: Task, env: Env): Promise<void> {
  const { files, git } = ports;
  const { donor, place, warm, changed, checkpoint } = found;
  const { clone, link } = (await ports.config.load()).worktrees;
  const { aside } = handedOn(warm, [...clone, ...link], changed);
  const at = new Date(ports.clock.now()).toISOString();
  const trash = join(dirname(task.worktree), '.trash', `${donor.id}-${at.slice(0, 19).replace(/[-:]/g, '')}`);
  const kept = await putAside(ports, place, trash, aside);
  await changeTask(ports, donor.id, () => ({
    event: { type: 'task.changed', at, task: donor.id, what: `its worktree goes to ${task.id}` },
    change: {
      handed: {
        at,
        to: task.id,
        checkpoint,
        ignored: ignoredOf(donor, warm, kept),
        ...(kept.length > 0 ? { trash } : {}),
      },
    },
  }));
  await git.worktrees.add({ path: task.worktree, branch: task.branch, checkout: false, env });
  const old = await git.worktrees.graft(place, task.worktree);
  await files.rename(old, join((await git.repo()).common, 'gwt/trash', basename(trash), basename(old)));
  if (!(await git.work.follow(task.worktree, warm.head, task.base)))
    throw new Error(`${task.worktree}: the checkout of ${task.base} over ${warm.head} was refused`);
  await git.worktrees.renew(task.worktree, warm.touched);
}

/** When the worktree stood as it was checked out. */
async function madeAt({ ledger }: Ports, { id, createdAt }: Task): Promise<number> {
  const made = (await ledger.history(`tasks/${id}`)).find(({ type }) => type === 'task.spawned');
  return Date.parse(made?.at ?? createdAt);
}

/** What no checkpoint has; gwt's own files are in the ledger. */
function ignoredOf({ seeds }: Task, { ignored }: Warm, kept: readonly string[]) {
  const own = new Set([...Object.values(seeds), 'handoff.md', '.gwt/']);
  return { paths: kept.filter((path) => ignored.includes(path) && !own.has(path)).slice(0, 20), bytes: 0 };
}

/** By renaming, folder by folder; gives what was there. */
async function putAside(
  { files }: Ports,
  from: string,
  trash: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const moved: string[] = [];
  for (const path of paths) {
    const name = path.replace(/\/$/, '');
    if ((await files.kind(join(from, name))) === undefined) continue;
    await files.makeDir(dirname(join(trash, name)));
    if (await files.rename(join(from, name), join(trash, name))) moved.push(path);
  }
  return moved;
}

/** What a process that was killed took out of its place goes back there, or to the trash where it cannot. */
async function putBack({ files, self, clock }: Ports, tasks: readonly Task[], dir: string): Promise<void> {
  for (const name of await files.list(join(dir, POOL))) {
    const [, id, pid] = /^(.+)\.(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && self.processStart(Number(pid)) !== undefined) continue;
    const donor = tasks.find((task) => task.id === id && !task.handed);
    const place = join(dir, POOL, name);
    const back = donor && (await files.rename(place, donor.worktree).catch(() => false));
    if (!back) await files.rename(place, join(dir, '.trash', `${name}-${clock.now()}`)).catch(() => false);
  }
}
