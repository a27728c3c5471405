import { oneLine } from '../../core/event.ts';
import { withNote } from '../../core/notes.ts';
import { taskOf } from '../../core/records.ts';
import type { Task } from '../../core/task.ts';
import { changeText, type Touched, touchedOf, withTouched } from '../../core/touched.ts';
import type { Ports } from '../../ports.ts';
import { changeTask, taskNamedOrHere } from '../tasks.ts';
import { repositoryPath } from './paths.ts';

export interface TouchInput {
  readonly paths: readonly string[];
  readonly task?: string;
}
export interface TouchedNow extends Touched {
  /** The target has another version by now, and not the one the branch has. */
  readonly changed: boolean;
  /** The commits that made it, the newest first. */
  readonly by: readonly string[];
}

/** So many commits are named; the rest is for `git log`. */
const NAMED = 3;

/**
 * Writes down which version of these files or folders a task builds on: the one its branch began with. Those that have
 * changed on the target already are told at once.
 */
export async function touch(
  ports: Ports,
  input: TouchInput,
): Promise<{ readonly task: string; readonly touched: readonly TouchedNow[] }> {
  const task = await taskNamedOrHere(ports, input.task, 'look after paths for');
  const paths = [...new Set(await Promise.all(input.paths.map((path) => repositoryPath(ports, path))))];
  const at = new Date(ports.clock.now()).toISOString();
  const names = paths.map((path) => path.replace(/\/$/, ''));
  const base = await baseOf(ports, task);
  const found = await oidsAt(ports, base, names);
  const fresh = names.map((path, n) => ({ path, oid: found[n] ?? null, at, told: null }));
  const now = await comparedNow(ports, task, fresh);
  const told = now.map(({ touched: one, to, changed }) => ({ ...one, told: changed ? to : one.oid }));
  const event = { type: 'task.changed', at, task: task.id, what: `builds on ${names.join(', ')}` } as const;
  await changeTask(ports, task.id, (_, docs) => ({ event, docs: { 'touched.json': withTouched(docs, told) } }));
  return { task: task.id, touched: now.map(({ touched: one, changed, by }) => ({ ...one, changed, by })) };
}

/** What a task builds on, and what of it has changed on its target. */
export async function touchedNow(
  ports: Pick<Ports, 'git'>,
  task: Task,
  docs: Readonly<Record<string, string>>,
): Promise<readonly TouchedNow[]> {
  const now = await comparedNow(ports, task, touchedOf(docs));
  return now.map(({ touched: one, changed, by }) => ({ ...one, changed, by }));
}

/** Puts a note into the next prompt for each path that changed below a task; each new version is told once. */
export async function tellOfTouched(
  ports: Pick<Ports, 'git' | 'ledger' | 'clock' | 'report'>,
  id: string,
): Promise<void> {
  const entry = await ports.ledger.read(`tasks/${id}`);
  const before = entry ? touchedOf(entry.docs) : [];
  if (!entry || before.length === 0) return;
  const task = taskOf(entry);
  const news = (await comparedNow(ports, task, before)).filter(
    ({ changed, to, touched: { told } }) => changed && told !== to,
  );
  if (news.length === 0) return;
  const at = new Date(ports.clock.now()).toISOString();
  const text = news
    .map(({ touched: { path, oid: from }, to, by }) => changeText(path, task.target, { from, to, by }))
    .join('\n');
  const note = { at, from: 'gwt', text };
  await changeTask(ports, id, (_, docs) => {
    // Told by another process in the meantime, or looked after no longer.
    const left = touchedOf(docs);
    const due = news.filter(({ to, touched: { path } }) => left.some((one) => one.path === path && one.told !== to));
    if (due.length === 0) return undefined;
    const told = due.map(({ touched: one, to }) => ({ ...one, told: to }));
    return {
      event: { type: 'note.added', task: id, ...note },
      docs: { 'touched.json': withTouched(docs, told), 'notes.json': withNote(docs, note) },
    };
  });
}

interface Compared {
  readonly touched: Touched;
  /** What the target has. */
  readonly to: string | null;
  readonly changed: boolean;
  readonly by: readonly string[];
}

async function comparedNow(
  ports: Pick<Ports, 'git'>,
  task: Task,
  all: readonly Touched[],
): Promise<readonly Compared[]> {
  if (all.length === 0) return [];
  const { target, branch } = task;
  const paths = all.map(({ path }) => path);
  const [there, own] = await Promise.all([
    oidsAt(ports, `refs/heads/${target}`, paths),
    oidsAt(ports, `refs/heads/${branch}`, paths),
  ]);
  const base = await baseOf(ports, task);
  const compared: Compared[] = [];
  for (const [at, touched] of all.entries()) {
    const to = there[at] ?? null;
    const changed = to !== touched.oid && to !== (own[at] ?? null);
    compared.push({ touched, to, changed, by: changed ? await authorsOf(ports, base, target, touched.path) : [] });
  }
  return compared;
}

async function authorsOf(
  { git }: Pick<Ports, 'git'>,
  base: string,
  target: string,
  path: string,
): Promise<readonly string[]> {
  const commits = await git.objects.commits([`${base}..refs/heads/${target}`], [path]);
  return commits
    .slice(-NAMED)
    .reverse()
    .map(({ oid, subject, message }) => {
      const task = /^Gwt-Task: (\S+)$/m.exec(message)?.[1];
      return `${oid.slice(0, 10)} ${oneLine(subject, 100)}${task ? ` (task ${task})` : ''}`;
    });
}

async function baseOf({ git }: Pick<Ports, 'git'>, { target, branch, base }: Task): Promise<string> {
  const head = await git.refs.resolve(`refs/heads/${branch}`);
  return (head && (await git.history.mergeBase(`refs/heads/${target}`, head))) ?? base;
}

async function oidsAt(
  { git }: Pick<Ports, 'git'>,
  rev: string,
  paths: readonly string[],
): Promise<readonly (string | null)[]> {
  // A name with a line end cannot be asked for in a line.
  const askable = paths.map((path) => (/[\n\r]/.test(path) ? undefined : `${rev}:${path}`));
  const found = await git.objects.read(askable.flatMap((name) => name ?? []));
  let at = 0;
  return askable.map((name) => (name === undefined ? null : (found[at++]?.oid ?? null)));
}
