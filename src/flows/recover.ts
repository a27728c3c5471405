import { basename, dirname, join } from 'node:path';
import type { Event } from '../core/event.ts';
import { document, taskOf } from '../core/records.ts';
import { abandoned, type HalfMade, holds, type Repair, repairs } from '../core/recovery.ts';
import { Refusal } from '../core/refusal.ts';
import type { Lease, Task } from '../core/task.ts';
import type { Ports } from '../ports.ts';
import type { Back } from './queue/give-back.ts';
import { turnBack } from './queue/turn-over.ts';

export type RecoverPorts = Pick<Ports, 'git' | 'ledger' | 'files' | 'config' | 'self' | 'clock' | 'ids' | 'report'>;

/** The mark by which processes of one spawn are known, also when the spawn itself is gone. */
export const SPAWN_MARK = 'GWT_SPAWN';

/** How long a git that outlived its spawn may take to end. */
const ORPHANS_MS = 60_000;

/** What a process of its own would leave behind in the ledger while it makes or mends a task. */
export function leaseOf({ self, clock, ids }: Pick<Ports, 'self' | 'clock' | 'ids'>): Lease {
  return {
    holder: `gwt spawn, pid ${self.pid} on ${self.host}`,
    pid: self.pid,
    started: self.startedAt,
    host: self.host,
    beat: clock.now(),
    ttl: 600_000,
    run: ids.next(),
  };
}

/** What `holds` and `abandoned` may know of other processes. */
export function witnessOf({ self, clock }: Pick<Ports, 'self' | 'clock'>) {
  return { host: self.host, now: clock.now(), processStart: self.processStart };
}

/** Takes back spawns that were cut short, those named or all: nothing half-made stays, nothing that somebody changed is lost. */
export async function recover(ports: RecoverPorts, only?: readonly string[]): Promise<readonly Repair[]> {
  const tasks = (await ports.ledger.list('tasks', ['task.json'])).map(taskOf);
  const done: Repair[] = [];
  for (const task of abandoned(tasks, witnessOf(ports))) {
    if (only && !only.includes(task.id)) continue;
    const mine = await takeOver(ports, task);
    if (!mine) continue;
    await orphansEnded(ports, task);
    done.push(await takeBack(ports, mine));
  }
  return done;
}

/** How what was in the queue goes back there when nobody is left to tell why. */
const CUT_SHORT: Back = { outcome: 'lost', reason: 'its spawn was cut short' };

/** Carries out the repair of one half-made task whose lease is ours; what came from the queue goes back there. */
export async function takeBack(ports: RecoverPorts, task: Task, back = CUT_SHORT): Promise<Repair> {
  const [repair] = repairs([await facts(ports, task)]);
  if (!repair) throw new Refusal('task.unknown', { task: task.id, known: [] });
  if (repair.folder === 'trash') await ports.files.rename(task.worktree, await trashFor(ports, task));
  if (repair.folder === 'remove') await outOfTheWay(ports, task);
  await sweep(ports, task);
  if (repair.folder !== 'leave' || !(await ports.files.exists(task.worktree)))
    await ports.git.worktrees.forget(task.worktree);
  const event = changed(ports, task, repair.words);
  const { attempts } = (await ports.config.load()).queue;
  const attempt = { at: event.at, by: task.lease?.holder ?? 'gwt spawn', ...back };
  await ports.ledger.transact({ keys: [`tasks/${task.id}`, `queue/${task.id}`] }, (view) => ({
    writes: [
      ...(view.entry(`tasks/${task.id}`) ? [{ key: `tasks/${task.id}` as const, event, docs: {}, remove: true }] : []),
      ...turnBack(view.entry(`tasks/${task.id}`), attempt, attempts),
    ],
    moves: repair.branch
      ? [{ ref: `refs/heads/${repair.branch.name}`, from: repair.branch.at, to: '0'.repeat(task.base.length) }]
      : [],
    result: undefined,
  }));
  ports.report(event);
  return repair;
}

/** Half-made worktrees on their way out. No task is called so. */
const HALF = '.half-';

