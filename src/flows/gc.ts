import { basename, dirname, join } from 'node:path';
import { oldCheckpoints, type Sorted, sortTrash, type TrashFolder } from '../core/keeping.ts';
import { Refusal } from '../core/refusal.ts';
import type { Task } from '../core/task.ts';
import type { Ports, RefMove } from '../ports.ts';
import { checkpointsOf, missingFrom } from './checkpoint.ts';
import { leftovers } from './leftovers.ts';
import { clearIdle, idleOf } from './merge/idle.ts';
import { allTasks } from './tasks.ts';
import { oldTranscripts } from './transcripts.ts';

export interface GcInput {
  readonly dryRun?: boolean;
  /** Nothing younger goes. */
  readonly days: number;
}
export interface Gc {
  readonly dryRun: boolean;
  readonly trash: readonly Gone[];
  readonly kept: readonly { readonly path: string; readonly why: string }[];
  readonly checkpoints: readonly string[];
  /** Kept verdicts of gates, and integration worktrees beside the first, that nobody used for so long. */
  readonly verdicts: number;
  readonly benches: readonly string[];
  /** Files in the git directory that killed processes of gwt's left there. */
  readonly leftovers: readonly string[];
  /** Transcripts that were compressed, and the bytes that saved; `gwt logs` shows them as before. */
  readonly packed: { readonly paths: readonly string[]; readonly bytes: number };
}
interface Gone {
  readonly path: string;
  readonly task: string;
  readonly bytes: number;
  /** Ignored files that are in no checkpoint and go for good. */
  readonly ignored: TrashFolder['ignored'];
}

/** Deletes what is old and kept elsewhere: trash folders whose files are in a checkpoint, checkpoints of landed tasks. */
export async function gc(ports: Ports, { dryRun = false, days }: GcInput): Promise<Gc> {
  const tasks = await allTasks(ports);
  const now = ports.clock.now();
  const sorted = sortTrash(await trashFolders(ports, tasks), now, days);
  const going = sorted.flatMap((one) => (one.keep ? [] : [one.folder]));
  const refs = (await Promise.all(tasks.map((task) => goingRefs(ports, task, now, days)))).flat();
  const idle = await idleOf(ports, days);
  const left = await leftovers(ports);
  const transcripts = await oldTranscripts(ports, days);
  let saved = 0;
  const acts = !dryRun && (await agreed(ports, going));
  if (acts) {
    for (const folder of going) await deleteTrash(ports, folder);
    await clearIdle(ports, idle);
    for (const path of left) await ports.files.remove(path);
    for (const path of transcripts) saved += await ports.files.pack(path);
    if (!(await ports.git.refs.move(refs, 'gwt: gc')))
      throw new Refusal('ledger.moved', { refs: refs.map(({ ref }) => ref) });
  }
  return {
    dryRun: !acts,
    trash: going.map(({ path, task, bytes, ignored }) => ({ path, task: task?.id ?? '', bytes, ignored })),
    kept: sorted.flatMap((one: Sorted) => (one.keep ? [{ path: one.folder.path, why: one.why }] : [])),
    checkpoints: refs.map(({ ref }) => ref),
    verdicts: idle.verdicts.length,
    benches: idle.benches.map(({ path }) => path),
    leftovers: left,
    packed: { paths: transcripts, bytes: saved },
  };
}

async function trashFolders(ports: Ports, tasks: readonly Task[]): Promise<readonly TrashFolder[]> {
  const places = [...new Set(tasks.map(({ worktree }) => join(dirname(worktree), '.trash')))];
  const paths = (
    await Promise.all(places.map(async (place) => (await ports.files.list(place)).map((name) => join(place, name))))
  ).flat();
  return Promise.all(paths.map((path) => lookAt(ports, path, tasks)));
}

const MOST_FILES = 50_000;

async function lookAt(ports: Ports, path: string, tasks: readonly Task[]): Promise<TrashFolder> {
  const task = tasks.find(
    ({ state, dropped, handed }) => (state === 'dropped' && dropped?.trash === path) || handed?.trash === path,
  );
  const put = task?.handed?.trash === path ? task.handed : task?.dropped;
  const number = put?.checkpoint;
  const saved = task && (await checkpointsOf(ports, task.id)).find((one) => one.number === number);
  const left = saved ? await missingFrom(ports, saved.commit) : [];
  const { bytes } = await ports.files.size(path, MOST_FILES);
  const since = put ? Date.parse(put.at) : ((await ports.files.modified(path)) ?? ports.clock.now());
  return {
    path,
    task,
    covered: saved !== undefined,
    left,
    ignored: put?.ignored ?? { paths: [], bytes: 0 },
    since,
    bytes,
  };
}

async function goingRefs(ports: Ports, task: Task, now: number, days: number): Promise<readonly RefMove[]> {
  const old = oldCheckpoints(task, await checkpointsOf(ports, task.id), now, days);
  return old.map(({ ref, commit }) => ({ ref, from: commit, to: '0'.repeat(commit.length) }));
}

/** Deleting is the one thing that cannot be taken back, so it is always asked for. */
async function agreed({ person }: Ports, going: readonly TrashFolder[]): Promise<boolean> {
  if (going.length === 0 || person.agrees) return true;
  const named = going.map(
    ({ path, ignored }) =>
      `  ${path}${ignored.paths.length > 0 ? `, for good with it: ${ignored.paths.slice(0, 5).join(', ')}` : ''}`,
  );
  const question = `delete these folders?\n${named.join('\n')}\n`;
  if (!person.present) throw new Refusal('unattended', { question, flag: '--yes' });
  return person.ask(question);
}

async function deleteTrash({ files, git }: Ports, { path }: TrashFolder): Promise<void> {
  await files.remove(path);
  await files.remove(join((await git.repo()).common, 'gwt/trash', basename(path)));
}
