import { type Blocker, chainOf, chainWords } from './merge/waits.ts';
import type { Task, TaskState } from './task.ts';
import { addUsage, NO_USAGE, type Usage } from './usage.ts';

/** What status found out about a task, as far as it could. */
export interface TaskFacts {
  readonly task: Task;
  readonly stories: { readonly total: number; readonly passing: number };
  /** True while its branch is there. */
  readonly branch: boolean;
  /** Undefined when branch or target is gone. */
  readonly distance?: { readonly ahead: number; readonly behind: number };
  /** Paths that would conflict with the target as both are now. */
  readonly conflicts: readonly string[];
  /** How the target has all of its work already, in words, where it does. */
  readonly already?: string | undefined;
  /** True while there is a worktree. */
  readonly worktree: boolean;
  /** Undefined when git cannot tell. */
  readonly dirt?: {
    readonly tracked: number;
    readonly untracked: number;
    readonly unmerged: number;
    readonly branch: string | undefined;
  };
  /** When the task's agent last showed itself, what it said, and what it used that is not recorded yet. */
  readonly beat?: { readonly at: number; readonly text?: string; readonly run?: Usage };
  /** True while the process that holds the task is there. */
  readonly held: boolean;
  readonly escalations: readonly { readonly id: string; readonly reason: string; readonly summary: string }[];
  /** What must land before it and has not, and what that waits for; left out where nothing must. */
  readonly blockedBy?: readonly Blocker[];
}

/** One line of status. `needs` is what waits for the person, `next` the command for it. */
export interface StatusRow {
  readonly id: string;
  readonly state: TaskState;
  readonly branch: string;
  readonly worktree: string;
  readonly agent: string;
  readonly role: string;
  readonly stories: { readonly total: number; readonly passing: number };
  readonly iteration: number;
  readonly ahead: number;
  readonly behind: number;
  readonly dirty: boolean;
  readonly changes: { readonly tracked: number; readonly untracked: number; readonly unmerged: number };
  readonly conflicts: readonly string[];
  /** The chain of tasks that must land before it, to the one that it all hangs on. */
  readonly blockedBy: readonly Blocker[];
  /** ISO time of the last sign of life, and how many seconds ago that was. */
  readonly heartbeat: string | null;
  readonly age: number | null;
  readonly said: string | null;
  /** What its agents used in all its loops, the one that runs now included. */
  readonly usage: Usage;
  readonly costUsd: number;
  readonly needs: string | null;
  readonly next: string | null;
}

/** What must land before a task and has not, to what it all hangs on. */
export function blockersOf(task: Task, all: readonly Task[]): readonly Blocker[] {
  const named = (id: string) => all.find((one) => one.id === id);
  const first = ({ after }: Task) => after.find((id) => named(id)?.state !== 'landed');
  const next = (id: string) => {
    const one = named(id);
    return one && first(one);
  };
  return chainOf(first(task), next, (id) => whyNot(named(id)));
}

const whyNot = (task: Task | undefined): string =>
  task === undefined ? 'not known' : task.state === 'blocked' ? `blocked: ${task.blocked?.reason ?? '?'}` : task.state;

/** A running agent that has not shown itself for this long is worth a look. */
const SILENT_MS = 15 * 60_000;

const CLEAN = { tracked: 0, untracked: 0, unmerged: 0 };

/** The rows, what needs the person first. */
export function statusRows(facts: readonly TaskFacts[], now: number): readonly StatusRow[] {
  return facts
    .map((fact) => ({ fact, need: needOf(fact, now) }))
    .sort((a, b) => a.need.rank - b.need.rank || b.fact.task.priority - a.fact.task.priority || compare(a.fact, b.fact))
    .map(({ fact, need }) => rowOf(fact, need, now));
}

const compare = (a: TaskFacts, b: TaskFacts): number => (a.task.id < b.task.id ? -1 : 1);

