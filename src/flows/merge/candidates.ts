import { type Decision, type Escalation, isAbout, isOfLanding } from '../../core/escalation.ts';
import { landedWords } from '../../core/merge/landed.ts';
import type { Mode } from '../../core/merge/mode.ts';
import type { Candidate, Skipped } from '../../core/merge/plan.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import type { Oid, Ports } from '../../ports.ts';
import { escalations } from '../escalate.ts';
import { allTasks } from '../tasks.ts';
import { approvalsIn, type Consent } from './consent.ts';
import { seeLanded } from './landed.ts';
import { forksOf, pastHeads } from './past.ts';

/** What may land, what may not and why, and all that later steps need to know of the tasks. */
export interface Found {
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly Skipped[];
  readonly tasks: readonly Task[];
  readonly states: ReadonlyMap<string, string>;
  /** Paths outside the claim that a person let a branch change, by branch. */
  readonly allowed: ReadonlyMap<string, readonly string[]>;
  readonly consent: Consent;
}

/** What was asked to land, and how. */
export interface Asked {
  readonly names: readonly string[];
  readonly target: string;
  /** Set when another branch than the usual target was named. */
  readonly into?: string;
  readonly mode?: Mode;
}

/**
 * The branches that were asked for: named tasks and plain branches, or every finished task of the target when none is
 * named. A task that is not finished is skipped; named by its branch it lands as a plain branch, its state untouched.
 * Refuses `branch.unknown`.
 */
export async function findCandidates(
  ports: Pick<Ports, 'git' | 'ledger' | 'config'>,
  { names, target, into, mode: wanted }: Asked,
): Promise<Found> {
  const mode = wanted ?? (await ports.config.load()).merge.mode;
  const tasks = await allTasks(ports);
  const heads = await ports.git.refs.heads(['refs/heads/']);
  const asked = await escalations(ports);
  const questions = asked.filter(({ state }) => state === 'open');
  const chosen =
    names.length > 0
      ? [...new Set(names)].map((name) => named(name, tasks, heads))
      : whole(tasks, target, into !== undefined);
  const tip = heads.get(`refs/heads/${target}`);
  const past = tip ? await pastHeads(ports, target, tip) : [];
  const skipped: Skipped[] = [];
  const candidates: Candidate[] = [];
  for (const [given, { branch, task }] of chosen.entries()) {
    const head = heads.get(`refs/heads/${branch}`);
    const reason =
      contended(task, names) ?? reasonAgainst({ branch, task, head, target, named: names.length > 0, questions });
    if (reason !== undefined || !head)
      skipped.push({
        branch,
        reason: reason ?? 'its branch is gone',
        ...(task?.state === 'landed' ? { there: true } : {}),
      });
    else if (!candidates.some((other) => other.branch === branch))
      candidates.push({ branch, head, past, given, mode, priority: 0, after: [], ...(task ? factsOf(task) : {}) });
  }
  const sorted = await withoutLanded(ports, candidates, { target, tip, named: names.length > 0 });
  skipped.push(...sorted.skipped);
  const allowed = new Map(
    candidates.map(({ branch }) => [
      branch,
      questions
        .filter((one) => isAbout(one, branch, target))
        .flatMap(({ decisions = [] }) => decisions.flatMap(allowedBy)),
    ]),
  );
  return {
    candidates: sorted.candidates,
    skipped,
    tasks,
    allowed,
    consent: { rule: (await ports.config.load()).approve, given: approvalsIn(asked) },
    states: new Map(tasks.map(({ id, state }) => [id, state])),
  };
}

/**
 * What the target has already is not landed again: a task of which that is so is marked as landed, for a plain branch it
 * is told. What the target took back lands again only when it was named.
 */
async function withoutLanded(
  ports: Pick<Ports, 'git' | 'ledger'>,
  candidates: readonly Candidate[],
  { target, tip, named }: { readonly target: string; readonly tip: Oid | undefined; readonly named: boolean },
) {
  if (!tip || candidates.length === 0) return { candidates, skipped: [] };
  const onto = { commit: tip, tree: await ports.git.objects.treeOf(tip) };
  const seen = await seeLanded(ports, candidates, onto, await forksOf(ports, target));
  const skipped: Skipped[] = [];
  const left: Candidate[] = [];
  for (const { already, ...candidate } of seen) {
    const words = already ? landedWords(already, target) : '';
    if (!already) left.push(candidate);
    else if (already.reverted && named) left.push({ ...candidate, note: `again: ${words}` });
    else if (already.reverted)
      skipped.push({
        branch: candidate.branch,
        reason: `${words}; to land it again: gwt merge ${candidate.task ?? candidate.branch}`,
      });
    else if (candidate.task) left.push({ ...candidate, settled: words });
    else skipped.push({ branch: candidate.branch, reason: words, there: true });
  }
  return { candidates: left, skipped };
}

const allowedBy = (decision: Decision): readonly string[] => (decision.kind === 'allowed' ? decision.paths : []);

const factsOf = ({ id, title, priority, after }: Task) => ({ task: id, title, priority, after });

interface Chosen {
  readonly branch: string;
  readonly task?: Task | undefined;
}

/** All that is active: what is not finished is told as skipped, so that nobody wonders. */
function whole(tasks: readonly Task[], target: string, into: boolean): readonly Chosen[] {
  return tasks
    .filter(({ state }) => state !== 'landed' && state !== 'dropped')
    .filter((task) => into || task.target === target)
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0))
    .map((task) => ({ branch: task.branch, task }));
}

function named(name: string, tasks: readonly Task[], heads: ReadonlyMap<string, Oid>): Chosen {
  const byId = tasks.find(({ id }) => id === name);
  if (byId) return { branch: byId.branch, task: byId };
  const branch = name.replace(/^refs\/heads\//, '');
  if (!heads.has(`refs/heads/${branch}`)) throw new Refusal('branch.unknown', { branch: name });
  const owner = tasks.find((task) => task.branch === branch);
  return { branch, task: owner && mayLand(owner) ? owner : undefined };
}

/** One of several that do the same lands only when it was chosen, or is named. */
function contended(task: Task | undefined, names: readonly string[]): string | undefined {
  if (task?.rivals === undefined || task.won || names.length > 0) return undefined;
  return `others do the same task; to choose one: gwt judge ${task.rivals}`;
}

const mayLand = ({ state }: Task): boolean => state === 'finished';

interface Question {
  readonly branch: string;
  readonly task: Task | undefined;
  readonly head: Oid | undefined;
  readonly target: string;
  readonly named: boolean;
  readonly questions: readonly Escalation[];
}

function reasonAgainst({ branch, task, head, target, named, questions }: Question): string | undefined {
  if (!head) return `there is no branch ${branch}`;
  if (branch === target) return 'it is the target itself';
  if (!task || mayLand(task)) return undefined;
  if (task.state === 'blocked') return reasonBlocked(task, questions, named);
  if (task.state === 'landed') return `landed already, in landing ${task.landed?.landing ?? '?'}`;
  return `${task.state}, not finished`;
}

/** What a landing asked about may be tried again when it is named; a loop's question must be answered first. */
function reasonBlocked(task: Task, questions: readonly Escalation[], named: boolean): string | undefined {
  const open = questions.find(({ id }) => id === task.blocked?.escalation);
  if (named && open && isOfLanding(open.reason)) return undefined;
  const why = task.blocked?.reason ?? 'blocked';
  return open ? `waits for you: ${why} (gwt inbox show ${open.id})` : `blocked: ${why}`;
}
