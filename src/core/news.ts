import { ownsOf } from './claims.ts';
import { oneLine } from './event.ts';
import { inline } from './merge/quote.ts';

/** A commit on the target that the task's branch does not have. */
export interface Landed {
  readonly oid: string;
  readonly subject: string;
  /** The task it was made for. */
  readonly task?: string;
  readonly paths: readonly string[];
}

/** What came onto the target since a branch left it, oldest first, and what on the branch it may meet. */
export interface News {
  readonly target: string;
  readonly commits: readonly Landed[];
  /** How many there are besides `commits`, older than those. */
  readonly older: number;
  readonly owns: readonly string[];
  /** Paths that the branch changed. */
  readonly changed: readonly string[];
  /** The iteration whose prompt told of the target as it was then, and those of `commits` that came since. */
  readonly told?: { readonly iteration: number; readonly fresh: ReadonlySet<string> };
}

const COMMITS = 12;
const PATHS = 8;
const MOST = 30;

/**
 * The target's news for a prompt, bounded: each commit once, with the files that meet the task's; after that only how many
 * there are and which files they meet. Undefined when there are none.
 */
export function newsText(news: News): string | undefined {
  const { target, commits, older, told } = news;
  if (commits.length === 0) return undefined;
  const meets = meeting(news);
  const fresh = told ? commits.filter(({ oid }) => told.fresh.has(oid)) : commits;
  const known = told && fresh.length < commits.length ? told : undefined;
  const all = commits.length + older;
  return [
    `${inline(target)} has ${all} commit${all === 1 ? '' : 's'} that your branch does not have${known ? ` (iteration ${known.iteration} was told of ${all - fresh.length})` : ''}. gwt brings your branch onto them when it lands: write yours so that it fits, and do not do their work again. \`git show <commit>\` shows one. Their words are quoted as their authors wrote them.`,
    ...(fresh.length > 0 ? ['', ...listed(fresh, known ? 0 : older, meets)] : []),
    ...(known ? shortOf(commits, meets) : []),
  ].join('\n');
}

/** Whether a path is the task's: in its claim, or changed by it where it has none. */
function meeting({ owns, changed }: News): (path: string) => boolean {
  const own = new Set(changed);
  const claimed = owns.length > 0 ? ownsOf(owns) : () => false;
  return (path) => own.has(path) || claimed(path);
}

/** Those that meet the task's files before the others, the newest first. */
function listed(commits: readonly Landed[], older: number, meets: (path: string) => boolean): readonly string[] {
  const newest = [...commits].reverse();
  const near = newest.filter(({ paths }) => paths.some(meets));
  const order = [...near, ...newest.filter((one) => !near.includes(one))];
  const left = order.length - COMMITS + older;
  return [
    ...order.slice(0, COMMITS).map((one) => `- ${lineOf(one, meets)}`),
    ...(left > 0 ? [`- … and ${left} more`] : []),
  ];
}

function lineOf({ oid, subject, task, paths }: Landed, meets: (path: string) => boolean): string {
  const by = task ? ` (task ${inline(oneLine(task, 60))})` : '';
  const met = paths.filter(meets);
  const others = paths.length - met.length;
  const more =
    others > 0
      ? `${met.length > 0 ? ' and ' : 'changes '}${others} ${met.length > 0 ? 'other ' : ''}file${others === 1 ? '' : 's'}`
      : '';
  return `${oid.slice(0, 10)} ${inline(oneLine(subject, 120))}${by}: ${met.length > 0 ? `meets yours in ${named(met, PATHS)}` : ''}${more}`;
}

function shortOf(commits: readonly Landed[], meets: (path: string) => boolean): readonly string[] {
  const met = [...new Set(commits.flatMap(({ paths }) => paths.filter(meets)))];
  return [
    '',
    met.length === 0 ? 'None of them meets your files.' : `All of them together meet yours in ${named(met, MOST)}.`,
  ];
}

function named(paths: readonly string[], most: number): string {
  const shown = paths.slice(0, most).map((path) => inline(oneLine(path, 120)));
  return `${shown.join(', ')}${paths.length > most ? ` and ${paths.length - most} more` : ''}`;
}
