import { overlap } from './claims.ts';
import type { Guard } from './codeowners.ts';
import { type ClaimMode, type Holder, obstacles } from './holding.ts';
import { isActive, type Task } from './task.ts';

/** Who has to say yes before a claim is taken, and what of it is theirs to give. */
export interface Party {
  /** owned: they alone may change it · shared: they may change it too · frozen: a person may · approval: one of the approvers may */
  readonly why: 'owned' | 'shared' | 'frozen' | 'approval';
  /** The task that is asked; left out where only a person can be. */
  readonly task?: string;
  readonly approvers?: readonly string[];
  /** What of theirs the claim meets, and one path of both. */
  readonly theirs: string;
  readonly path: string;
  readonly said?: { readonly answer: 'grant' | 'share'; readonly at: string; readonly by: string };
}

/** Somebody asks for paths that are not free: ledger entry `requests/<id>`, document `request.json`. */
export interface ClaimRequest {
  readonly version: 1;
  readonly id: string;
  readonly state: 'open' | 'granted' | 'refused' | 'withdrawn';
  readonly task: string;
  readonly branch: string;
  readonly patterns: readonly string[];
  readonly mode: ClaimMode;
  readonly files?: readonly string[];
  /** How long the claim is to hold, in milliseconds; left out: as long as the task. */
  readonly ttl?: number;
  readonly why: string;
  readonly by: string;
  readonly agent?: true;
  readonly parties: readonly Party[];
  readonly askedAt: string;
  /** When a person is asked should nobody have answered. */
  readonly deadline: string;
  readonly escalation?: string;
  readonly endedAt?: string;
  readonly endedBy?: string;
  /** What was said with the answer. */
  readonly said?: string;
}

export interface Wanted {
  readonly task: string;
  readonly patterns: readonly string[];
  readonly mode: ClaimMode;
  /** Those of the patterns that name a file: nothing can lie below it. */
  readonly files?: readonly string[];
}
export interface Place {
  readonly tasks: readonly Task[];
  readonly frozen: readonly string[];
  readonly shared: readonly string[];
  readonly guards: readonly Guard[];
}

/** Who must be asked for a claim; nobody when it can be taken at once. */
export function partiesOf(given: Wanted, { tasks, frozen, shared, guards }: Place): readonly Party[] {
  const { files = [] } = given;
  const exact = given.patterns.flatMap((pattern) =>
    files.includes(pattern) ? [pattern, `!${pattern}/**`] : [pattern],
  );
  const wanted = { ...given, patterns: exact };
  const me = tasks.find(({ id }) => id === wanted.task);
  const approved = me?.approved ?? [];
  const closed = overlap(wanted.patterns, frozen, approved);
  return [
    ...(closed ? [{ why: 'frozen' as const, theirs: closed.otherPattern, path: closed.path }] : []),
    ...approvals(wanted, guards, approved, { me, tasks }),
    ...obstacles(wanted, tasks, shared).map(({ why, task, theirs, path }) => ({ why, task, theirs, path })),
  ];
}

/** One for each set of approvers. */
function approvals(
  { patterns }: Wanted,
  guards: readonly Guard[],
  approved: readonly string[],
  { me, tasks }: { readonly me: Task | undefined; readonly tasks: readonly Task[] },
): readonly Party[] {
  const near = guards.filter(({ pattern }) => overlap(patterns, [pattern]));
  const parties = new Map<string, Party>();
  for (const [at, { pattern, approvers, shallow }] of near.entries()) {
    if (approvers.length === 0 || (me && mayApprove(me, approvers))) continue;
    const later = near
      .slice(at + 1)
      .filter((one) => !one.shallow)
      .map((one) => `!${one.pattern}`);
    const found = overlap(patterns, [pattern, ...(shallow ? [`!${pattern}/`] : []), ...later], approved);
    const task = tasks.find((one) => isActive(one) && mayApprove(one, approvers))?.id;
    const key = approvers.join(' ');
    if (found && !parties.has(key))
      parties.set(key, { why: 'approval', approvers, theirs: pattern, path: found.path, ...(task ? { task } : {}) });
  }
  return [...parties.values()];
}

/** True for a task that config names as approver, by its name or its role. */
export function mayApprove(
  { id, role }: Pick<Holder, 'id'> & Partial<Pick<Task, 'role'>>,
  approvers: readonly string[],
): boolean {
  return approvers.includes(id) || (role !== undefined && approvers.includes(role));
}

/** Parties that have not answered yet. */
export function waitingFor({ parties }: Pick<ClaimRequest, 'parties'>): readonly Party[] {
  return parties.filter(({ said }) => said === undefined);
}

/** The parties as they are now, with what those said who were asked before. */
export function knownAnswers(now: readonly Party[], before: readonly Party[]): readonly Party[] {
  const same = (a: Party, b: Party) =>
    a.why === b.why && a.task === b.task && a.approvers?.join(' ') === b.approvers?.join(' ');
  return now.map((party) => {
    const { said } = before.find((one) => same(one, party)) ?? {};
    return said ? { ...party, said } : party;
  });
}

/** True when a person has to be asked: nobody is there to answer, or nobody did in time. */
export function isOverdue(request: ClaimRequest, now: number, running: (task: string) => boolean): boolean {
  if (request.state !== 'open' || request.escalation !== undefined) return false;
  const waiting = waitingFor(request);
  return waiting.some(({ task }) => task === undefined || !running(task)) || now >= Date.parse(request.deadline);
}

/** What is asked for, in one line. */
export function askedFor({
  task,
  patterns,
  mode,
  why,
}: Pick<ClaimRequest, 'task' | 'patterns' | 'mode' | 'why'>): string {
  const how = mode === 'exclusive' ? 'for itself alone' : 'to change it too';
  return `${task} asks for ${patterns.join(' ')}, ${how}${why === '' ? '' : `: ${why}`}`;
}
