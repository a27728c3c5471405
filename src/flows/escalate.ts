import { type Choice, type Context, choicesFor, type Escalation, type Reason } from '../core/escalation.ts';
import { document, parsed, taskOf } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import { moved } from '../core/task.ts';
import type { Entry, Key, Ports, Write } from '../ports.ts';

export interface EscalationInput {
  readonly branch: string;
  readonly task?: string;
  /** The branch it was to land on: the answer counts for landing there alone. */
  readonly target?: string;
  readonly reason: Reason;
  /** The request for paths it is about. */
  readonly request?: string;
  /** The decision that agents could not make. */
  readonly decision?: string;
  readonly paths?: readonly string[];
  readonly summary: string;
  readonly context?: Context;
  /** What `choicesFor` says when left out; `{id}` in a command becomes the escalation's number. */
  readonly choices?: readonly Choice[];
  /** Commits the escalation keeps reachable until it is answered. */
  readonly keeps?: readonly string[];
  /** Also makes the task blocked on it, in the same transaction. */
  readonly blocks?: boolean;
}

type LedgerPorts = Pick<Ports, 'ledger' | 'clock' | 'report'>;

/**
 * The number of the escalation that now asks. The same question about the same branch is asked once: where it is open
 * already, it is told again with what is known now.
 */
export async function openEscalation(ports: LedgerPorts, input: EscalationInput): Promise<{ readonly id: string }> {
  const open = (await escalations(ports)).filter(({ state }) => state === 'open');
  const same = open.find((one) => isSame(one, input));
  if (same && (await opened(ports, input, same.id))) return { id: same.id };
  for (let number = await lastNumber(ports, 'escalations'); ; ) {
    number += 1;
    if (await opened(ports, input, String(number))) return { id: String(number) };
  }
}

/** An agent may ask several things at once; of other kinds there is one for a branch. */
function isSame(known: Escalation, { branch, target, reason, summary }: EscalationInput): boolean {
  if (known.branch !== branch || known.reason !== reason) return false;
  if (known.target !== undefined && known.target !== target) return false;
  return (reason !== 'question' && reason !== 'claim') || known.summary === summary;
}

/** Every escalation, the oldest first. */
export async function escalations({ ledger }: Pick<Ports, 'ledger'>): Promise<readonly Escalation[]> {
  const entries = await ledger.list('escalations', ['escalation.json']);
  return entries.map(escalationOf).sort((a, b) => Number(a.id) - Number(b.id));
}

/** The highest number in use among numbered entries, 0 when there is none. */
export async function lastNumber(
  { ledger }: Pick<Ports, 'ledger'>,
  kind: 'escalations' | 'landings' | 'messages' | 'requests',
): Promise<number> {
  const entries = await ledger.list(kind, []);
  return Math.max(0, ...entries.map(({ key }) => Number(key.slice(kind.length + 1)) || 0));
}

/** The open escalation with that number. Refuses `escalation.unknown` with the numbers that are open. */
export async function openEscalationNamed(ports: Pick<Ports, 'ledger'>, id: string): Promise<Escalation> {
  const open = (await escalations(ports)).filter(({ state }) => state === 'open');
  const found = open.find((one) => one.id === id);
  if (found) return found;
  throw new Refusal('escalation.unknown', { escalation: id, open: open.map((one) => one.id) });
}

/** The escalation as it is after `change`; `done` tells that it is answered, by whom. Writes nothing when it is not open. */
export async function changeEscalation(
  ports: LedgerPorts,
  id: string,
  change: (now: Escalation) => Escalation,
  done?: { readonly by: string; readonly keeps?: readonly string[] },
): Promise<Escalation> {
  const key: Key = `escalations/${id}`;
  const at = new Date(ports.clock.now()).toISOString();
  return ports.ledger.transact({ keys: [key] }, (view) => {
    const entry = view.entry(key);
    if (!entry) throw new Refusal('escalation.unknown', { escalation: id, open: [] });
    const before = escalationOf(entry);
    if (before.state !== 'open') return { writes: [], result: before };
    const changed = change(before);
    const now: Escalation = done ? { ...changed, state: 'resolved', resolvedAt: at, resolvedBy: done.by } : changed;
    const event = done
      ? ({ type: 'escalation.resolved', at, escalation: id, by: done.by } as const)
      : ({ type: 'escalation.changed', at, escalation: id } as const);
    return { writes: [{ key, event, docs: { 'escalation.json': document(now) } }], result: now };
  });
}

/** Closes what is asked about a task for one of these reasons: it was settled another way. */
export async function closeQuestions(
  ports: LedgerPorts,
  task: string,
  reasons: readonly Reason[],
  by: string,
): Promise<void> {
  for (const one of await escalations(ports)) {
    if (one.state !== 'open' || one.task !== task || !reasons.includes(one.reason)) continue;
    const { resolvedAt = '' } = await changeEscalation(ports, one.id, (now) => now, { by });
    ports.report({ type: 'escalation.resolved', at: resolvedAt, escalation: one.id, by });
  }
}

export function escalationOf(entry: Entry): Escalation {
  return parsed<Escalation>(entry, 'escalation.json');
}

/** False when the number is taken by another question: by one just opened, or because it was answered meanwhile. */
async function opened(ports: LedgerPorts, input: EscalationInput, id: string): Promise<boolean> {
  const { branch, reason, task, target } = input;
  const key: Key = `escalations/${id}`;
  const taskKey: Key = `tasks/${task ?? ''}`;
  const at = new Date(ports.clock.now()).toISOString();
  const asked = { type: 'escalation.opened', at, escalation: id, branch, reason } as const;
  const event = await ports.ledger.transact({ keys: task ? [key, taskKey] : [key] }, (view) => {
    const known = view.entry(key);
    const before = known ? escalationOf(known) : undefined;
    const same = before?.state === 'open' && before.reason === reason && (before.target ?? target) === target;
    if (before && !(same && before.branch === branch)) return { writes: [], result: undefined };
    const event = before ? ({ ...asked, again: true } as const) : asked;
    const docs = { 'escalation.json': document(drafted(input, id, before, at)) };
    const entry = task && input.blocks ? view.entry(taskKey) : undefined;
    const blocking = entry ? blocked(entry, id, input, at) : [];
    return { writes: [{ key, event, docs, keeps: input.keeps ?? [] }, ...blocking], result: event };
  });
  if (event) ports.report(event);
  return event !== undefined;
}

function drafted(input: EscalationInput, id: string, before: Escalation | undefined, at: string): Escalation {
  const { branch, task, target, reason, summary } = input;
  const choices = input.choices ?? choicesFor(id, reason, task);
  return {
    version: 1,
    id,
    reason,
    state: 'open',
    branch,
    ...(task ? { task } : {}),
    ...(target ? { target } : {}),
    ...(input.request ? { request: input.request } : {}),
    ...(input.decision ? { decision: input.decision } : {}),
    paths: input.paths ?? [],
    summary,
    context: input.context ?? {},
    choices: choices.map(({ command, what }) => ({ command: command.replaceAll('{id}', id), what })),
    ...(before?.decisions ? { decisions: before.decisions } : {}),
    openedAt: before?.openedAt ?? at,
  };
}

function blocked(entry: Entry, id: string, input: EscalationInput, at: string): Write[] {
  const task = taskOf(entry);
  const now = moved(task, 'blocked', { blocked: { reason: input.summary, escalation: id } });
  if (!now) return [];
  const event = { type: 'task.blocked', at, task: task.id, reason: input.summary, escalation: id } as const;
  return [{ key: entry.key, event, docs: { 'task.json': document(now) } }];
}
