import { askedFor, type ClaimRequest, type Party, partiesOf, waitingFor } from '../../core/claim-request.ts';
import type { Escalation } from '../../core/escalation.ts';
import type { ClaimMode } from '../../core/holding.ts';
import { withNote } from '../../core/notes.ts';
import { document, parsed, taskOf } from '../../core/records.ts';
import { holds } from '../../core/recovery.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import type { Entry, Key, Ports, View, Write } from '../../ports.ts';
import { lastNumber } from '../escalate.ts';
import { witnessOf } from '../recover.ts';
import { allTasks } from '../tasks.ts';
import { type Rules, rulesFor } from './rules.ts';
import type { Voice } from './voice.ts';

export interface Asking {
  readonly task: Task;
  readonly voice: Voice;
  readonly patterns: readonly string[];
  readonly mode: ClaimMode;
  readonly files: readonly string[];
  readonly ttl?: number;
  readonly why?: string;
}

/** Every request for paths, the oldest first. */
export async function claimRequests({ ledger }: Pick<Ports, 'ledger'>): Promise<readonly ClaimRequest[]> {
  const entries = await ledger.list('requests', ['request.json']);
  return entries.map(requestOf).sort((a, b) => Number(a.id) - Number(b.id));
}

export function requestOf(entry: Entry): ClaimRequest {
  return parsed<ClaimRequest>(entry, 'request.json');
}

/**
 * Asks whoever holds the paths: a task that runs hears of it with its next prompt. What is asked for already is not
 * asked twice. Undefined when nobody is in the way any more.
 */
export async function askForPaths(ports: Ports, asking: Asking): Promise<ClaimRequest | undefined> {
  const { task, patterns, mode } = asking;
  if (patterns.some((pattern) => pattern.startsWith('!')))
    throw new Refusal('usage.bad', { problem: 'what others hold is asked for without exceptions', command: 'claim' });
  const rules = await rulesFor(ports, task.target);
  const ofIt = ({ state, ...one }: ClaimRequest) =>
    state === 'open' && one.task === task.id && one.mode === mode && one.patterns.join('\n') === patterns.join('\n');
  for (;;) {
    const known = (await claimRequests(ports)).find(ofIt);
    if (known) return known;
    const id = String((await lastNumber(ports, 'requests')) + 1);
    const opened = await opening(ports, asking, id, rules);
    if (opened !== 'again') return opened === 'free' ? undefined : opened;
  }
}

async function opening(
  ports: Ports,
  asking: Asking,
  id: string,
  rules: Rules,
): Promise<ClaimRequest | 'free' | 'again'> {
  const { task, patterns, mode, files } = asking;
  const key: Key = `requests/${id}`;
  const wanted = { task: task.id, patterns, mode, files };
  const asked = partiesOf(wanted, { tasks: await allTasks(ports), ...rules }).flatMap((party) => party.task ?? []);
  const { answerMinutes } = (await ports.config.load()).ownership;
  const keys: Key[] = [key, 'meta/claims', ...new Set(asked.map((one): Key => `tasks/${one}`))];
  const request = await ports.ledger.transact<ClaimRequest | 'free' | 'again'>({ keys, kinds: ['tasks'] }, (view) => {
    if (view.entry(key)) return { writes: [], result: 'again' };
    const parties = partiesOf(wanted, { tasks: view.all('tasks').map(taskOf), ...rules });
    if (parties.length === 0) return { writes: [], result: 'free' };
    if (parties.some(({ task }) => task !== undefined && !keys.includes(`tasks/${task}`)))
      return { writes: [], result: 'again' };
    const drafted = drawnUp(ports, asking, id, parties, answerMinutes);
    const event = askedEvent(drafted);
    const writes = [
      { key, event, docs: { 'request.json': document(drafted) } },
      { key: 'meta/claims' as const, event, docs: {} },
      ...asksAround(ports, view, drafted, parties),
    ];
    return { writes, result: drafted };
  });
  if (typeof request === 'object') ports.report(askedEvent(request));
  return request;
}

function drawnUp(
  { clock }: Pick<Ports, 'clock'>,
  { task, voice, patterns, mode, files, ttl, why = '' }: Asking,
  id: string,
  parties: readonly Party[],
  minutes: number,
): ClaimRequest {
  const at = (ms: number) => new Date(clock.now() + ms).toISOString();
  return {
    version: 1,
    id,
    state: 'open',
    task: task.id,
    branch: task.branch,
    patterns,
    mode,
    ...(files.length > 0 ? { files: files.filter((file) => patterns.includes(file)) } : {}),
    ...(ttl === undefined ? {} : { ttl }),
    why,
    by: voice.name,
    ...(voice.task ? { agent: true as const } : {}),
    parties,
    askedAt: at(0),
    deadline: at(minutes * 60_000),
  };
}

function askedEvent({ id, task, patterns, parties, why, askedAt }: ClaimRequest) {
  const of = [...new Set(parties.map((party) => party.task ?? party.approvers?.join(' or ') ?? 'a person'))];
  return { type: 'claim.asked', at: askedAt, request: id, task, owns: patterns, of, why } as const;
}

/** A note for each task that is to answer and runs; for others a person is asked. */
export function asksAround(
  ports: Pick<Ports, 'self' | 'clock'>,
  view: View,
  request: ClaimRequest,
  parties: readonly Party[],
): readonly Write[] {
  const at = new Date(ports.clock.now()).toISOString();
  return [...new Set(waitingFor({ parties }).flatMap(({ task }) => task ?? []))].flatMap((id): Write[] => {
    const entry = view.entry(`tasks/${id}`);
    if (!entry || !isRunning(ports, taskOf(entry))) return [];
    return [noteWrite(entry, { at, from: request.task, text: askingText(request) })];
  });
}

function askingText(request: ClaimRequest): string {
  const r = `r${request.id}`;
  return [
    `request ${r}: ${askedFor(request)}. You hold it; answer with one of`,
    `  gwt claim --grant ${r}     it becomes theirs; what you have committed there still lands`,
    `  gwt claim --share ${r}     both of you may change it`,
    `  gwt claim --refuse ${r} --why "<reason>"`,
  ].join('\n');
}

/** One more note in a task's entry, for its next prompt. */
export function noteWrite(
  entry: Entry,
  note: { readonly at: string; readonly from: string; readonly text: string },
): Write {
  const task = entry.key.slice('tasks/'.length);
  return {
    key: entry.key,
    event: { type: 'note.added', task, ...note },
    docs: { 'notes.json': withNote(entry.docs, note) },
  };
}

/** True while the loop of a task is alive to hear a question. */
export function isRunning(ports: Pick<Ports, 'self' | 'clock'>, { state, lease }: Task): boolean {
  return state === 'running' && holds(lease, witnessOf(ports));
}

/** The escalation that asked a person about it, answered. */
export function closedQuestion(view: View, { escalation }: ClaimRequest, at: string, by: string): readonly Write[] {
  const entry = escalation === undefined ? undefined : view.entry(`escalations/${escalation}`);
  if (!entry || escalation === undefined) return [];
  const now = { ...parsed<Escalation>(entry, 'escalation.json'), state: 'resolved', resolvedAt: at, resolvedBy: by };
  const event = { type: 'escalation.resolved', at, escalation, by } as const;
  return [{ key: entry.key, event, docs: { 'escalation.json': document(now) } }];
}
