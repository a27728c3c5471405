import { dirname, join } from 'node:path';
import { donors, handedOn } from '../../core/pool.ts';
import { document, taskOf } from '../../core/records.ts';
import type { Task } from '../../core/task.ts';
import type { Oid, Ports, Warm } from '../../ports.ts';
import { saveCheckpoint } from '../checkpoint.ts';
import { changeTask } from '../tasks.ts';
import { POOL } from './put-back.ts';

/** What is known of a worktree in the pool, so that it need not be looked through when it is wanted. */
export interface Ready {
  readonly head: Oid;
  /** Tracked files to check out anew. */
  readonly touched: readonly string[];
  /** Dependency folders in it. */
  readonly folders: readonly string[];
  /** Where the rest of what lay in it is. */
  readonly trash: string;
}

/** Names of worktrees in the pool that are ready to be handed on. */
export async function ready({ files }: Pick<Ports, 'files'>, dir: string): Promise<readonly string[]> {
  return (await files.list(join(dir, POOL))).flatMap((name) => /^(.+)\.json$/.exec(name)?.[1] ?? []);
}

/** Fills the pool with worktrees of landed tasks, up to what the config keeps; those in use stay where they are. */
export async function fillPool(ports: Ports): Promise<void> {
  const { pool } = (await ports.config.load()).worktrees;
  if (pool === 0) return;
  const dirs = new Set((await landedOnes(ports)).map(({ worktree }) => dirname(worktree)));
  for (const dir of dirs)
    for (let left = pool - (await ready(ports, dir)).length; left > 0; left -= 1)
      if ((await withdraw(ports, dir)) === undefined) break;
}

async function landedOnes({ ledger }: Ports): Promise<readonly Task[]> {
  return donors((await ledger.list('tasks', ['task.json'])).map(taskOf));
}

/** Puts the first landed worktree that may be handed on into the pool; gives its name there. */
export async function withdraw(ports: Ports, dir: string): Promise<string | undefined> {
  for (const donor of await landedOnes(ports))
    if (dirname(donor.worktree) === dir && (await withdrawn(ports, donor))) return donor.id;
  return undefined;
}

/** Moved aside first, which one process alone can do, and looked at there; back where it was if it may not be handed on. */
async function withdrawn(ports: Ports, donor: Task): Promise<boolean> {
  const { files, processes, self, git } = ports;
  const { worktree, id } = donor;
  const inUse = async (path: string) =>
    `${self.cwd}/`.startsWith(`${path}/`) || (await processes.inside(path)).length > 0;
  if (!(await files.exists(join(worktree, '.git'))) || (await inUse(worktree))) return false;
  const place = join(dirname(worktree), POOL, `${id}.${self.pid}`);
  // Somebody else may be taking it at this moment.
  if (!(await files.rename(worktree, place).catch(() => false))) return false;
  // A checkpoint holds what git knows of a worktree, so git has to know it where it is.
  await git.worktrees.settle(place);
  const found = await examined(ports, donor, place).catch(() => undefined);
  if (!found) {
    await files.rename(place, worktree);
    await git.worktrees.settle(worktree);
    return false;
  }
  const record = await emptied(ports, donor, place, found);
  const final = join(dirname(place), id);
  await files.rename(place, final);
  await git.worktrees.settle(final, record.head);
  await files.write(`${final}.json`, document(record));
  return true;
}

interface Examined {
  readonly warm: Warm;
  readonly checkpoint: number;
}

async function examined(ports: Ports, donor: Task, place: string): Promise<Examined | undefined> {
  const warm = await ports.git.worktrees.warm(place, await madeAt(ports, donor));
  if (!warm) return undefined;
  const at = { ...donor, worktree: place };
  const { number, left } = await saveCheckpoint(ports, at, 'before its worktree is handed on');
  return left.length > 0 ? undefined : { warm, checkpoint: number };
}

/** When the worktree stood as it was checked out. */
async function madeAt({ ledger }: Ports, { id, createdAt }: Task): Promise<number> {
  const made = (await ledger.history(`tasks/${id}`)).find(({ type }) => type === 'task.spawned');
  return Date.parse(made?.at ?? createdAt);
}

/** Everything but dependency folders goes to the trash by renaming, and the ledger says where it is. */
async function emptied(ports: Ports, donor: Task, place: string, { warm, checkpoint }: Examined): Promise<Ready> {
  const { clone, link } = (await ports.config.load()).worktrees;
  const { kept, aside } = handedOn(warm, [...clone, ...link], []);
  const at = new Date(ports.clock.now()).toISOString();
  const trash = join(dirname(donor.worktree), '.trash', `${donor.id}-${at.slice(0, 19).replace(/[-:]/g, '')}`);
  const moved: string[] = [];
  for (const path of aside) if (await ports.files.rename(join(place, path), join(trash, path))) moved.push(path);
  const ignored = { paths: ignoredOf(donor, warm, moved), bytes: 0 };
  await changeTask(ports, donor.id, () => ({
    event: { type: 'task.changed', at, task: donor.id, what: 'its worktree goes to the pool' },
    change: { handed: { at, trash, checkpoint, ignored } },
  }));
  return { head: warm.head, touched: warm.touched, folders: kept, trash };
}

/** What no checkpoint has; gwt's own files are in the ledger. */
function ignoredOf({ seeds }: Task, { ignored }: Warm, moved: readonly string[]): readonly string[] {
  const own = new Set([...Object.values(seeds), 'handoff.md', '.gwt/']);
  return moved.filter((path) => ignored.includes(path) && !own.has(path)).slice(0, 20);
}
