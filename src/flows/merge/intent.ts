import type { Task } from '../../core/task.ts';
import type { CommitFacts, Ports } from '../../ports.ts';
import type { Conflict } from './rebase.ts';

/** What both sides of a conflict wanted, in the words of their commits. */
export interface Intent {
  readonly message: string;
  readonly ours: { readonly commits: readonly string[]; readonly task?: Task };
  readonly theirs: { readonly commits: readonly string[]; readonly task?: Task };
}

/** More would only bury what matters. */
const COMMITS = 10;

/** The commits of each side on the conflicted files since they parted, and the tasks behind them. */
export async function intentOf(
  { git }: Pick<Ports, 'git'>,
  { branch, head, onto, commit, picked }: Conflict,
  tasks: readonly Task[],
): Promise<Intent> {
  const base = await git.history.mergeBase(onto.commit, head);
  const paths = picked.files.map(({ path }) => `:(top,literal)${path}`);
  const since = async (to: string) =>
    git.objects.commits([`--max-count=${COMMITS}`, '--no-merges', ...(base ? [`^${base}`] : []), to], paths);
  const [ours, theirs] = await Promise.all([since(onto.commit), since(head)]);
  const mine = tasks.find((task) => task.branch === branch);
  const other = tasks.find(({ id }) => id !== mine?.id && ours.some((one) => trailers(one).includes(id)));
  return {
    message: words(commit),
    ours: { commits: ours.map(words), ...(other ? { task: other } : {}) },
    theirs: { commits: theirs.map(words), ...(mine ? { task: mine } : {}) },
  };
}

const words = ({ message }: CommitFacts): string => Buffer.from(message, 'latin1').toString('utf8').trim();

/** Ids of the tasks a commit says it was made for. */
function trailers(commit: CommitFacts): readonly string[] {
  return [...words(commit).matchAll(/^Gwt-Task: *(\S+)$/gm)].map((match) => match[1] ?? '');
}
