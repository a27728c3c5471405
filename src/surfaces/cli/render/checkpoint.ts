import type { CheckpointAnswer, Listed } from '../../../flows/checkpoints.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';
import { sizeOf } from './age.ts';
import { table } from './table.ts';

/** What a verb of `gwt checkpoint` came to. */
export function renderCheckpoint(answer: CheckpointAnswer, style: Style): string {
  const { task } = answer;
  switch (answer.outcome) {
    case 'saved':
      return lines(`Saved checkpoint ${answer.number} of ${task}.`, leftOut(answer.left.map(({ path }) => path)));
    case 'unchanged':
      return `Nothing changed since checkpoint ${answer.number} of ${task}.`;
    case 'list':
      if (answer.checkpoints.length === 0) return `No checkpoint of ${task} yet.`;
      return listed(answer.checkpoints, style);
    case 'diff':
      return differing(answer);
    case 'restored':
      return lines(
        `${task} is as in checkpoint ${answer.number}; what was there is checkpoint ${answer.before}.`,
        answer.undone.length === 0 ? '' : `Open again: ${answer.undone.map(printable).join(', ')}`,
        leftOut(answer.missing),
        `  back: gwt checkpoint restore --task ${task} ${answer.before}`,
      );
  }
}

const lines = (...all: readonly string[]): string => all.filter((line) => line !== '').join('\n');

function listed(checkpoints: readonly Listed[], style: Style): string {
  const cells = (of: (one: Listed) => string) => checkpoints.map(of);
  const columns = [
    { title: '#', spare: 0, right: true, cells: cells(({ number }) => String(number)) },
    { title: 'WHEN (UTC)', spare: 1, cells: cells(({ at }) => at.slice(0, 16).replace('T', ' ')) },
    { title: 'ITER', spare: 0, right: true, cells: cells(({ iteration }) => String(iteration ?? '–')) },
    { title: 'VERDICT', spare: 0, cells: cells(({ outcome }) => outcome ?? '–') },
    { title: 'COMMIT', spare: 3, cells: cells(({ head }) => head.slice(0, 10)) },
    { title: 'UNCOMMITTED', spare: 2, cells: cells(uncommitted) },
    { title: 'WHY', spare: 0, cells: cells(({ why, outcome }) => (outcome ? '' : printable(why))) },
  ];
  return table(columns, style.width, style.bold)
    .map((line) => line.trimEnd())
    .join('\n');
}

function uncommitted({ files, bytes = 0 }: Listed): string {
  if (files === undefined) return '?';
  return files === 0 ? 'nothing' : `${files} file${files === 1 ? '' : 's'}, ${sizeOf(bytes)}`;
}

function differing({
  task,
  number,
  ref,
  to,
  toRef,
  worktree,
  changes,
}: Extract<CheckpointAnswer, { outcome: 'diff' }>): string {
  if (changes.length === 0)
    return to === undefined
      ? `No file differs from checkpoint ${number} of ${task}.`
      : `No file differs between checkpoints ${number} and ${to} of ${task}.`;
  return lines(
    ...changes.map(({ status, path }) => `${status}  ${printable(path)}`),
    toRef ? `line by line: git diff ${ref} ${toRef}` : `line by line: git -C '${worktree}' diff ${ref}`,
  );
}

const leftOut = (paths: readonly string[]): string =>
  paths.length === 0 ? '' : `Not in it, still in place: ${paths.map(printable).join(', ')}`;
