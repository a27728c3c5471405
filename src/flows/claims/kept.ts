import { ownsOf } from '../../core/claims.ts';
import type { Kept, Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';

/**
 * What a task has committed on its branch where these patterns name it, every version of it: once the paths are
 * somebody else's, that may land still, and nothing else there.
 */
export async function keptOf(
  { git }: Pick<Ports, 'git'>,
  task: Task,
  patterns: readonly string[],
): Promise<readonly Kept[]> {
  const head = await git.refs.resolve(`refs/heads/${task.branch}`);
  const base = head && ((await git.history.mergeBase(`refs/heads/${task.target}`, head)) ?? task.base);
  if (!head || !base || head === base) return [];
  const isNamed = ownsOf(patterns);
  const versions = new Map<string, Set<string>>();
  const add = (changes: readonly { readonly path: string; readonly newOid: string }[]) => {
    for (const { path, newOid } of changes)
      if (isNamed(path)) versions.set(path, (versions.get(path) ?? new Set()).add(newOid));
  };
  add(await git.history.changes(base, head));
  if (versions.size === 0) return [];
  for (const { oid, parents } of await git.objects.commits([`${base}..${head}`]))
    add(await git.history.changes(parents[0] ?? base, oid));
  return [...versions].map(([path, oids]) => ({ path, oids: [...oids] }));
}
