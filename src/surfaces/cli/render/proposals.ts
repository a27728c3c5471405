import type { Proposals } from '../../../flows/merge/propose.ts';
import { inPaths } from '../../words.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';

/** What is asked for and where, and for each branch that is not, why not and what to type. */
export function renderProposals(result: Proposals, style: Style): string {
  const { target, remote, proposed, escalated, bounced, skipped } = result;
  const lines = proposed.map(({ branch, url, updated }) => {
    const what = updated ? 'updated' : 'opened';
    return `${style.green(what.padEnd(9))}  ${branch}  ${url}`;
  });
  for (const { id, branch, reason, paths } of escalated)
    lines.push(
      `${style.yellow('needs you')}  ${branch}  ${reason}${inPaths(paths)}`,
      `           gwt inbox show ${id}`,
    );
  for (const { branch, reason } of bounced) lines.push(`${style.red('sent back')}  ${branch}  ${indented(reason)}`);
  for (const { branch, reason } of skipped) lines.push(`${style.dim('skipped')}    ${branch}  ${indented(reason)}`);
  if (lines.length === 0) lines.push(`Nothing is there to land on ${target} of ${remote}.`);
  return printable(lines.join('\n'));
}

const indented = (text: string): string => text.replaceAll('\n', '\n           ');