/** What is deleted in its place and cut short looks like somebody else's folder: it goes away as a whole first. */
async function outOfTheWay({ files, ids }: RecoverPorts, { worktree }: Task): Promise<void> {
  const trash = join(dirname(worktree), '.trash');
  await files.makeDir(trash);
  await files.rename(worktree, join(trash, `${HALF}${basename(worktree)}-${ids.next()}`));
}

/** Deletes them, those of an earlier gwt that was killed at it too. */
async function sweep({ files }: RecoverPorts, { worktree }: Task): Promise<void> {
  const trash = join(dirname(worktree), '.trash');
  for (const name of await files.list(trash)) if (name.startsWith(HALF)) await files.remove(join(trash, name));
}

/** Two that mend at once would take each other's new worktree for the old one: the lease says whose turn it is. */
async function takeOver(ports: RecoverPorts, task: Task): Promise<Task | undefined> {
  const key = `tasks/${task.id}` as const;
  const lease = leaseOf(ports);
  return ports.ledger.transact<Task | undefined>({ keys: [key] }, (view) => {
    const entry = view.entry(key);
    const now = entry && taskOf(entry);
    if (!now || now.ready || holds(now.lease, witnessOf(ports))) return { writes: [], result: undefined };
    const mine = { ...now, lease };
    const event = changed(ports, task, 'its spawn was cut short; taking it back');
    return { writes: [{ key, event, docs: { 'task.json': document(mine) } }], result: mine };
  });
}

/** A git that is still checking out there would clean up, when it fails, what is made next at the same path. */
async function orphansEnded({ self, clock }: RecoverPorts, task: Task): Promise<void> {
  const mark = `${SPAWN_MARK}=${task.lease?.run ?? ''}`;
  for (const until = clock.now() + ORPHANS_MS; ; await clock.sleep(50)) {
    const left = self.carriers(mark);
    if (left.length === 0) return;
    if (clock.now() > until)
      throw new Refusal('task.busy', { task: task.id, holder: `process ${left.join(', ')} of a spawn that was ended` });
  }
}

async function facts(ports: RecoverPorts, task: Task): Promise<HalfMade> {
  const branch = (await ports.git.refs.heads([`refs/heads/${task.branch}`])).get(`refs/heads/${task.branch}`);
  return { task, ...(branch ? { branch } : {}), folder: await folderOf(ports, task) };
}

async function folderOf({ files, git, config, ledger }: RecoverPorts, task: Task): Promise<HalfMade['folder']> {
  const { worktree } = task;
  if (!(await files.exists(worktree))) return 'absent';
  if ((await files.kind(worktree)) === 'folder' && (await files.list(worktree)).length === 0) return 'empty';
  const besides = await git.worktrees.besides(worktree, task.base);
  if (!besides) return 'foreign';
  const entry = await ledger.read(`tasks/${task.id}`);
  const { root } = await git.repo();
  const { link } = (await config.load()).worktrees;
  for (const path of besides) if (!(await isOurs(path))) return 'touched';
  return 'pristine';

  /** Seeds as gwt writes them, links it made, and copies that equal what they were copied from. */
  async function isOurs(path: string): Promise<boolean> {
    const at = join(worktree, path);
    const text = await files.read(at).catch(() => undefined);
    if (path === '.gwt/') return (await files.list(at)).length <= 3;
    if (path === task.seeds.prd) return text === entry?.docs['prd.json'];
    if (path === task.seeds.progress) return text === entry?.docs['progress.md'];
    if (path === task.seeds.memory) return text?.endsWith('gwt never changes it.\n') ?? false;
    if ((await files.kind(at)) === 'link') return link.includes(path);
    return text !== undefined && text === (await files.read(join(root, path)).catch(() => undefined));
  }
}

async function trashFor({ clock, files }: RecoverPorts, { worktree }: Task): Promise<string> {
  const time = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
  const path = join(dirname(worktree), '.trash', `${basename(worktree)}-${time}`);
  for (let n = 2; ; n += 1) {
    const free = n === 2 ? path : `${path}-${n}`;
    if (!(await files.exists(free))) return free;
  }
}

function changed({ clock }: Pick<Ports, 'clock'>, task: Task, what: string): Event {
  return { type: 'task.changed', at: new Date(clock.now()).toISOString(), task: task.id, what };
}
