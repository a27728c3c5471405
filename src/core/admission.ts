import { clash } from './claims.ts';
import { nearest } from './near.ts';
import { patternsOf } from './pattern.ts';
import { Refusal } from './refusal.ts';
import { isActive, type Task } from './task.ts';

/** What stands in the repository when a task asks to come in. */
export interface Standing {
  readonly tasks: readonly Task[];
  /** Short names of branches that could be in the way. */
  readonly branches: readonly string[];
  readonly shared: readonly string[];
  /** Ids of tasks that come in with it. */
  readonly together?: readonly string[];
}

/**
 * Comes back when the task may come in. Refuses, the most telling reason first, `task.exists`, `branch.exists` and its
 * like, `task.unknown` for a predecessor that is not there, `claim.invalid` and `claim.overlap`.
 */
export function admit(task: Task, standing: Standing): void {
  patternsOf(task.owns);
  nameIsFree(task, standing);
  branchIsFree(task, standing);
  predecessorsAreKnown(task, standing);
  const found = clash(task, standing.tasks, standing.shared);
  if (!found) return;
  const { pattern, other, otherPattern, path } = found;
  throw new Refusal('claim.overlap', { task: task.id, pattern, other, otherPattern, path });
}

/** Refuses `usage.bad` where tasks of one call wait for one another in a circle: none of them could ever begin. */
export function refuseCircle(tasks: readonly Pick<Task, 'id' | 'after'>[]): void {
  let left = tasks;
  for (;;) {
    const ids = new Set(left.map(({ id }) => id));
    const waiting = left.filter(({ after }) => after.some((id) => ids.has(id)));
    if (waiting.length === 0) return;
    if (waiting.length === left.length) {
      const problem = `tasks wait for one another: ${left.map(({ id, after }) => `${id} after ${after.filter((one) => ids.has(one)).join(', ')}`).join('; ')}`;
      throw new Refusal('usage.bad', { problem, command: 'spawn' });
    }
    left = waiting;
  }
}

function nameIsFree(task: Task, { tasks }: Standing): void {
  const known = tasks.find(
    (other) => same(other.id, task.id) || (isActive(other) && same(other.worktree, task.worktree)),
  );
  if (known) throw new Refusal('task.exists', { task: known.id, state: known.state });
}

/** Names that differ by case alone are one file where the file system thinks so, and `a` cannot stand beside `a/b`. */
function branchIsFree({ id, branch, adopted }: Task, { branches, tasks }: Standing): void {
  const owner = tasks.find((other) => isActive(other) && other.branch === branch);
  if (owner) throw new Refusal('task.exists', { task: owner.id, state: owner.state });
  if (adopted) return;
  if (branches.includes(branch)) throw new Refusal('branch.exists', { branch, task: id });
  for (const other of branches) {
    const why = same(other, branch)
      ? 'the two differ by case alone'
      : same(`${other}/`, `${branch}/`.slice(0, other.length + 1)) ||
          same(`${branch}/`, other.slice(0, branch.length + 1))
        ? 'git keeps one as a file and the other needs a folder of that name'
        : undefined;
    if (why) throw new Refusal('branch.blocked', { branch, other, why });
  }
}

function predecessorsAreKnown(task: Task, { tasks, together = [] }: Standing): void {
  const known = tasks.filter(({ state }) => state !== 'dropped').map(({ id }) => id);
  const ids = [...known, ...together].filter((id) => id !== task.id);
  for (const name of task.after) {
    if (ids.includes(name)) continue;
    const near = nearest(name, ids);
    throw new Refusal('task.unknown', { task: name, known: near.length > 0 ? near : ids.slice(0, 10) });
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
