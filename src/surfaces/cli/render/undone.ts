import type { Undone } from '../../../flows/undo.ts';
import { printable } from '../refused.ts';

/** What was taken back, where the target stands, and where the commits are kept. */
export function renderUndone({ target, landings, before, after, branches, reverts, push, dryRun }: Undone): string {
  const which = landings.length === 1 ? `landing ${landings[0]}` : `landings ${landings.join(', ')}`;
  const how =
    reverts.length > 0 ? ` with ${reverts.length === 1 ? 'one commit' : `${reverts.length} commits`} on top` : '';
  const kept = landings.map((id) => `refs/gwt/landings/${id}`).join(', ');
  return printable(
    `${dryRun ? 'Would take back' : 'Took back'} ${which}${how}: ${branches.join(', ')}\n` +
      `${target} ${before.slice(0, 10)} → ${after.slice(0, 10)}; the commits are kept in ${kept}${push === null || dryRun ? '' : `\n${push} has them still: gwt merge --push ${push}`}`,
  );
}
