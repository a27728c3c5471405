import type { Radar, RadarFile, RadarPair } from '../../../core/radar/radar.ts';
import type { RadarStep } from '../../../flows/radar-watch.ts';
import { wordsOf } from '../../wording.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';
import { clipped, table } from './table.ts';

/** More lines do not fit a screen. */
const ROWS = 36;
const WIDE = 34;

/** Who conflicts with the target and who with whom; as a matrix of all branches where that was asked for. */
export function renderRadar(radar: Radar, style: Style, matrix = false): string {
  const { branches, pairs } = radar;
  if (branches.length === 0) return `No task is open. Look at plain branches: gwt conflicts --branches '*'`;
  const parts = [style.bold(summary(radar)), ...unknown(radar, style)];
  const clashing = branches.filter(({ clashes }) => clashes.length > 0);
  const many = clashing.length + pairs.length;
  if (matrix && branches.length > 1) parts.push('', ...matrixOf(radar, style));
  else if (many > ROWS) parts.push('', ...branchRows(radar, style));
  else if (many > 0) parts.push('', ...pairRows(radar, style));
  if (branches.some(({ uncommitted }) => uncommitted)) parts.push('', style.dim('* with work that is not committed'));
  return parts.join('\n');
}

function summary({ target, branches, pairs, counts }: Radar): string {
  const clashing = branches.filter(({ clashes }) => clashes.length > 0).length;
  const many = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;
  return printable(
    `${many(branches.length, 'branch', 'branches')} on ${target}: ` +
      `${clashing === 0 ? 'none conflicts' : many(clashing, 'conflicts', 'conflict')} with it, ` +
      `${pairs.length === 0 ? 'none' : many(pairs.length, 'pair', 'pairs')} with each other ` +
      `(${counts.sharing} of ${counts.pairs} change a common file)`,
  );
}

const unknown = ({ counts }: Radar, style: Style): readonly string[] =>
  counts.unknown > 0
    ? [style.yellow(`not known of ${counts.unknown}: git cannot merge them, or they are too many`)]
    : [];

/** One line for each conflict, those with the target first. */
function pairRows({ target, branches, pairs }: Radar, style: Style): readonly string[] {
  const mark = marksOf(branches);
  const rows = [
    ...branches
      .filter(({ clashes }) => clashes.length > 0)
      .map(({ branch, clashes }) => [mark(branch), target, clashes.map(named).join(', ')]),
    ...pairs.map(({ a, b, files }) => [mark(a), mark(b), where(files)]),
  ];
  const cells = (at: number) => rows.map((row) => row[at] ?? '');
  return table(
    [
      { title: 'BRANCH', spare: 0, cells: cells(0).map((cell) => clipped(cell, WIDE)) },
      { title: 'WITH', spare: 0, cells: cells(1).map((cell) => clipped(cell, WIDE)), paint: style.yellow },
      { title: 'WHERE', spare: 0, cells: cells(2) },
    ],
    style.width,
    style.bold,
  );
}

/** One line for each branch, those that meet most others first. */
function branchRows({ target, branches, pairs }: Radar, style: Style): readonly string[] {
  const mark = marksOf(branches);
  const met = branches
    .filter(({ clashes, meets }) => clashes.length > 0 || meets > 0)
    .sort((a, b) => b.meets - a.meets || b.clashes.length - a.clashes.length);
  const shown = met.slice(0, ROWS);
  const of = (branch: string) => pairs.filter(({ a, b }) => a === branch || b === branch);
  const lines = table(
    [
      { title: 'BRANCH', spare: 0, cells: shown.map(({ branch }) => clipped(mark(branch), WIDE)) },
      { title: 'MEETS', spare: 0, right: true, cells: shown.map(({ meets }) => String(meets)) },
      {
        title: clipped(printable(target).toUpperCase(), 12),
        spare: 1,
        right: true,
        cells: shown.map(({ clashes }) => (clashes.length > 0 ? String(clashes.length) : '')),
        paint: style.red,
      },
      { title: 'MOST IN', spare: 0, cells: shown.map(({ branch }) => hottest(of(branch))) },
    ],
    style.width,
    style.bold,
  );
  const rest = met.length - shown.length;
  const more = rest > 0 ? [style.dim(`and ${rest} more`)] : [];
  return [...lines, ...more, '', style.dim('who meets whom: gwt conflicts <branch>, --matrix, or --json')];
}

/** The paths in which most of these pairs meet. */
function hottest(pairs: readonly RadarPair[]): string {
  const counts = new Map<string, number>();
  for (const path of pairs.flatMap(({ paths }) => paths)) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3)
    .map(([path, count]) => `${named(path)} (${count})`)
    .join(', ');
}

/** Rows and columns are the branches by number; a cell tells how one goes with another. */
function matrixOf({ branches, pairs }: Radar, style: Style): readonly string[] {
  const met = new Set(pairs.flatMap(({ a, b }) => [`${a}\0${b}`, `${b}\0${a}`]));
  const mark = marksOf(branches);
  const digits = String(branches.length).length;
  const cell = (row: number, column: number) =>
    row === column ? '\\' : met.has(`${branches[row]?.branch}\0${branches[column]?.branch}`) ? style.red('x') : '·';
  const heads = Array.from({ length: digits }, (_, digit) =>
    branches.map((_, at) => String(at + 1).padStart(digits)[digit]).join(''),
  );
  const left = ' '.repeat(digits + 3);
  return [
    ...heads.map((line) => `${left}${line}`),
    ...branches.map(({ branch, clashes }, row) => {
      const number = String(row + 1).padStart(digits);
      const cells = branches.map((_, column) => cell(row, column)).join('');
      const room = Math.max(12, style.width - digits - 5 - branches.length);
      return `${number} ${clashes.length > 0 ? style.red('!') : ' '} ${cells}  ${clipped(printable(mark(branch)), room)}`;
    }),
    style.dim('x conflict · none   ! conflicts with the target'),
  ];
}

const marksOf = (branches: Radar['branches']) => {
  const uncommitted = new Set(branches.filter((one) => one.uncommitted).map(({ branch }) => branch));
  return (branch: string) => (uncommitted.has(branch) ? `${branch}*` : branch);
};

/** Files with what is in conflict there. */
function where(files: readonly RadarFile[]): string {
  return files
    .map(({ path, kind, units }) => {
      const how = kind === 'content' ? '' : ` (${kind})`;
      return `${named(path)}${how}${units.length > 0 ? `: ${units.join(', ')}` : ''}`;
    })
    .join('; ');
}

const named = (path: string): string => path.replace(/[\p{Cc}\p{Cs}]/gu, '�');

/** One line for each thing a watch tells, but for the first, which is the whole. */
export function renderRadarStep(step: RadarStep, style: Style): string {
  if (step.type === 'radar') return renderRadar(step.radar, style);
  if (step.type === 'refused') return style.yellow(printable(wordsOf(step.refusal).message).replace(/\n+/g, ' '));
  const both = `${printable(step.a)} with ${printable(step.b)}`;
  const line =
    step.type === 'settled'
      ? `${style.green('settled ')}  ${both}`
      : `${style.red('conflict')}  ${both}  ${printable(where(step.files))}`;
  return line.replace(/\n+/g, ' ');
}

/** The same as one line of JSON. */
export function jsonOfRadarStep(step: RadarStep): string {
  if (step.type !== 'refused') return JSON.stringify(step);
  const { code, facts } = step.refusal;
  return JSON.stringify({ type: 'refused', error: { code, ...wordsOf(step.refusal), facts } });
}
