import { sep } from 'node:path';
import type { Event } from '../core/event.ts';
import { nearest } from '../core/near.ts';
import { document, taskOf } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import { moved, type Task, type TaskState } from '../core/task.ts';
import type { Oid, Ports, RefMove } from '../ports.ts';

/** What a decision makes of a task. `doing` is the verb of the refusal when its state does not allow the move. */
export interface TaskChange {
  readonly event: Event;
  readonly state?: TaskState;
  readonly change?: Partial<Task>;
  /** Other documents of the entry, by name; null takes one out. */
  readonly docs?: Readonly<Record<string, string | null>>;
  readonly moves?: readonly RefMove[];
  /** Commits the entry keeps reachable. */
  readonly keeps?: readonly Oid[];
  readonly doing?: string;
}

/** Every task of the ledger, dropped and landed ones too, in the order of their ids. */
export async function allTasks({ ledger }: Pick<Ports, 'ledger'>): Promise<readonly Task[]> {
  return (await ledger.list('tasks', ['task.json'])).map(taskOf);
}

/** The task of that name (its id, its branch, or its worktree's path). Refuses `task.unknown` with the names that are near. */
export async function taskNamed(ports: Pick<Ports, 'ledger'>, name: string): Promise<Task> {
  const entry =
    /^[^\s:~^?*[\\\p{Cc}]+$/u.test(name) && !name.includes('/') ? await ports.ledger.read(`tasks/${name}`) : undefined;
  if (entry) return taskOf(entry);
  const tasks = await allTasks(ports);
  const found = tasks.find((task) => task.id === name || task.branch === name || task.worktree === name);
  if (found) return found;
  const ids = tasks.map(({ id }) => id);
  const near = nearest(name, ids);
  throw new Refusal('task.unknown', { task: name, known: near.length > 0 ? near : ids.slice(0, 10) });
}

/** The task whose worktree gwt stands in, else the one `GWT_TASK` names, else undefined. */
export async function taskHere(ports: Pick<Ports, 'ledger' | 'git' | 'self'>): Promise<Task | undefined> {
  const { top } = await ports.git.repo();
  const tasks = await allTasks(ports);
  const here = tasks.find(({ worktree }) => top === worktree || top?.startsWith(`${worktree}${sep}`));
  return here ?? tasks.find(({ id }) => id === ports.self.env['GWT_TASK']);
}

/** The named task, or the one here. Refuses `task.none` when there is neither. */
export async function taskNamedOrHere(
  ports: Pick<Ports, 'ledger' | 'git' | 'self'>,
  name: string | undefined,
  doing: string,
): Promise<Task> {
  if (name !== undefined) return taskNamed(ports, name);
  const here = await taskHere(ports);
  if (here) return here;
  throw new Refusal('task.none', { doing });
}

/**
 * The task as it is after one ledger transaction. `decide` sees it as it is now, may be called again when somebody
 * was faster, and gives undefined to leave everything as it is. Refuses `task.unknown`, and `task.state` for a move
 * that the states do not know. The event is reported once it is written.
 */
export async function changeTask(
  ports: Pick<Ports, 'ledger' | 'report'>,
  id: string,
  decide: (task: Task, docs: Readonly<Record<string, string>>) => TaskChange | undefined,
): Promise<Task> {
  const key = `tasks/${id}` as const;
  const { task, event } = await ports.ledger.transact<{ task: Task; event?: Event }>({ keys: [key] }, (view) => {
    const entry = view.entry(key);
    if (!entry) throw new Refusal('task.unknown', { task: id, known: [] });
    const before = taskOf(entry);
    const decided = decide(before, entry.docs);
    if (!decided) return { writes: [], result: { task: before } };
    const { event, docs, moves, keeps } = decided;
    const after = changed(before, decided);
    return {
      writes: [{ key, event, docs: { ...docs, 'task.json': document(after) }, keeps }],
      moves,
      result: { task: after, event },
    };
  });
  if (event) ports.report(event);
  return task;
}

function changed(task: Task, { state = task.state, change, doing = 'change' }: TaskChange): Task {
  const after = moved(task, state, change);
  if (!after) throw new Refusal('task.state', { task: task.id, state: task.state, doing });
  return after;
}
