import type { Judged } from '../../../flows/patterns/judge.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';
import { renderMerged } from './merged.ts';
import { table } from './table.ts';

/** Who was compared by what, who is the best and why, and what became of the others. */
export function renderJudged({ name, best, reasons, rivals, dropped, merged, note }: Judged, style: Style): string {
  const cells = (of: (one: Judged['rivals'][number]) => string) => rivals.map(of);
  const lines = table(
    [
      { title: 'TASK', spare: 0, cells: cells(({ task }) => (task === best ? `${task} *` : task)) },
      { title: 'AGENT', spare: 3, cells: cells(({ agent }) => agent) },
      { title: 'GATES', spare: 0, cells: cells(({ finished }) => (finished ? 'pass' : 'not finished')) },
      { title: 'LINES', spare: 1, right: true, cells: cells((one) => String(one.lines)) },
      { title: 'TOKENS', spare: 2, right: true, cells: cells(({ tokens }) => String(tokens)) },
      { title: 'COST', spare: 2, right: true, cells: cells(({ usd }) => `$${usd.toFixed(2)}`) },
      { title: 'BESIDE', spare: 0, cells: cells(beside) },
    ],
    style.width,
    style.bold,
  );
  const end =
    best === undefined
      ? [style.yellow(`none of ${printable(name)} is finished: nothing was chosen, nothing was put away`)]
      : [`${style.green(best)} is the best: ${printable(reasons.join('; '))}`];
  return [
    ...lines,
    '',
    ...(note ? [style.yellow(printable(note))] : []),
    ...end,
    ...(dropped.length > 0 ? [style.dim(`in the trash, to be had back: gwt restore ${dropped.join(' ')}`)] : []),
    ...(merged ? [renderMerged(merged, style)] : []),
  ].join('\n');
}

const beside = ({ clashes, cheats }: Judged['rivals'][number]): string =>
  [clashes ? 'conflicts with the target' : '', cheats > 0 ? `${cheats} changes to tests or gates` : '']
    .filter(Boolean)
    .join(', ');
