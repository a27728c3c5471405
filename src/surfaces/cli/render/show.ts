import { isOpen } from '../../../core/holding.ts';
import type { Show } from '../../../flows/show.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';
import { ageOf } from './age.ts';
import { renderProofs } from './proof.ts';
import { settledFiles } from './settled.ts';
import { clipped } from './table.ts';

/** How many commits are listed; the newest say most. */
const COMMITS = 8;

/** Everything about a task, what waits for the person on top. */
export function renderShow(shown: Show, style: Style): string {
  if (shown.onlyProof) return renderProofs(shown, style);
  const { task, status, problem, next } = shown;
  const line = (text: string) => clipped(printable(text).replace(/\s+/g, ' '), style.width);
  const parts = [
    [style.bold(line(`${task.id}  ${task.state}`)), ...(task.title === task.id ? [] : [line(task.title)])],
    status.needs ? [style.yellow(line(`Needs you: ${status.needs}`))] : [],
    facts(shown).map(([name, value]) => `${style.dim(name.padEnd(11))} ${printable(value)}`),
    section('Stories', storyLines(shown), style),
    problem ? [style.red(line(`prd.json cannot be read: ${problem}`))] : [],
    section('Gates, last verdict', gateLines(shown), style),
    section(
      'Odd',
      shown.anomalies.map(({ iteration, story, what }) => `iteration ${iteration} on ${story} ${what}`),
      style,
    ),
    section('Conflicts settled', settledFiles(shown.resolved), style),
    section('Builds on', shown.touched.map(touchedLine), style),
    section('Commits', commitLines(shown), style),
    section(
      'Notes',
      shown.notes.map(({ at, from, text }) => `${at.slice(0, 16).replace('T', ' ')}  ${from}: ${text}`),
      style,
    ),
    shown.handoff ? section('Hand-over', shown.handoff.trim().split('\n').slice(0, 12), style) : [],
    [style.bold('Next:'), ...next.map((command) => `  ${style.cyan(printable(command))}`)],
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
}

function facts({ task, status, checkpoints, last }: Show): readonly (readonly [string, string])[] {
  const { changes } = status;
  const newest = checkpoints.at(-1);
  const rows: (readonly [string, string | false | null | undefined])[] = [
    ['branch', `${task.branch}, ${status.ahead} ahead of ${task.target}, ${status.behind} behind`],
    ['worktree', task.worktree],
    [
      'changes',
      status.dirty && `${changes.tracked} changed, ${changes.untracked} untracked, ${changes.unmerged} unmerged`,
    ],
    ['conflicts', status.conflicts.length > 0 && `with ${task.target} in ${status.conflicts.join(', ')}`],
    [
      'claim',
      isOpen(task) ? ['whatever no other task owns', ...task.owns].join('  ') : task.owns.join('  ') || 'nothing',
    ],
    ['shared', task.shares?.join('  ')],
    ['approved', task.approved?.join('  ')],
    [
      'agent',
      `${task.agent} as ${task.role}${task.iteration > 0 ? `, ${task.iteration} iteration${task.iteration === 1 ? '' : 's'}` : ''}${cost(task.usage.costUsd)}`,
    ],
    ['last run', last && `${last.iteration} on ${last.story}: ${last.outcome}${last.reason ? `, ${last.reason}` : ''}`],
    ['after', task.after.length > 0 && task.after.join(', ')],
    ['seen', status.age !== null && `${ageOf(status.age)} ago${status.said ? `: ${status.said}` : ''}`],
    ['look at', last?.cheats?.join('; ')],
    ['checkpoints', newest && `${checkpoints.length}, the last one: ${newest.ref}`],
    ['landed', task.landed && `on ${task.landed.target} at ${task.landed.head.slice(0, 10)}, ${task.landed.at}`],
    ['dropped', task.dropped && `${task.dropped.at}${task.dropped.trash ? `, kept in ${task.dropped.trash}` : ''}`],
  ];
  return rows.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

const cost = (usd: number): string => (usd > 0 ? `, $${usd.toFixed(2)}` : '');

const touchedLine = ({ path, changed, by }: Show['touched'][number]): string =>
  `${changed ? '!' : '·'} ${path}${changed ? `  changed on the target${by.length > 0 ? `: ${by.join('; ')}` : ''}` : ''}`;

const storyLines = ({ stories }: Show): readonly string[] =>
  stories.map(({ id, title, passes }) => `${passes ? '✓' : '·'} ${id}${title === id ? '' : `  ${title}`}`);

const gateLines = ({ gates }: Show): readonly string[] =>
  gates.map(
    ({ gate, passed, seconds, at }) =>
      `${passed ? '✓' : '✗'} ${gate}  ${seconds.toFixed(1)}s  ${at.slice(0, 16).replace('T', ' ')}`,
  );

function commitLines({ commits }: Show): readonly string[] {
  const older = commits.length > COMMITS ? [`… ${commits.length - COMMITS} older`] : [];
  return [...older, ...commits.slice(-COMMITS).map(({ oid, subject }) => `${oid.slice(0, 10)} ${subject}`)];
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  if (lines.length === 0) return [];
  const clean = lines.map((text) => clipped(printable(text).replace(/\s+/g, ' '), Math.max(20, style.width - 2)));
  return [style.bold(`${title}:`), ...clean.map((text) => `  ${text}`)];
}
