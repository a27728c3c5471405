import type { Oid, Ports } from '../../ports.ts';
import type { Car } from './land.ts';

/**
 * Notes on commits that were made anew go along to their new names, where `notes.rewriteRef` says so, as in `git rebase`.
 * Nothing is asked of git where there are no notes.
 */
export async function carryNotes({ git }: Pick<Ports, 'git'>, cars: readonly Car[]): Promise<void> {
  const pairs = cars.flatMap(({ anew = [] }): readonly (readonly [Oid, Oid])[] => anew);
  if (pairs.length > 0 && (await git.refs.heads(['refs/notes/'])).size > 0) await git.merging.copyNotes(pairs);
}
