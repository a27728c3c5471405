import type { StatusRow } from '../../../core/status.ts';
import { tokensOf } from '../../../core/stops.ts';
import type { Status } from '../../../flows/status.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';
import { ageOf } from './age.ts';
import { epicLine } from './epic.ts';
import { type Column, clipped, table } from './table.ts';

/** How many of the things that wait are spelled out below the table. */
const MOST = 4;

/** One screen: a line for each task, then what to type next. */
export function renderStatus(
  { target, tasks, hidden, questions, pauses, planned, epics }: Status,
  style: Style,
): string {
  const asked = questions.map(({ id, summary }) => `${style.cyan(`gwt inbox show ${id}`)}  ${printable(summary)}`);
  const larger = epics.map((epic) => style.dim(`epic ${epicLine(epic)}`));
  const rest = hidden > 0 ? `${hidden} landed or dropped: gwt status --all` : '';
  if (tasks.length === 0)
    return [
      ...asked,
      ...larger,
      `No task is open; work lands on ${printable(target)}.`,
      rest,
      plannedLine(planned, style) || `Begin one: gwt spawn <task> --prompt "…"`,
    ]
      .filter(Boolean)
      .join('\n');
  const lines = table(columnsOf(tasks, style), style.width, style.bold);
  const paused = pauses.map(({ provider, until, words }) =>
    style.yellow(`${printable(provider)} is paused until ${until}: ${printable(words)}`),
  );
  const below = [...larger, ...paused, ...footer(tasks, style), plannedLine(planned, style), ...asked, style.dim(rest)];
  return [...lines, '', ...below.filter(Boolean)].join('\n').trimEnd();
}

function plannedLine({ waiting, paused, dead }: Status['planned'], style: Style): string {
  const parts = [
    waiting > 0 ? `${waiting} planned` : '',
    paused > 0 ? `${paused} paused` : '',
    dead > 0 ? style.red(`${dead} dead: gwt queue dead`) : '',
  ].filter(Boolean);
  return parts.length > 0 ? `${style.cyan('gwt queue')}  ${parts.join(', ')}` : '';
}

function columnsOf(tasks: readonly StatusRow[], style: Style): readonly Column[] {
  const cells = (of: (task: StatusRow) => string) => tasks.map(of);
  const colours = { blocked: style.red, running: style.cyan, finished: style.green } as Record<string, Style['dim']>;
  return [
    { title: 'TASK', spare: 0, cells: cells(({ id }) => clipped(id, 32)) },
    {
      title: 'STATE',
      spare: 0,
      cells: cells(({ state }) => state),
      paint: (cell) => (colours[cell] ?? style.dim)(cell),
    },
    {
      title: 'STORIES',
      spare: 1,
      right: true,
      cells: cells(({ stories }) => (stories.total > 0 ? `${stories.passing}/${stories.total}` : '')),
    },
    { title: 'RUN', spare: 4, right: true, cells: cells(({ iteration }) => (iteration > 0 ? String(iteration) : '')) },
    { title: 'AGENT', spare: 6, cells: cells(({ agent }) => clipped(agent, 16)) },
    { title: 'SEEN', spare: 3, right: true, cells: cells(({ age }) => (age === null ? '' : ageOf(age))) },
    { title: 'USED', spare: 6, right: true, cells: cells(used) },
    { title: 'BRANCH', spare: 5, cells: cells(apart) },
    { title: 'CHANGES', spare: 2, cells: cells(changes) },
    {
      title: 'CONFLICT',
      spare: 2,
      cells: cells(({ conflicts }) => (conflicts.length > 0 ? clipped(named(conflicts), 24) : '')),
      paint: (cell) => style.yellow(cell),
    },
    { title: 'NEEDS YOU', spare: 0, cells: cells(({ needs }) => needs ?? ''), paint: (cell) => style.yellow(cell) },
  ];
}

/** Tokens in and out, those from a cache left out, and what they cost. */
function used({ usage }: StatusRow): string {
  const tokens = tokensOf(usage);
  const short =
    tokens < 10_000 ? String(tokens) : tokens < 1e6 ? `${Math.round(tokens / 1000)}k` : `${(tokens / 1e6).toFixed(1)}M`;
  return [tokens > 0 ? short : '', usage.costUsd > 0 ? `$${usage.costUsd.toFixed(2)}` : ''].filter(Boolean).join(' ');
}

const apart = ({ ahead, behind }: StatusRow): string =>
  [ahead > 0 ? `+${ahead}` : '', behind > 0 ? `-${behind}` : ''].filter(Boolean).join(' ');

function changes({ changes: { tracked, untracked, unmerged } }: StatusRow): string {
  return [
    unmerged > 0 ? `!${unmerged}` : '',
    tracked > unmerged ? `~${tracked - unmerged}` : '',
    untracked > 0 ? `?${untracked}` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

const named = ([first = '', ...more]: readonly string[]): string =>
  more.length > 0 ? `${first} +${more.length}` : first;

function footer(tasks: readonly StatusRow[], style: Style): readonly string[] {
  const waiting = tasks.filter(({ next }) => next !== null);
  const idle = tasks.filter(({ state }) => state === 'queued').length;
  if (waiting.length === 0 && (idle === 0 || idle < tasks.length)) return [];
  const can = waiting.filter(({ state, needs }) => state === 'finished' && needs?.includes('can land'));
  const others = waiting.filter((task) => !can.includes(task));
  const lines = others.slice(0, MOST).map(({ id, needs, next }) => ({ command: next ?? '', what: `${id}: ${needs}` }));
  if (can.length > 1) lines.push({ command: 'gwt merge --all', what: `land ${can.length} finished tasks` });
  else if (can[0]) lines.push({ command: can[0].next ?? '', what: `land ${can[0].id}` });
  if (waiting.length === 0) lines.push({ command: 'gwt loop --all', what: 'set the agents to work' });
  const wide = Math.max(...lines.map(({ command }) => command.length));
  const more = others.length > MOST ? [style.dim(`  and ${others.length - MOST} more`)] : [];
  return [
    style.bold('Next:'),
    ...lines.map(
      ({ command, what }) =>
        `  ${style.cyan(printable(command).padEnd(wide))}  ${clipped(printable(what).replace(/\s+/g, ' '), Math.max(20, style.width - wide - 4))}`,
    ),
    ...more,
  ];
}