function rowOf(fact: TaskFacts, need: Need, now: number): StatusRow {
  const { id, state, branch, worktree, agent, role, iteration } = fact.task;
  const usage = addUsage(fact.task.usage, (fact.held && fact.beat?.run) || NO_USAGE);
  const changes = fact.dirt ?? CLEAN;
  return {
    id,
    state,
    branch,
    worktree,
    agent,
    role,
    stories: fact.stories,
    iteration,
    ahead: fact.distance?.ahead ?? 0,
    behind: fact.distance?.behind ?? 0,
    dirty: changes.tracked + changes.untracked > 0,
    changes: { tracked: changes.tracked, untracked: changes.untracked, unmerged: changes.unmerged },
    conflicts: fact.conflicts,
    blockedBy: fact.blockedBy ?? [],
    heartbeat: fact.beat ? new Date(fact.beat.at).toISOString() : null,
    age: fact.beat ? Math.max(0, Math.round((now - fact.beat.at) / 1000)) : null,
    said: fact.beat?.text ?? null,
    usage,
    costUsd: usage.costUsd,
    needs: need.what ?? null,
    next: need.next ?? null,
  };
}

interface Need {
  readonly rank: number;
  readonly what?: string;
  readonly next?: string;
}

function needOf(fact: TaskFacts, now: number): Need {
  const { task, escalations } = fact;
  if (task.state === 'dropped') return { rank: 9 };
  if (task.state === 'landed') return fact.worktree ? { rank: 7 } : { rank: 8 };
  const [first, ...more] = escalations;
  if (first)
    return {
      rank: 0,
      what: `${first.reason}: ${first.summary}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
      next: `gwt inbox show ${first.id}`,
    };
  return broken(fact) ?? byState(fact, now);
}

/** What is not as gwt left it. */
function broken({ task, dirt, branch, held, worktree }: TaskFacts): Need | undefined {
  if (!task.ready && !held) return { rank: 1, what: 'its spawn did not end', next: 'gwt doctor' };
  if (!task.ready) return { rank: 4 };
  if (!branch) return { rank: 1, what: `branch ${task.branch} is gone`, next: `gwt restore ${task.id}` };
  if (!worktree) return { rank: 1, what: 'its worktree is gone', next: `gwt restore ${task.id}` };
  if (!dirt) return { rank: 1, what: 'git cannot read its worktree', next: `git -C '${task.worktree}' status` };
  // An agent at work may be in the middle of a rebase.
  if (!held && dirt.branch !== task.branch)
    return {
      rank: 2,
      what: `its worktree is on ${dirt.branch ? `branch ${dirt.branch}` : 'no branch'}, not on ${task.branch}`,
      next: `git -C '${task.worktree}' status`,
    };
  if (task.state === 'running' && !held) return { rank: 1, what: 'its loop died', next: `gwt loop ${task.id}` };
  return undefined;
}

function byState({ task, conflicts, already, beat, blockedBy = [] }: TaskFacts, now: number): Need {
  switch (task.state) {
    case 'blocked':
      return { rank: 0, what: task.blocked?.reason ?? 'blocked', next: `gwt show ${task.id}` };
    case 'finished':
      if (blockedBy.length > 0) return { rank: 4, what: `finished, ${chainWords(blockedBy)}` };
      if (already) return { rank: 3, what: `finished, ${already}`, next: `gwt merge ${task.id}` };
      return conflicts.length > 0
        ? { rank: 2, what: `finished, conflicts with ${task.target}`, next: `gwt merge ${task.id}` }
        : { rank: 3, what: `finished, can land on ${task.target}`, next: `gwt merge ${task.id}` };
    case 'running':
      return beat && now - beat.at > SILENT_MS
        ? { rank: 3, what: `silent for ${Math.round((now - beat.at) / 60_000)} minutes`, next: `gwt logs ${task.id}` }
        : { rank: 5 };
    default:
      return { rank: 6 };
  }
}
