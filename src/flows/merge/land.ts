import { type Escalation, isAbout } from '../../core/escalation.ts';
import type { Landing, LandingProof, ResolvedFile } from '../../core/landing.ts';
import type { Candidate } from '../../core/merge/plan.ts';
import { document, taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import { moved } from '../../core/task.ts';
import type { Entry, Key, Oid, Ports, RefMove, View, Write } from '../../ports.ts';
import { escalationOf, escalations, lastNumber } from '../escalate.ts';
import { takeBackLandings } from './back.ts';
import type { Claimed } from './claimed.ts';
import type { Hold } from './lease.ts';
import { type Moved, moveTarget } from './move.ts';
import { readBack } from './read-back.ts';
import type { Tip } from './rebase.ts';

/** A branch on the train, where the train stands with it. */
export interface Car {
  readonly candidate: Candidate;
  readonly tip: Tip;
  readonly commits: number;
  readonly resolved: readonly ResolvedFile[];
  /** Its commits of which nothing was left to do. */
  readonly left?: readonly Oid[];
  /** Its commits that were made anew, each with its new name. */
  readonly anew?: readonly (readonly [Oid, Oid])[];
  readonly allowed?: readonly string[];
}
export interface Train {
  readonly target: string;
  readonly before: Oid;
  readonly cars: readonly Car[];
  readonly hold: Pick<Hold, 'key' | 'guard'>;
  readonly proof?: LandingProof;
  /** What claims it was judged by: what landed is held against them once more. */
  readonly claimed: Claimed;
  /** Where the claims stand by which it was judged: it lands while they do, or not at all. */
  readonly claims?: Oid;
}
export type Landed =
  | Exclude<Moved, { outcome: 'moved' }>
  | { readonly outcome: 'landed'; readonly landing: Landing; readonly closed: readonly Escalation[] };

type LandPorts = Pick<Ports, 'git' | 'ledger' | 'files' | 'clock' | 'report'>;

/**
 * Puts a train on the target in one transaction: the target by compare-and-swap, every task on it to `landed`, the
 * record that `gwt undo` reads, and the questions about these branches closed. Checkouts of the target follow. What came
 * of it is read back before it is told; refuses `merge.unverified`.
 */
export async function land(ports: LandPorts, train: Train): Promise<Landed> {
  const { target, before, cars } = train;
  const after = cars.at(-1)?.tip.commit ?? before;
  const questions = (await escalations(ports)).filter((question) =>
    cars.some(({ candidate: { branch } }) => isAbout(question, branch, target)),
  );
  let landing: Landing | undefined;
  const record = async () => {
    landing = await recorded(
      ports,
      train,
      after,
      questions.map(({ id }) => id),
    );
    return landing !== undefined;
  };
  const takeBack = async () => {
    if (landing) await takeBackLandings(ports, [landing], { target, from: after, to: before, hold: train.hold });
  };
  const end = await moveTarget(ports, { target, from: before, to: after }, record, takeBack);
  if (end.outcome !== 'moved') return end;
  if (!landing) throw new Error('a target moved without a record');
  await readBack(ports, { landing, cars, hold: train.hold, claimed: train.claimed });
  tell(ports, landing);
  return { outcome: 'landed', landing, closed: questions };
}

/** The record, written together with the ref; undefined when the target, a branch or a task had changed. */
async function recorded(
  ports: LandPorts,
  train: Train,
  after: Oid,
  questions: readonly string[],
): Promise<Landing | undefined> {
  const at = new Date(ports.clock.now()).toISOString();
  for (let number = await lastNumber(ports, 'landings'); ; ) {
    number += 1;
    const landing = drafted(train, after, String(number), at);
    const keys: Key[] = [
      `landings/${landing.id}`,
      train.hold.key,
      ...train.cars.flatMap(({ candidate: { task } }) => (task ? [`tasks/${task}` as const] : [])),
      ...questions.map((id) => `escalations/${id}` as const),
    ];
    const result = await transacted(ports, landing, keys, train);
    if (result === 'taken') continue;
    return result === 'written' ? landing : undefined;
  }
}

async function transacted({ ledger }: LandPorts, landing: Landing, keys: readonly Key[], train: Train) {
  try {
    return await ledger.transact<'taken' | 'changed' | 'written'>({ keys }, (view) => {
      if (view.entry(`landings/${landing.id}`)) return { writes: [], result: 'taken' };
      const tasks = taskWrites(view, landing);
      if (!tasks) return { writes: [], result: 'changed' };
      const writes = [landingWrite(landing), ...tasks, ...closed(view, keys, landing.at), ...train.hold.guard(view)];
      return { writes, moves: movesOf(landing, train), result: 'written' };
    });
  } catch (error) {
    if (error instanceof Refusal && error.code === 'ledger.moved') return 'changed';
    throw error;
  }
}

function drafted({ target, before, cars, proof }: Train, after: Oid, id: string, at: string): Landing {
  const landed = cars.map(({ candidate: { branch, task, head, settled }, tip, commits, resolved, allowed }) => ({
    branch,
    ...(task ? { task } : {}),
    from: head,
    head: tip.commit,
    commits,
    resolved,
    ...(allowed ? { allowed } : {}),
    ...(settled ? { settled } : {}),
  }));
  return { version: 1, id, target, before, after, at, landed, ...(proof ? { proof } : {}) };
}

/** The target moves; the branches must be where they were when they were looked at. */
function movesOf({ target, before, after }: Landing, { cars, claims }: Train): readonly RefMove[] {
  const branches = cars.map(({ candidate: { branch, head } }) => ({
    ref: `refs/heads/${branch}`,
    from: head,
    to: head,
  }));
  const standing = claims ? [{ ref: 'refs/gwt/meta/claims', from: claims, to: claims }] : [];
  return [{ ref: `refs/heads/${target}`, from: before, to: after }, ...branches, ...standing];
}

function landingWrite(landing: Landing): Write {
  const { id, target, before, after, at, landed } = landing;
  const branches = landed.map(({ branch }) => branch);
  return {
    key: `landings/${id}`,
    event: { type: 'landing.done', at, landing: id, target, after, branches },
    docs: { 'landing.json': document(landing) },
    keeps: [...new Set([before, after, ...landed.map(({ from }) => from)])],
  };
}

/** Undefined when a task may not land any more: its entry was changed since the plan. */
function taskWrites(view: View, { id, target, at, landed }: Landing): readonly Write[] | undefined {
  const writes: Write[] = [];
  for (const { task, branch, head, commits } of landed) {
    const entry = task ? view.entry(`tasks/${task}`) : undefined;
    if (!entry || !task) continue;
    const before = taskOf(entry);
    const { blocked: _, ...rest } = before;
    const now = moved(rest, 'landed', { landed: { target, head, at, landing: id } });
    if (!now || before.state === 'landed') return undefined;
    const event = { type: 'landing.landed', at, branch, task, target, head, commits } as const;
    writes.push({ key: entry.key, event, docs: { 'task.json': document(now) } });
  }
  return writes;
}

/** Questions about a branch are answered when it lands. */
function closed(view: View, keys: readonly Key[], at: string): readonly Write[] {
  return keys
    .filter((key) => key.startsWith('escalations/'))
    .flatMap((key) => {
      const entry = view.entry(key);
      return entry ? [closing(entry, 'the landing of its branch', at)] : [];
    });
}

function closing(entry: Entry, by: string, at: string): Write {
  const question = escalationOf(entry);
  const now = { ...question, state: 'resolved', resolvedAt: at, resolvedBy: by };
  const event = { type: 'escalation.resolved', at, escalation: question.id, by } as const;
  return { key: entry.key, event, docs: { 'escalation.json': document(now) } };
}

function tell({ report }: LandPorts, { target, at, landed }: Landing): void {
  for (const { branch, task, head, commits } of landed)
    report({ type: 'landing.landed', at, branch, ...(task ? { task } : {}), target, head, commits });
}
