import { type Landed, type News, newsText } from '../../core/news.ts';
import { document, taskOf } from '../../core/records.ts';
import type { CommitFacts, Oid } from '../../ports.ts';
import type { LoopPorts } from './run.ts';

/** The document that says which state of the target which iteration was told of. */
const TOLD = 'target-told.json';

interface Told {
  readonly head: Oid;
  readonly iteration: number;
}
export interface TargetNews {
  readonly text?: string;
  /** The documents that remember that it was told. */
  readonly docs: Readonly<Record<string, string>>;
}

/** What of the target's newest commits is read; older ones are only counted. */
const COMMITS = 50;

/**
 * What others landed on the target since the branch left it, for the prompt of an iteration. `lost` is the iteration that
 * was cut short: what only that one was told is told again.
 */
export async function targetNews(
  ports: Pick<LoopPorts, 'git' | 'ledger'>,
  id: string,
  { head, lost }: { readonly head: Oid; readonly lost: boolean },
): Promise<TargetNews> {
  const entry = await ports.ledger.read(`tasks/${id}`);
  if (!entry) return { docs: {} };
  const task = taskOf(entry);
  const { refs, history, objects } = ports.git;
  const target = await refs.resolve(`refs/heads/${task.target}`);
  if (!target || target === task.base || target === head) return { docs: {} };
  const base = await history.mergeBase(target, head);
  if (!base || base === target) return { docs: {} };
  const before = toldIn(entry.docs);
  const [commits, changed, { behind }, past] = await Promise.all([
    objects.commits([`--max-count=${COMMITS}`, '--no-merges', `^${base}`, target]),
    history.changes(base, head),
    history.aheadBehind(head, target),
    before ? history.within(target, [before.head]) : undefined,
  ]);
  // A target that was set back since is told anew, as is what only an iteration that was cut short heard.
  const heard = before && past?.has(before.head) && !(lost && before.iteration === task.iteration);
  const told = heard ? before : undefined;
  const oids = commits.map(({ oid }) => oid);
  const [extent, since] = await Promise.all([
    history.extent(oids),
    told ? objects.commits([`--max-count=${COMMITS}`, '--no-merges', `^${told.head}`, `^${base}`, target]) : [],
  ]);
  const news: News = {
    target: task.target,
    commits: commits.map((commit) => landedIn(commit, [...(extent.get(commit.oid)?.keys() ?? [])])),
    older: commits.length < COMMITS ? 0 : Math.max(0, behind - commits.length),
    owns: task.owns,
    changed: changed.map(({ path }) => path),
    ...(told ? { told: { iteration: told.iteration, fresh: new Set(since.map(({ oid }) => oid)) } } : {}),
  };
  const text = newsText(news);
  const now: Told = { head: target, iteration: task.iteration + 1 };
  return { ...(text ? { text } : {}), docs: told?.head === target ? {} : { [TOLD]: document(now) } };
}

function toldIn(docs: Readonly<Record<string, string>>): Told | undefined {
  try {
    const told = JSON.parse(docs[TOLD] ?? '') as Partial<Told>;
    return /^[0-9a-f]{40,64}$/.test(told.head ?? '') && typeof told.iteration === 'number' ? (told as Told) : undefined;
  } catch {
    return undefined;
  }
}

function landedIn({ oid, message }: CommitFacts, paths: readonly string[]): Landed {
  const text = Buffer.from(message, 'latin1').toString('utf8');
  const task = /^Gwt-Task: *(\S+)$/m.exec(text)?.[1];
  return { oid, subject: text.split('\n')[0] ?? '', ...(task ? { task } : {}), paths };
}
