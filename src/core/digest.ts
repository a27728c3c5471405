import { oneLine } from './event.ts';
import { learnedIn } from './learned.ts';
import { shortened } from './merge/quote.ts';
import { ENTRY, WRITTEN } from './progress.ts';

/** How many characters each part may have. */
const LEARNED = 3000;
const FOLDED = 3000;
const NEWEST = 4000;

interface Entry {
  /** Heading and lines as they stand. */
  readonly text: string;
  /** All of it in one line. */
  readonly line: string;
}

/**
 * What the next agent has to know of a journal, in at most about 11,000 characters however long that is: what was learned,
 * a line for each older iteration, the newest with what its agent wrote. Every line is quoted: who wrote it does not
 * speak for gwt. Empty when nothing happened yet.
 */
export function digest(progress: string): string {
  const { entries, agents, latest } = taken(progress);
  const learned = learnedIn(agents);
  const [newest] = entries.slice(-1);
  const whole = [newest?.text ?? '', latest].filter((text) => text !== '').join('\n\n');
  return [
    part('Learned so far; where two disagree the later one holds', fitting(learned.map(bullet), LEARNED, 'older ones')),
    part(
      'Iterations before',
      fitting(
        entries.slice(0, -1).map(({ line }) => bullet(line)),
        FOLDED,
        'iterations before',
      ),
    ),
    part('The newest iteration', whole === '' ? [] : shortened(whole, NEWEST).split('\n')),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

const bullet = (text: string): string => `- ${text}`;

function part(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `### ${title}\n\n${lines.map((line) => `> ${clean(line)}`.trimEnd()).join('\n')}`;
}

const clean = (line: string): string => line.replace(/[^\P{Cc}\t]|[\p{Zl}\p{Zp}]/gu, '');

/** The last of them that fit, and how many are left out. */
function fitting(lines: readonly string[], most: number, what: string): readonly string[] {
  let length = 0;
  let from = lines.length;
  while (from > 0 && length + (lines[from - 1]?.length ?? 0) < most) {
    from -= 1;
    length += (lines[from]?.length ?? 0) + 1;
  }
  return from === 0 ? lines : [`- … ${from} ${what} are not shown here`, ...lines.slice(from)];
}

/** A journal apart: gwt's entries, all that agents wrote, and what they wrote in the newest iteration. */
function taken(progress: string): {
  readonly entries: readonly Entry[];
  readonly agents: string;
  readonly latest: string;
} {
  const [preface = '', ...parts] = progress.split(/^(?=## \d{4}-\d\d-\d\dT\S+ · iteration \d+ · )/m);
  const entries: Entry[] = [];
  const agents: string[] = [preface];
  for (const text of parts) {
    const lines = text.split('\n');
    const end = lines.findIndex((line, at) => at > 0 && !/^(- |> ?|\s*$)/.test(line));
    const own = end < 0 ? lines : lines.slice(0, end);
    entries.push(entryOf(own));
    agents.push(end < 0 ? '' : lines.slice(end).join('\n'));
  }
  // What an agent wrote stands before the entry of its iteration; what stands behind the last one is newer still.
  const latest = agents.slice(entries.length === 0 ? -1 : -2).map(without);
  return { entries, agents: agents.join(OTHER), latest: latest.filter((text) => text !== '').join('\n\n') };
}

/** Ends what one agent wrote under a heading of its own. */
const OTHER = '\n\n### from another iteration\n\n';

/** Without the headings that gwt set, and the title of the file. */
const without = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !WRITTEN.test(line) && !/^# Progress of /.test(line))
    .join('\n')
    .trim();

function entryOf(lines: readonly string[]): Entry {
  const [, at = '', what = ''] = ENTRY.exec(lines[0] ?? '') ?? [];
  const why = /^- outcome: (.*)$/.exec(lines.find((line) => line.startsWith('- outcome: ')) ?? '')?.[1] ?? '';
  const text = [`${what} (${at.slice(0, 16)})`, ...lines.slice(1)]
    .join('\n')
    .trim()
    .replace(/\n{2,}/g, '\n');
  return { text, line: oneLine(`${what}${why === '' ? '' : `: ${why}`}`, 160) };
}
