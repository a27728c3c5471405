import { join } from 'node:path';
import type { Event, EventOf } from '../core/event.ts';
import type { Landing, ResolvedFile } from '../core/landing.ts';
import { type Note, notesOf } from '../core/notes.ts';
import { readPrd, type Story } from '../core/prd.ts';
import { parsed, taskOf } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import type { StatusRow } from '../core/status.ts';
import { type StoryProof, storyProofs } from '../core/story-proof.ts';
import type { Task } from '../core/task.ts';
import type { Ports } from '../ports.ts';
import { checkpointsOf } from './checkpoint.ts';
import { type TouchedNow, touchedNow } from './claims/touched.ts';
import { epicNamed, type ShownEpic } from './epics.ts';
import { rowOf } from './status.ts';
import { taskNamedOrHere } from './tasks.ts';

export interface Show {
  readonly task: Task;
  readonly status: StatusRow;
  readonly stories: readonly Pick<Story, 'id' | 'title' | 'passes' | 'notes'>[];
  /** Why the PRD cannot be read. */
  readonly problem: string | null;
  /** How the last iteration ended. */
  readonly last: EventOf<'iteration.ended'> | null;
  /** What was odd about iterations, newest last. */
  readonly anomalies: readonly EventOf<'anomaly.found'>[];
  /** The last verdict of each gate. */
  readonly gates: readonly LastVerdict[];
  /** Why each story that passes does. */
  readonly proofs: readonly StoryProof[];
  /** True when only the proofs were asked for. */
  readonly onlyProof: boolean;
  readonly checkpoints: readonly { readonly number: number; readonly ref: string }[];
  readonly notes: readonly Note[];
  readonly handoff: string | null;
  /** What it builds on without changing it, and whether that has changed on the target. */
  readonly touched: readonly TouchedNow[];
  /** Conflicts that were settled when it landed. */
  readonly resolved: readonly ResolvedFile[];
  readonly commits: readonly { readonly oid: string; readonly subject: string }[];
  /** Commands that make sense now. */
  readonly next: readonly string[];
}

export interface LastVerdict {
  readonly gate: string;
  readonly passed: boolean;
  readonly seconds: number;
  /** The tree it is about. */
  readonly tree: string;
  readonly at: string;
}

export interface ShowInput {
  readonly task?: string;
  /** Only why its stories count as passed. */
  readonly proof?: boolean;
}

/** Everything about one task; where there is none of that name but an epic, how far that is. */
export async function showAny(ports: Ports, input: ShowInput): Promise<Show | ShownEpic> {
  try {
    return await show(ports, input);
  } catch (error) {
    const unknown = error instanceof Refusal && error.code === 'task.unknown' && input.task !== undefined;
    const epic = unknown ? await epicNamed(ports, input.task ?? '') : undefined;
    if (!epic) throw error;
    return epic;
  }
}

/** Everything about one task. */
export async function show(ports: Ports, input: ShowInput): Promise<Show> {
  const { id } = await taskNamedOrHere(ports, input.task, 'show');
  const entry = await ports.ledger.read(`tasks/${id}`);
  if (!entry) throw new Refusal('task.unknown', { task: id, known: [] });
  const task = taskOf(entry);
  const [status, history, checkpoints, commits] = await Promise.all([
    rowOf(ports, entry),
    ports.ledger.history(entry.key),
    checkpointsOf(ports, id),
    commitsOf(ports, task),
  ]);
  const { stories, problem } = storiesOf(entry.docs['prd.json']);
  const passing = stories.filter(({ passes }) => passes).map((story) => story.id);
  return {
    task,
    status,
    stories,
    problem,
    proofs: storyProofs(history, passing),
    onlyProof: input.proof === true,
    last: history.findLast((event) => event.type === 'iteration.ended') ?? null,
    anomalies: history.filter((event) => event.type === 'anomaly.found').slice(-ODD),
    gates: lastVerdicts(history),
    checkpoints: checkpoints.map(({ number, ref }) => ({ number, ref })),
    notes: notesOf(entry.docs),
    handoff: entry.docs['handoff.md'] ?? null,
    commits,
    touched: await touchedNow(ports, task, entry.docs),
    resolved: await resolvedIn(ports, task),
    next: nextFor(task, status),
  };
}

/** More than these nobody reads. */
const ODD = 5;

async function commitsOf({ git }: Ports, task: Task): Promise<Show['commits']> {
  const head = task.landed?.head ?? (await git.refs.resolve(`refs/heads/${task.branch}`));
  if (!head) return [];
  const commits = await git.objects.commits([`${task.base}..${head}`]).catch(() => []);
  return commits.map(({ oid, subject }) => ({ oid, subject }));
}

async function resolvedIn({ ledger }: Ports, { id, landed }: Task): Promise<readonly ResolvedFile[]> {
  const entry = landed && (await ledger.read(`landings/${landed.landing}`));
  const landing = entry && parsed<Landing>(entry, 'landing.json');
  return landing?.landed.find(({ task }) => task === id)?.resolved ?? [];
}

function storiesOf(text: string | undefined): Pick<Show, 'stories' | 'problem'> {
  if (text === undefined) return { stories: [], problem: null };
  try {
    const { stories } = readPrd(text, 'prd.json');
    return { stories: stories.map(({ id, title, passes, notes }) => ({ id, title, passes, notes })), problem: null };
  } catch (error) {
    return { stories: [], problem: error instanceof Refusal ? JSON.stringify(error.facts) : String(error) };
  }
}

function lastVerdicts(history: readonly Event[]): Show['gates'] {
  const last = new Map<string, LastVerdict>();
  for (const event of history)
    if (event.type === 'iteration.ended')
      for (const verdict of event.verdicts ?? []) last.set(verdict.gate, { ...verdict, at: event.at });
  return [...last.values()];
}

function nextFor({ id, worktree, iteration, state }: Task, { next }: StatusRow): readonly string[] {
  const usual: Record<Task['state'], readonly string[]> = {
    queued: [`gwt loop ${id}`, `cd '${join(worktree)}'`, `gwt rm ${id}`],
    running: [`gwt logs ${id} -f`, `gwt stop ${id}`],
    finished: [`gwt merge ${id}`, `gwt merge ${id} --dry-run`],
    blocked: ['gwt inbox', `gwt loop ${id}`],
    landed: [`gwt rm ${id}`, 'gwt undo'],
    dropped: [`gwt restore ${id}`],
  };
  const logs = iteration > 0 && state !== 'running' ? [`gwt logs ${id}`] : [];
  return [...new Set([...(next ? [next] : []), ...usual[state], ...logs])];
}
