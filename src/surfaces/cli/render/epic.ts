import type { Epic } from '../../../core/epic.ts';
import type { ShownEpic } from '../../../flows/epics.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';

/** How far an epic is and what it cost, in one line. */
export function epicLine({ name, tasks, landed, stories, costUsd }: Epic): string {
  const cost = costUsd > 0 ? `, $${costUsd.toFixed(4)}` : '';
  return `${printable(name)}  ${landed}/${tasks} landed, ${stories.passing}/${stories.total} stories${cost}`;
}

/** An epic with a line for each of its tasks. */
export function renderEpic({ epic, parts }: ShownEpic, style: Style): string {
  const lines = parts.map(({ id, title, state, stories, costUsd = 0 }) => {
    const counted = stories && stories.total > 0 ? `  ${stories.passing}/${stories.total} stories` : '';
    const named = title === id ? '' : `  ${style.dim(printable(title))}`;
    return `  ${id}  ${state}${counted}${costUsd > 0 ? `  $${costUsd.toFixed(4)}` : ''}${named}`;
  });
  return [style.bold(`epic ${epicLine(epic)}`), ...lines].join('\n');
}
