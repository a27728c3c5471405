import { join } from 'node:path';
import pLimit from 'p-limit';
import { readPrd } from '../core/prd.ts';
import { parsed, taskOf } from '../core/records.ts';
import { type StatusRow, statusRows, type TaskFacts } from '../core/status.ts';
import { isActive, type Task } from '../core/task.ts';
import type { Entry, Oid, Ports } from '../ports.ts';
import { escalations } from './escalate.ts';
import type { Meta } from './init.ts';

export interface StatusInput {
  /** Landed and dropped tasks too. */
  readonly all?: boolean;
}
export interface Status {
  readonly target: string;
  readonly tasks: readonly StatusRow[];
  /** Tasks that are not shown. */
  readonly hidden: number;
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
  const open = asked.filter(({ state }) => state === 'open');
  const branches = await branchFacts(ports, target, shown.map(taskOf));
  const limit = pLimit(AT_ONCE);
  const facts = await Promise.all(
    shown.map(async (entry): Promise<TaskFacts> => {
      const task = taskOf(entry);
      const dirt = there.has(entry.key)
        ? limit(() => ports.git.work.dirt(task.worktree).catch(() => undefined))
        : undefined;
      return {
        task,
        stories: storiesOf(entry),
        ...(branches.get(task.id) ?? { conflicts: [] }),
        dirt: await dirt,
        beat: await beatOf(ports, task),
        held: isHeld(ports, task),
        escalations: open.filter((one) => one.task === task.id || one.branch === task.branch),
      };
    }),
  );
  return { target, tasks: statusRows(facts, ports.clock.now()), hidden: entries.length - shown.length };
}

/** The branch that work lands on; asking prepares nothing. */
async function targetName({ config, ledger, git }: Ports): Promise<string> {
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

type BranchFacts = Pick<TaskFacts, 'distance' | 'conflicts'>;

/** How far each branch is from its target, and where they would conflict; a few processes for all. */
async function branchFacts(
  { git }: Ports,
  target: string,
  tasks: readonly Task[],
): Promise<ReadonlyMap<string, BranchFacts>> {
  const refs = [target, ...tasks.map(({ branch }) => branch)].map((name) => `refs/heads/${name}`);
  const heads = await git.refs.heads(refs);
  const onto = heads.get(`refs/heads/${target}`);
  const found = tasks.flatMap((task) => {
    const head = heads.get(`refs/heads/${task.branch}`);
    return head && onto ? [{ task, head }] : [];
  });
  if (!onto || found.length === 0) return new Map();
  const distances = await git.history.distances(
    onto,
    found.map(({ head }) => head),
  );
  // A branch with nothing of its own, or built on the target as it is now, cannot conflict.
  const apart = found.filter(({ task, head }) => isActive(task) && isApart(distances.get(head)));
  const conflicts = await git.merging.conflicts(apart.map(({ head }) => [onto, head] as const)).catch(() => []);
  const byHead = new Map<Oid, readonly string[]>(apart.map(({ head }, at) => [head, conflicts[at] ?? []]));
  return new Map(
    found.map(({ task, head }) => [task.id, { distance: distances.get(head), conflicts: byHead.get(head) ?? [] }]),
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

/** The last sign of life of a task's agent: the time of its heartbeat file, and what it wrote there. */
export async function beatOf({ git, files }: Pick<Ports, 'git' | 'files'>, task: Task): Promise<TaskFacts['beat']> {
  const path = join((await git.repo()).common, 'gwt/runs', task.id, 'heartbeat.json');
  const at = await files.modified(path);
  if (at === undefined) return undefined;
  const text = /"text"\s*:\s*("(?:[^"\\]|\\.)*")/.exec((await files.read(path)) ?? '')?.[1];
  return { at, ...(text ? { text: JSON.parse(text) as string } : {}) };
}

/** True while the process that holds the task's lease is there; a lease from another machine counts until it ends. */
export function isHeld({ self, clock }: Pick<Ports, 'self' | 'clock'>, { lease }: Task): boolean {
  if (!lease) return false;
  if (lease.host === self.host) return self.processStart(lease.pid) === lease.started;
  return clock.now() - lease.beat <= lease.ttl;
}
