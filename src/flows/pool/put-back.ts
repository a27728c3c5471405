import { join } from 'node:path';
import { taskOf } from '../../core/records.ts';
import type { Ports } from '../../ports.ts';

/** Beside the worktrees: those that are between two tasks, each with a record of the same name. */
export const POOL = '.pool';

type PutPorts = Pick<Ports, 'files' | 'self' | 'clock' | 'ledger' | 'git'>;

/** What processes that were killed had in their hands goes back: to the pool, to where it was, or to the trash. */
export async function putBack(ports: PutPorts, dir: string): Promise<void> {
  const { files, self } = ports;
  const names = await files.list(join(dir, POOL));
  for (const name of names) {
    const [, what = '', pid] = /^(.+)\.(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && self.processStart(Number(pid)) === undefined) await back(ports, dir, name, what);
  }
}

async function back(ports: PutPorts, dir: string, name: string, what: string): Promise<void> {
  const { files, git, ledger, clock } = ports;
  const at = (one: string) => join(dir, POOL, one);
  const trash = (one: string) => files.rename(at(one), join(dir, '.trash', `${one}-${clock.now()}`)).catch(() => false);
  if (!what.endsWith('.json')) {
    const donor = (await ledger.list('tasks', ['task.json'])).map(taskOf).find(({ id }) => id === what);
    const home = donor && !donor.handed && (await files.rename(at(name), donor.worktree).catch(() => false));
    if (home) await git.worktrees.settle(donor.worktree);
    else await trash(name);
    return;
  }
  const folder = what.replace(/\.json$/, '');
  // It was being handed on: whole when it and git still name each other, else what is left is nothing to begin with.
  if (await isWhole(git, at(folder))) await files.rename(at(name), at(what)).catch(() => false);
  else {
    await trash(folder);
    await files.remove(at(name));
  }
}

async function isWhole({ worktrees }: Ports['git'], path: string): Promise<boolean> {
  const admin = await worktrees.admin(path);
  return admin !== undefined && (await worktrees.gitDir(path)) === admin;
}
