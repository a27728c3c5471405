import type { Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { allTasks } from '../tasks.ts';

/**
 * Where work begins that comes after what is finished and has not landed: at the branch that holds all of it. Undefined
 * for the target, which is right where everything landed.
 */
export async function stackedOn(ports: Ports, after: readonly string[]): Promise<string | undefined> {
  const open = unlanded(await allTasks(ports), after);
  const top = await topOf(ports, open);
  return top && `refs/heads/${top.branch}`;
}

/** Why something cannot begin yet where nothing is landed: what it comes after lies on branches side by side. */
export async function besideOneAnother(
  ports: Ports,
  tasks: readonly Task[],
  after: readonly string[],
): Promise<string | undefined> {
  const open = unlanded(tasks, after);
  if (open.length < 2 || (await topOf(ports, open))) return undefined;
  return `comes after ${open.map(({ id }) => id).join(' and ')}, which are finished on branches of their own: they must land first`;
}

const unlanded = (tasks: readonly Task[], after: readonly string[]): readonly Task[] =>
  tasks.filter(({ id, state }) => after.includes(id) && state === 'finished');

/** The one whose branch holds the branches of all others. */
async function topOf({ git }: Pick<Ports, 'git'>, tasks: readonly Task[]): Promise<Task | undefined> {
  if (tasks.length < 2) return tasks[0];
  const heads = await git.refs.heads(tasks.map(({ branch }) => `refs/heads/${branch}`));
  const all = [...new Set(heads.values())];
  for (const one of tasks) {
    const own = heads.get(`refs/heads/${one.branch}`);
    if (own && (await git.history.within(own, all)).size === all.length) return one;
  }
  return undefined;
}
