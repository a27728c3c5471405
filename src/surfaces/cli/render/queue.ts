import type { Place } from '../../../core/turns.ts';
import type { Added } from '../../../flows/queue/add.ts';
import type { Changed } from '../../../flows/queue/change.ts';
import type { Dropped } from '../../../flows/queue/drop.ts';
import type { Dead, QueueList } from '../../../flows/queue/list.ts';
import type { Next } from '../../../flows/queue/next.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';
import { clipped, table } from './table.ts';

/** The queue in its order, with what each place waits for. */
export function renderQueue({ queue, counts }: QueueList, style: Style): string {
  if (queue.length === 0) return 'Nothing waits.\nPlan something: gwt queue add <task> --prompt "…"';
  const cells = (of: (place: Place) => string) => queue.map(of);
  const columns = [
    { title: '#', spare: 3, right: true, cells: queue.map((_, at) => String(at + 1)) },
    { title: 'TASK', spare: 0, cells: cells(({ id }) => clipped(id, 32)) },
    { title: 'PRIORITY', spare: 1, right: true, cells: cells(urgency) },
    { title: 'KIND', spare: 4, cells: cells(({ kind }) => (kind === 'task' ? 'worktree' : '')) },
    { title: 'AGENT', spare: 5, cells: cells(({ agent = '' }) => clipped(agent, 16)) },
    { title: 'TRIES', spare: 2, right: true, cells: cells(({ attempts }) => String(attempts.length || '')) },
    {
      title: 'WAITS FOR',
      spare: 0,
      cells: cells(({ why }) => why ?? 'an agent'),
      paint: (cell: string, row: number) => (queue[row]?.why === undefined ? style.green(cell) : style.dim(cell)),
    },
  ];
  return [...table(columns, style.width, style.bold), '', counted(counts)].join('\n');
}

const urgency = ({ priority, urgency }: Place): string =>
  urgency === priority ? String(priority) : `${priority}+${urgency - priority}`;

function counted({ ready, waiting, taken, dead }: QueueList['counts']): string {
  const parts = [`${ready} ready`, `${waiting} waiting`, `${taken} taken`, `${dead} dead`];
  return parts.filter((part) => !part.startsWith('0 ')).join(', ');
}

export function renderAdded({ added }: Added): string {
  return printable(`In the queue: ${added.map(({ id }) => id).join(', ')}`);
}

export function renderNext(next: Next, style: Style): string {
  if (next.outcome === 'next') return printable(next.next.id);
  if (next.outcome === 'taken')
    return printable(next.worktree === null ? next.id : `${next.id}  ${style.dim(next.worktree)}`);
  const [first] = next.why;
  if (!first) return 'Nothing waits.';
  return printable(
    `Nothing is ready: ${first.id} ${first.why}${next.why.length > 1 ? `; and ${next.why.length - 1} more` : ''}`,
  );
}

export function renderDead({ dead }: Dead, style: Style): string {
  if (dead.length === 0) return 'No dead letters.';
  const letters = dead.map(({ id, attempts, revive }) => {
    const tries = attempts.flatMap(({ at, outcome, reason, log }) => [
      `  ${at.slice(0, 16).replace('T', ' ')}  ${outcome}: ${reason.trim().replaceAll('\n', '\n    ')}`,
      ...(log === undefined ? [] : [style.dim(`    ${log}`)]),
    ]);
    return [style.bold(id), ...tries, `  again: ${style.cyan(revive)}`].join('\n');
  });
  return printable(letters.join('\n\n'));
}

export function renderChanged({ changed }: Changed): string {
  if (changed.length === 0) return 'Nothing to change.';
  return printable(changed.map(({ id, state }) => `${id}: ${state}`).join('\n'));
}

export function renderDropped({ dropped }: Dropped): string {
  return printable(dropped.map(({ id }) => `Dropped ${id}; gwt queue retry ${id} brings it back`).join('\n'));
}
