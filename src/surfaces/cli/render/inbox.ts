import type { Escalation } from '../../../core/escalation.ts';
import type { About, Inbox } from '../../../flows/inbox.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';
import { renderSaid } from './box.ts';

/** The open questions, or one with its whole context. */
export function renderInbox({ escalations, shown, about, messages }: Inbox, style: Style): string {
  if (shown) return printable(whole(shown, about, style));
  const said = renderSaid(messages, style);
  if (escalations.length === 0) return printable(['Nothing waits for you.', ...said].join('\n'));
  const rows = escalations.map(
    ({ id, reason, branch, summary, state }) =>
      `${style.bold(id.padStart(3))}  ${style.yellow(reason.padEnd(8))}  ${branch}  ${summary}${state === 'open' ? '' : style.dim(`  (${state})`)}`,
  );
  return printable([...rows, style.dim('gwt inbox show <number> tells all of it'), ...said].join('\n'));
}

function whole(question: Escalation, about: Inbox['about'], style: Style): string {
  const { id, reason, branch, task, summary, context, choices, state, openedAt, resolvedBy } = question;
  const ended = state === 'open' ? '' : ` (answered: ${resolvedBy})`;
  const parts = [
    `${style.bold(`Escalation ${id}`)}: ${reason}, ${branch}${task ? `, task ${task}` : ''}, since ${openedAt.slice(0, 16).replace('T', ' ')}${ended}`,
    summary,
    ...(about ? [costOf(about)] : []),
    ...sides(question, style),
    ...(context.hunks ?? []).map(({ path, text }) => `${style.bold(path)}\n${text}`),
    ...list('git says', context.hunks?.length ? [] : (context.messages ?? []), style),
    ...list(
      'Not its own',
      (context.trespasses ?? []).map(
        ({ path, reason: why, owner, commit }) =>
          `${path}: ${owner ? `owned by ${owner}` : why}${commit ? `, in ${commit.slice(0, 10)} and taken back later` : ''}`,
      ),
      style,
    ),
    ...list('Tried', context.tried ?? [], style),
    ...(context.output ? [`${style.bold('Output')}\n${context.output.trim()}`] : []),
    ...list('Notes', context.notes ?? [], style),
  ];
  if (state === 'open') parts.push(choiceLines(choices, style));
  return parts.join('\n\n');
}

function costOf({ state, title, iterations, tokens, costUsd }: About): string {
  const used = tokens > 0 ? `, ${tokens} tokens${costUsd > 0 ? `, $${costUsd.toFixed(2)}` : ''}` : '';
  return `The task: ${title}; ${state}, ${iterations} iteration${iterations === 1 ? '' : 's'} so far${used}`;
}

function sides({ context: { ours, theirs } }: Escalation, style: Style): string[] {
  const said = (name: string, side: { name: string; intent: string }) =>
    `${style.bold(`${name} (${side.name})`)} wanted:\n  ${(side.intent.trim() || 'nothing that its commits tell').replaceAll('\n', '\n  ')}`;
  return [...(ours ? [said('ours', ours)] : []), ...(theirs ? [said('theirs', theirs)] : [])];
}

function list(title: string, items: readonly string[], style: Style): string[] {
  if (items.length === 0) return [];
  return [`${style.bold(title)}\n${items.map((item) => `  - ${item.replaceAll('\n', '\n    ')}`).join('\n')}`];
}

function choiceLines(choices: Escalation['choices'], style: Style): string {
  const width = Math.max(...choices.map(({ command }) => command.length));
  const lines = choices.map(({ command, what }) => `  ${style.cyan(command.padEnd(width))}  ${what}`);
  return `${style.bold('You can')}\n${lines.join('\n')}`;
}
