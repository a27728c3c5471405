import { printable } from '../refused.ts';

export interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  readonly right?: boolean;
  /** Columns with the highest number are left out first where the terminal is narrow; 0 always stays. */
  readonly spare: number;
  readonly paint?: (cell: string, row: number) => string;
}

const GAP = 2;
/** A last column narrower than this says nothing. */
const LEAST = 12;

/** Lines of a table that fit `width`: columns that do not fit are left out, and the last one is cut. */
export function table(columns: readonly Column[], width: number, head: (text: string) => string): readonly string[] {
  const filled = columns.filter(({ cells, spare }) => spare === 0 || cells.some((cell) => cell !== ''));
  const kept = [...filled];
  const sizes = () => kept.map(sizeOf);
  const needed = () =>
    sizes().reduce((sum, size, at) => sum + (at === kept.length - 1 ? Math.min(size, LEAST) : size + GAP), 0);
  while (needed() > width && kept.some(({ spare }) => spare > 0)) {
    const most = Math.max(...kept.map(({ spare }) => spare));
    kept.splice(
      kept.findIndex(({ spare }) => spare === most),
      1,
    );
  }
  const fixed = sizes()
    .slice(0, -1)
    .reduce((sum, size) => sum + size + GAP, 0);
  const room = sizes().map((size, at) =>
    at === kept.length - 1 ? Math.max(LEAST, Math.min(size, width - fixed)) : size,
  );
  const rows = Array.from({ length: kept[0]?.cells.length ?? 0 }, (_, row) =>
    kept.map((column, at) => painted(column, row, room[at] ?? 0, at === kept.length - 1)).join(' '.repeat(GAP)),
  );
  const titles = kept.map(({ title, right }, at) =>
    padded(title, room[at] ?? 0, right ?? false, at === kept.length - 1),
  );
  return [head(titles.join(' '.repeat(GAP)).trimEnd()), ...rows.map((row) => row.trimEnd())];
}

const sizeOf = ({ title, cells }: Column): number =>
  Math.max(widthOf(title), ...cells.map((cell) => widthOf(shown(cell))));

const shown = (cell: string): string => printable(cell).replace(/[\n\t]/g, ' ');

function painted({ cells, right, paint }: Column, row: number, size: number, last: boolean): string {
  const cell = clipped(shown(cells[row] ?? ''), size);
  const text = padded(cell, size, right ?? false, last);
  return paint ? text.replace(cell, () => paint(cell, row)) : text;
}

function padded(cell: string, size: number, right: boolean, last: boolean): string {
  const space = ' '.repeat(Math.max(0, size - widthOf(cell)));
  return right ? space + cell : last ? cell : cell + space;
}

/** The text cut to a number of terminal cells, with an ellipsis where something is missing. */
export function clipped(text: string, size: number): string {
  if (widthOf(text) <= size) return text;
  let cut = '';
  for (const char of text) {
    if (widthOf(cut) + widthOf(char) > size - 1) break;
    cut += char;
  }
  return `${cut}…`;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Terminal cells a text takes: two for East Asian wide characters, none for combining marks. (Unicode TR11.) */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += /[\p{Mn}\p{Me}\p{Cf}]/u.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}
