import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Epic } from '../core/epic.ts';
import type { Escalation } from '../core/escalation.ts';
import { readPrd } from '../core/prd.ts';
import type { Turn } from '../core/queue.ts';
import { parsed, taskOf } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import { blockersOf, type StatusRow, statusRows, type TaskFacts } from '../core/status.ts';
import { isActive, type Task } from '../core/task.ts';
import type { Usage } from '../core/usage.ts';
import type { Entry, Oid, Ports } from '../ports.ts';
import { epicsAmong } from './epics.ts';
import { escalations } from './escalate.ts';
import type { Meta } from './init.ts';
import { isHeld } from './loop/lease.ts';
import { runsFolder } from './loop/places.ts';
import { alreadyOn } from './merge/already.ts';
import { pauses } from './pause.ts';
import { plannedOf } from './queue/look.ts';
import { allTasks } from './tasks.ts';

export interface StatusInput {
  /** Landed and dropped tasks too. */
  readonly all?: boolean;
}
export interface Status {
  readonly target: string;
  readonly tasks: readonly StatusRow[];
  /** Tasks that are not shown. */
  readonly hidden: number;
  /** What else waits for a person: open questions about branches that are no task shown here. */
  readonly questions: readonly { readonly id: string; readonly branch: string; readonly summary: string }[];
  /** Providers where nothing runs before a time. */
  readonly pauses: readonly { readonly provider: string; readonly until: string; readonly words: string }[];
  /** Planned work that is no task yet, by what it waits for in the queue. */
  readonly planned: { readonly waiting: number; readonly paused: number; readonly dead: number };
  /** Larger pieces of work: how far their tasks are, those that wait or landed included. */
  readonly epics: readonly Epic[];
}

/** Git reads files from a warm cache: more processes than this gain nothing on most machines. */
const AT_ONCE = 4;

/** Every task at a glance, what needs the person first. Writes nothing and takes no lock. */
export async function status(ports: Ports, input: StatusInput): Promise<Status> {
  const [entries, target, asked] = await Promise.all([
    ports.ledger.list('tasks', ['task.json', 'prd.json']),
    targetName(ports),
    escalations(ports),
  ]);
  const there = await present(ports, entries);
  const shown = input.all ? entries : entries.filter((entry) => isActive(taskOf(entry)) || there.has(entry.key));
  const tasks = await rowsOf(ports, { target, there, asked, all: entries.map(taskOf) }, shown);
  const questions = questionsBeside(asked, shown.map(taskOf));
  const [pauses, planned, epics] = [await pausesNow(ports), await plannedNow(ports), await epicsAmong(ports, entries)];
  return { target, tasks, hidden: entries.length - shown.length, questions, pauses, planned, epics };
}

async function plannedNow({ ledger }: Ports): Promise<Status['planned']> {
  const states = (await ledger.list('queue', ['entry.json'])).map((entry) => plannedOf(entry).state);
  const count = (state: Turn['state']) => states.filter((one) => one === state).length;
  return { waiting: count('waiting'), paused: count('paused'), dead: count('dead') };
}

function questionsBeside(asked: readonly Escalation[], shown: readonly Task[]): Status['questions'] {
  const beside = asked.filter(
    ({ state, task, branch }) => state === 'open' && !shown.some((one) => one.id === task || one.branch === branch),
  );
  return beside.map(({ id, branch, summary }) => ({ id, branch, summary }));
}

async function pausesNow(ports: Ports): Promise<Status['pauses']> {
  const known = await pauses(ports);
  return known.map(({ provider, until, words }) => ({ provider, until: new Date(until).toISOString(), words }));
}

/** The line of one task. */
export async function rowOf(ports: Ports, entry: Entry): Promise<StatusRow> {
  const [target, asked, there, all] = await Promise.all([
    targetName(ports),
    escalations(ports),
    present(ports, [entry]),
    allTasks(ports),
  ]);
  const [row] = await rowsOf(ports, { target, there, asked, all }, [entry]);
  if (!row) throw new Refusal('task.unknown', { task: entry.key, known: [] });
  return row;
}

interface Around {
  readonly target: string;
  readonly there: ReadonlySet<string>;
  readonly asked: readonly Escalation[];
  readonly all: readonly Task[];
}

async function rowsOf(
  ports: Ports,
  { target, there, asked, all }: Around,
  shown: readonly Entry[],
): Promise<readonly StatusRow[]> {
  const open = asked.filter(({ state }) => state === 'open');
  const limit = pLimit(AT_ONCE);
  const branches = branchFacts(ports, target, shown.map(taskOf));
  const facts = await Promise.all(
    shown.map(async (entry): Promise<TaskFacts> => {
      const task = taskOf(entry);
      const look = () => ports.git.work.dirt(task.worktree).catch(() => undefined);
      const [dirt, beat] = await Promise.all([there.has(entry.key) ? limit(look) : undefined, beatOf(ports, task)]);
      return {
        task,
        stories: storiesOf(entry),
        ...((await branches).get(task.id) ?? { branch: false, conflicts: [] }),
        worktree: there.has(entry.key),
        dirt,
        beat,
        held: task.lease !== undefined && isHeld(ports, task.lease),
        blockedBy: blockersOf(task, all),
        escalations: open.filter((one) => one.task === task.id || one.branch === task.branch),
      };
    }),
  );
  return statusRows(facts, ports.clock.now());
}

