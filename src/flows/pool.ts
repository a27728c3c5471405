import { basename, dirname, join } from 'node:path';
import { handedOn, looksOtherwise } from '../core/pool.ts';
import type { Task } from '../core/task.ts';
import type { Ports } from '../ports.ts';
import { POOL, putBack } from './pool/put-back.ts';
import { type Ready, ready, withdraw } from './pool/withdraw.ts';

type Env = Readonly<Record<string, string>>;

/**
 * Gives a new task the worktree of one that has landed: its files, moved to the task's path and brought to its base by a
 * checkout of what differs, and its dependency folders. All else that was left in it is in a checkpoint and in the
 * trash. False when there is none that may be handed on; then nothing was touched.
 */
export async function fromPool(ports: Ports, task: Task, env: Env): Promise<boolean> {
  if ((await ports.config.load()).worktrees.pool === 0) return false;
  const dir = dirname(task.worktree);
  await putBack(ports, dir);
  for (const name of await ready(ports, dir)) if (await handOver(ports, join(dir, POOL, name), task, env)) return true;
  const name = await withdraw(ports, dir);
  return name !== undefined && (await handOver(ports, join(dir, POOL, name), task, env));
}

/** False when somebody else takes it at this moment, or files of it would not be those of a fresh checkout. */
async function handOver(ports: Ports, place: string, task: Task, env: Env): Promise<boolean> {
  const { files, git, self } = ports;
  const mine = `${place}.json.${self.pid}`;
  if (!(await files.rename(`${place}.json`, mine).catch(() => false))) return false;
  const { head, touched, folders, trash } = JSON.parse((await files.read(mine)) ?? '{}') as Ready;
  const changed = (await git.history.changes(head, task.base)).map(({ path }) => path);
  if (looksOtherwise(changed)) {
    await files.rename(mine, `${place}.json`);
    return false;
  }
  const { clone, link } = (await ports.config.load()).worktrees;
  const { aside } = handedOn({ others: folders, ignored: folders }, [...clone, ...link], changed);
  for (const path of aside) {
    const [from, to] = [join(place, path), join(trash, '.dependencies', path)];
    if ((await files.exists(from)) && !(await files.rename(from, to)))
      throw new Error(`${from} could not be put aside in ${trash}`);
  }
  await git.worktrees.add({ path: task.worktree, branch: task.branch, checkout: false, env });
  const old = await git.worktrees.graft(place, task.worktree);
  await files.rename(old, join((await git.repo()).common, 'gwt/trash', basename(trash), basename(old)));
  await files.remove(mine);
  if (!(await git.work.follow(task.worktree, head, task.base)))
    throw new Error(`${task.worktree}: the checkout of ${task.base} over ${head} was refused`);
  await git.worktrees.renew(task.worktree, touched);
  return true;
}
