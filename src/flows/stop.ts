import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';
import { pidFile, type Running, runningIn } from './loop/places.ts';
import { changeTask, taskNamed } from './tasks.ts';

export interface StopInput {
  readonly tasks: readonly string[];
  readonly all?: boolean;
}
export interface Stopped {
  readonly tasks: readonly {
    readonly id: string;
    /** `killed`: it did not end by itself in time. `stale`: its process was gone already. `idle`: no loop was known. */
    readonly outcome: 'stopped' | 'killed' | 'stale' | 'idle';
    readonly pid: number | null;
    /** Other tasks that the same process worked on. */
    readonly also: readonly string[];
  }[];
}

/** An agent may take this long to put its things in order. */
const GRACE_MS = 15_000;

/** Ends the loops of tasks and waits until they are gone; the work and its state are kept. */
export async function stop(ports: Ports, input: StopInput): Promise<Stopped> {
  const ids = input.all ? await looping(ports) : await named(ports, input.tasks);
  const ended: Stopped['tasks'][number][] = [];
  for (const id of ids) if (!ended.some(({ also }) => also.includes(id))) ended.push(await stopOne(ports, id));
  return { tasks: ended };
}

async function named(ports: Ports, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0)
    throw new Refusal('usage.bad', { problem: 'which task? name it, or say --all', command: 'stop' });
  return (await Promise.all(names.map((name) => taskNamed(ports, name)))).map(({ id }) => id);
}

/** Tasks with a pid file: those that loops work on, and those whose loop died. */
export async function looping({ git, files }: Pick<Ports, 'git' | 'files'>): Promise<readonly string[]> {
  const folder = pidFile(await git.repo(), '').replace(/\/\.json$/, '');
  return (await files.list(folder)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
}

async function stopOne(ports: Ports, id: string): Promise<Stopped['tasks'][number]> {
  const { files, processes, programs } = ports;
  const path = pidFile(await ports.git.repo(), id);
  const loop = runningIn(await files.read(path));
  if (!loop) return { id, outcome: 'idle', pid: null, also: [] };
  const { pid } = loop;
  if (!isThere(ports, loop)) {
    await programs.reap(loop.run);
    await putBack(ports, loop, path);
    return { id, outcome: 'stale', pid, also: [] };
  }
  const also = await besides(ports, loop);
  processes.signal(pid, 'SIGTERM');
  if (await gone(ports, loop, GRACE_MS)) {
    // One that could not put its things in order any more left them as they were.
    await putBack(ports, loop, path);
    return { id, outcome: 'stopped', pid, also };
  }
  processes.signal(pid, 'SIGKILL');
  await gone(ports, loop, GRACE_MS);
  for (const other of [loop, ...(await loopsOf(ports, also))]) {
    await programs.reap(other.run);
    await putBack(ports, other, pidFile(await ports.git.repo(), other.task));
  }
  return { id, outcome: 'killed', pid, also };
}

/** `gwt loop` with several tasks is one process. */
async function besides(ports: Ports, { pid, started, task }: Running): Promise<readonly string[]> {
  const all = await loopsOf(ports, await looping(ports));
  return all
    .filter((other) => other.pid === pid && other.started === started && other.task !== task)
    .map((one) => one.task);
}

/** What the pid files of these tasks say. */
export async function loopsOf(
  { git, files }: Pick<Ports, 'git' | 'files'>,
  ids: readonly string[],
): Promise<readonly Running[]> {
  const repo = await git.repo();
  const texts = await Promise.all(ids.map((id) => files.read(pidFile(repo, id))));
  return texts.flatMap((text) => runningIn(text) ?? []);
}

/** A pid alone may be somebody else by now: its start time must be the same. */
export const isThere = ({ self }: Pick<Ports, 'self'>, { pid, started }: Running): boolean =>
  self.processStart(pid) === started;

async function gone(ports: Ports, loop: Running, ms: number): Promise<boolean> {
  for (const until = ports.clock.now() + ms; ports.clock.now() < until && !ports.stop.aborted; ) {
    if (!isThere(ports, loop)) return true;
    await ports.clock.sleep(50);
  }
  return !isThere(ports, loop);
}

/** A loop that could not do it itself: its task waits again. */
async function putBack(ports: Ports, { run, task }: Running, path: string): Promise<void> {
  const at = new Date(ports.clock.now()).toISOString();
  const known = await ports.ledger.read(`tasks/${task}`);
  const change: Parameters<typeof changeTask>[2] = (now) =>
    now.state === 'running' && now.lease?.run === run
      ? {
          event: { type: 'task.changed', at, task, what: 'its loop was ended from outside' },
          state: 'queued',
          change: { lease: undefined },
        }
      : undefined;
  if (known) await changeTask(ports, task, change);
  await ports.files.remove(path);
}