/** The branch that work lands on; asking prepares nothing. */
export async function targetName({ config, ledger, git }: Pick<Ports, 'config' | 'ledger' | 'git'>): Promise<string> {
  const { target } = await config.load();
  if (target) return target;
  const known = await ledger.read('meta/repository');
  return known ? parsed<Meta>(known, 'meta.json').target : ((await git.refs.current()) ?? 'HEAD');
}

async function present({ files }: Ports, entries: readonly Entry[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all(
    entries.map(async (entry) => ((await files.exists(join(taskOf(entry).worktree, '.git'))) ? [entry.key] : [])),
  );
  return new Set(found.flat());
}

type BranchFacts = Pick<TaskFacts, 'branch' | 'distance' | 'conflicts' | 'already'>;

/** How far each branch is from its target, and where they would conflict; a few processes for all. */
async function branchFacts(
  ports: Ports,
  target: string,
  tasks: readonly Task[],
): Promise<ReadonlyMap<string, BranchFacts>> {
  const { git } = ports;
  const refs = [target, ...tasks.map(({ branch }) => branch)].map((name) => `refs/heads/${name}`);
  const heads = await git.refs.heads(refs);
  const onto = heads.get(`refs/heads/${target}`);
  const found = tasks.flatMap((task) => {
    const head = heads.get(`refs/heads/${task.branch}`);
    return head ? [{ task, head }] : [];
  });
  if (!onto || found.length === 0) return new Map(found.map(({ task }) => [task.id, { branch: true, conflicts: [] }]));
  const distances = await git.history.distances(
    onto,
    found.map(({ head }) => head),
  );
  // A branch with nothing of its own, or built on the target as it is now, cannot conflict.
  const apart = found.filter(({ task, head }) => isActive(task) && isApart(distances.get(head)));
  const conflicts = await git.merging.conflicts(apart.map(({ head }) => [onto, head] as const)).catch(() => []);
  const finished = apart.flatMap(({ task }) => (task.state === 'finished' ? [task] : []));
  const already = await alreadyOn(ports, target, finished);
  const byHead = new Map<Oid, readonly string[]>(apart.map(({ head }, at) => [head, conflicts[at] ?? []]));
  return new Map(
    found.map(({ task, head }) => [
      task.id,
      { branch: true, distance: distances.get(head), conflicts: byHead.get(head) ?? [], already: already.get(task.id) },
    ]),
  );
}

function isApart(distance: TaskFacts['distance']): boolean {
  return distance !== undefined && distance.ahead > 0 && distance.behind > 0;
}

/** Stories and how many pass; a PRD that cannot be read counts none, and `gwt show` says why. */
function storiesOf({ docs }: Entry): TaskFacts['stories'] {
  try {
    const { stories } = readPrd(docs['prd.json'] ?? '', 'prd.json');
    return { total: stories.length, passing: stories.filter(({ passes }) => passes).length };
  } catch {
    return { total: 0, passing: 0 };
  }
}

/**
 * The last sign of life of a task's agent: output of a run, a commit, a word it sent. The loop's own heartbeat counts
 * only while gates run: it goes on beating beside an agent that hangs.
 */
async function beatOf(ports: Pick<Ports, 'git' | 'files'>, task: Task): Promise<TaskFacts['beat']> {
  const { files } = ports;
  const folder = runsFolder(await ports.git.repo(), task.id);
  const names = (await files.list(folder)).filter((name) => /^(beat|said\.json|\d+\.log(\.\d+)?)$/.test(name));
  const [said, pulse] = await Promise.all(
    ['said.json', 'heartbeat.json'].map((name) => wordsIn(files, join(folder, name))),
  );
  const times = await Promise.all(names.map(async (name) => (await files.modified(join(folder, name))) ?? 0));
  if ((pulse?.state === 'gates' || pulse?.state === 'waiting') && task.lease) times.push(Date.parse(pulse.at));
  if (times.length === 0) return undefined;
  const text = said && said.at > (pulse?.at ?? '') ? said.text : pulse?.lastAction || said?.text;
  return { at: Math.max(...times), ...(text ? { text } : {}), ...(pulse?.run ? { run: pulse.run } : {}) };
}

interface Words {
  readonly at: string;
  readonly text?: string;
  readonly lastAction?: string;
  readonly state?: string;
  readonly run?: Usage;
}

/** Undefined for a file that is not there, or that a crash left half written. */
async function wordsIn(files: Ports['files'], path: string): Promise<Words | undefined> {
  try {
    return JSON.parse((await files.read(path)) ?? '') as Words;
  } catch {
    return undefined;
  }
}
