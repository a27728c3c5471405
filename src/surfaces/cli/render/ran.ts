import type { Foreseen, Ran } from '../../../flows/run.ts';
import { wordsOf } from '../../wording.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';
import { epicLine } from './epic.ts';

/** The tasks of a plan, each with what it waits for. */
export function renderForeseen({ foreseen: { name, rows } }: Foreseen, style: Style): string {
  const fresh = rows.filter(({ state }) => state === 'new').length;
  const lines = rows.map(({ id, title, state, after, owns, agent, priority, role, profile, epic, collides }) => {
    const facts = [
      agent,
      ...(role ? [role] : []),
      ...(profile ? [`profile ${profile}`] : []),
      ...(priority === 0 ? [] : [`priority ${priority}`]),
      ...(epic ? [`part of ${epic}`] : []),
      ...(owns.length > 0 ? [`owns ${owns.join(' ')}`] : []),
      ...(after.length > 0 ? [`after ${after.join(', ')}`] : []),
      ...(collides.length > 0 ? [style.yellow(`not beside ${collides.join(', ')}`)] : []),
    ];
    const known = state === 'new' ? style.green('new') : style.dim(state);
    return `${style.bold(id)}  ${known}  ${printable(title)}\n  ${printable(facts.join(' · '))}`;
  });
  return [...lines, style.dim(`${name}: ${rows.length} tasks, ${fresh} of them new; nothing was changed`)].join('\n');
}

/** What landed, what waits for whom, what it cost, and how the slots were used. */
export function renderRan(ran: Ran, style: Style): string {
  const { landed, finished, escalated, left, epics, refusal } = ran;
  return [
    ...landed.map(
      ({ id, branch, iterations }) => `${style.green('landed')}     ${id}  ${branch}, iterations: ${iterations}`,
    ),
    ...finished.map(
      ({ id, why }) => `${style.cyan('finished')}   ${id}  ${why ? brief(why) : `next: gwt merge ${id}`}`,
    ),
    ...escalated.map(({ id, why, next }) => `${style.yellow('needs you')}  ${id}  ${brief(why)}: ${next}`),
    ...left.map(({ id, why }) => `${style.red('left')}       ${id}  ${brief(why)}`),
    ...(refusal ? [`${style.red('not landed')} ${wordsOf(refusal).message}; try: ${wordsOf(refusal).hint}`] : []),
    ...epics.map((epic) => `epic       ${epicLine(epic)}`),
    '',
    ...timeline(ran, style),
    summary(ran, style),
  ].join('\n');
}

const brief = (text: string): string => printable(text.split('\n')[0] ?? '');

/** One line for each slot: what ran there, from second to second. */
function timeline({ timeline: spans }: Ran, style: Style): readonly string[] {
  const slots = [...new Set(spans.map(({ slot }) => slot))].sort((a, b) => a - b);
  return slots.map((slot) => {
    const own = spans.filter((span) => span.slot === slot);
    const told = own.map(({ task, from, to, outcome }) => {
      const end = outcome === 'complete' ? '' : ` ${outcome}`;
      return `${task} ${style.dim(`${from.toFixed(1)}–${to.toFixed(1)}${end}`)}`;
    });
    return `slot ${String(slot).padEnd(4)} ${told.join('  ')}`;
  });
}

function summary(
  { landed, finished, escalated, left, bounced, usage, seconds, idle, slots, timeline }: Ran,
  style: Style,
): string {
  const tokens = usage.inputTokens + usage.outputTokens;
  const cost = [
    ...(tokens > 0 ? [`${usage.inputTokens} tokens in, ${usage.outputTokens} out`] : []),
    ...(usage.costUsd > 0 ? [`$${usage.costUsd.toFixed(4)}`] : []),
  ];
  const counts = [
    `landed: ${landed.length}`,
    ...(finished.length > 0 ? [`finished: ${finished.length}`] : []),
    `need you: ${escalated.length}`,
    `left: ${left.length}`,
    ...(bounced > 0 ? [`sent back: ${bounced}`] : []),
  ];
  const machine = idle.machine > 0 ? `, ${idle.machine} s of it for want of room on the machine` : '';
  const used =
    timeline.length === 0
      ? []
      : [`slots: ${slots}, free while a task was ready: ${(idle.whileReady + idle.machine).toFixed(2)} s${machine}`];
  return style.dim([`${counts.join(', ')}; ${seconds.toFixed(1)} s`, ...cost, ...used].join('; '));
}
