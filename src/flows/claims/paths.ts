import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { Refusal } from '../../core/refusal.ts';
import type { Ports } from '../../ports.ts';

/**
 * A path as it was typed, seen from the top of the repository: relative to the folder gwt stands in, as git takes it.
 * Refuses `path.outside`.
 */
export async function repositoryPath({ git, self }: Pick<Ports, 'git' | 'self'>, typed: string): Promise<string> {
  const { top, root, bare } = await git.repo();
  const base = top ?? root;
  const inside = relative(base, isAbsolute(typed) ? typed : resolve(bare ? base : self.cwd, typed));
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`))
    throw new Refusal('path.outside', { path: typed, root: base });
  return /[\\/]$/.test(typed) ? join(inside, sep) : inside;
}
