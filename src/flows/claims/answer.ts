import { type ClaimRequest, knownAnswers, type Party, partiesOf, waitingFor } from '../../core/claim-request.ts';
import { answeredBy, handedOver, modeOf } from '../../core/handover.ts';
import { document, taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Kept, Task } from '../../core/task.ts';
import type { Key, Ports, View, Write } from '../../ports.ts';
import { keptOf } from './kept.ts';
import { tasksInForce } from './lapse.ts';
import { termOf } from './record.ts';
import { asksAround, claimRequests, closedQuestion, noteWrite, requestOf } from './request.ts';
import { type Rules, rulesFor } from './rules.ts';
import { tellWorktrees } from './told.ts';
import type { Voice } from './voice.ts';

export type ClaimAnswer = 'grant' | 'share' | 'refuse' | 'withdraw';

export interface AnswerInput {
  /** The number of the request, with or without its `r`. */
  readonly request: string;
  readonly answer: ClaimAnswer;
  /** What the asking task is told with it. */
  readonly text?: string;
}

/**
 * The request after an answer. A task answers for what it holds or approves; a person for everybody. Once all said yes
 * the claim changes hands, in one step. Refuses `claim.unasked`, and `claim.foreign` for a task that was not asked.
 */
export async function answerRequest(ports: Ports, input: AnswerInput, voice: Voice): Promise<ClaimRequest> {
  const id = input.request.replace(/^r/i, '');
  const known = await claimRequests(ports);
  const request = known.find((one) => one.id === id);
  const open = known.filter(({ state }) => state === 'open').map((one) => `r${one.id}`);
  if (request?.state !== 'open')
    throw new Refusal('claim.unasked', { request: input.request, state: request?.state ?? '', known: open });
  mayAnswer(request, input.answer, voice);
  await tasksInForce(ports);
  return carriedOut(ports, request, { ...input, voice });
}

function mayAnswer(request: ClaimRequest, answer: ClaimAnswer, voice: Voice): void {
  if (!voice.task) return;
  const own = answer === 'withdraw' ? voice.task === request.task : isAsked(request, voice.task);
  if (!own)
    throw new Refusal('claim.foreign', { task: request.task, speaker: voice.name, doing: `${answer} a request` });
}

const isAsked = (request: ClaimRequest, task: string): boolean =>
  waitingFor(request).some((party) => party.task === task);

interface Said {
  readonly answer: ClaimAnswer;
  readonly text?: string;
  readonly voice: Voice;
}

/** Goes on with a request: with what somebody said, or because what stood in its way may be gone. */
export async function carriedOut(ports: Ports, request: ClaimRequest, said: Said | undefined): Promise<ClaimRequest> {
  for (;;) {
    const done = await attempt(ports, request, said);
    if (done === 'again') continue;
    if (done.state === 'granted') await tellWorktrees(ports);
    return done;
  }
}

async function attempt(ports: Ports, request: ClaimRequest, said: Said | undefined) {
  const { id, task, patterns } = request;
  const key: Key = `requests/${id}`;
  const entry = await ports.ledger.read(key);
  if (!entry) throw new Refusal('claim.unasked', { request: `r${id}`, state: '', known: [] });
  const before = requestOf(entry);
  const tasks = (await ports.ledger.list('tasks', ['task.json'])).map(taskOf);
  const rules = await rulesFor(ports, tasks.find((one) => one.id === task)?.target ?? '');
  const parties = partiesOf(request, { tasks, ...rules });
  const named = new Set([task, ...[...parties, ...before.parties].flatMap((party) => party.task ?? [])]);
  const kept = new Map<string, readonly Kept[]>();
  for (const one of tasks.filter((one) => one.id !== task && named.has(one.id)))
    kept.set(one.id, await keptOf(ports, one, patterns));
  const question: Key[] = before.escalation ? [`escalations/${before.escalation}`] : [];
  const keys: Key[] = [key, 'meta/claims', ...[...named].map((one): Key => `tasks/${one}`), ...question];
  return ports.ledger.transact<ClaimRequest | 'again'>({ keys, kinds: ['tasks'] }, (view) => {
    const step = decide(ports, view, { id, said, rules, kept });
    if (step === 'again' || step.tasks.some((one) => !keys.includes(`tasks/${one}`)))
      return { writes: [], result: 'again' };
    return step.request.escalation !== before.escalation
      ? { writes: [], result: 'again' }
      : { writes: step.writes, result: step.request };
  });
}

interface Case {
  readonly id: string;
  readonly said: Said | undefined;
  readonly rules: Rules;
  readonly kept: ReadonlyMap<string, readonly Kept[]>;
}
interface Step {
  readonly request: ClaimRequest;
  readonly writes: readonly Write[];
  /** Tasks that have to be written, or asked. */
  readonly tasks: readonly string[];
}

function decide(ports: Ports, view: View, { id, said, rules, kept }: Case): Step | 'again' {
  const entry = view.entry(`requests/${id}`);
  if (!entry) return 'again';
  const now = requestOf(entry);
  if (now.state !== 'open') return { request: now, writes: [], tasks: [] };
  if (said?.answer === 'refuse' || said?.answer === 'withdraw') return ending(ports, view, now, said);
  const tasks = view.all('tasks').map(taskOf);
  const current = knownAnswers(partiesOf(now, { tasks, ...rules }), now.parties);
  const parties = said ? answeredBy(current, saidNow(ports, said), isOf(said.voice)) : current;
  const asked = parties.flatMap(({ task }) => task ?? []);
  const request = { ...now, parties };
  if (waitingFor(request).length > 0) {
    const fresh = parties.filter(({ task }) => task && !now.parties.some((party) => party.task === task));
    const same = fresh.length === 0 && JSON.stringify(parties) === JSON.stringify(now.parties);
    if (same) return { request: now, writes: [], tasks: [] };
    const event = answeredEvent(ports, request, said);
    const writes = [{ key: entry.key, event, docs: { 'request.json': document(request) } }];
    return { request, writes: [...writes, ...asksAround(ports, view, request, fresh)], tasks: asked };
  }
  return granting(ports, view, request, { said, tasks, kept });
}

/** Everybody agreed, or nobody is in the way any more. */
function granting(
  ports: Ports,
  view: View,
  request: ClaimRequest,
  { said, tasks, kept }: { said: Said | undefined; tasks: readonly Task[]; kept: Case['kept'] },
): Step {
  // What a person granted a person gave, whoever asked for it.
  const person = said !== undefined && said.voice.task === undefined;
  const voice: Voice = person ? said.voice : { name: request.by, ...(request.agent ? { task: request.task } : {}) };
  const terms = request.patterns.map((pattern) => termOf(pattern, request, voice, ports.clock.now()));
  const after = handedOver(request, tasks, terms, kept);
  const ended = endedNow(ports, request, 'granted', said);
  const event = answeredEvent(ports, ended, said);
  const how = modeOf(request) === 'shared' ? 'you may change it, and others may too' : 'it is yours alone now';
  const note = {
    at: event.at,
    from: event.by,
    text: `request r${request.id} for ${request.patterns.join(' ')} is granted: ${how}${withText(said)}`,
  };
  const writes = [...after].flatMap(([id, task]): Write[] => {
    const entry = view.entry(`tasks/${id}`);
    if (!entry) return [];
    const docs = id === request.task ? noteWrite(entry, note).docs : {};
    return [{ key: entry.key, event, docs: { ...docs, 'task.json': document(task) } }];
  });
  return {
    request: ended,
    tasks: [...after.keys()],
    writes: [
      { key: `requests/${request.id}`, event, docs: { 'request.json': document(ended) } },
      { key: 'meta/claims', event, docs: {} },
      ...writes,
      ...closedQuestion(view, request, event.at, event.by),
    ],
  };
}

/** It comes to nothing: the asking task is told, unless it asked for that itself. */
function ending(ports: Ports, view: View, request: ClaimRequest, said: Said): Step {
  const ended = endedNow(ports, request, said.answer === 'refuse' ? 'refused' : 'withdrawn', said);
  const event = answeredEvent(ports, ended, said);
  const entry = said.answer === 'refuse' ? view.entry(`tasks/${request.task}`) : undefined;
  const text = `request r${request.id} for ${request.patterns.join(' ')} is refused${withText(said)}; do without it`;
  return {
    request: ended,
    tasks: entry ? [request.task] : [],
    writes: [
      { key: `requests/${request.id}`, event, docs: { 'request.json': document(ended) } },
      ...(entry ? [noteWrite(entry, { at: event.at, from: event.by, text })] : []),
      ...closedQuestion(view, request, event.at, event.by),
    ],
  };
}

const withText = (said: Said | undefined): string => (said?.text ? ` (${said.text})` : '');

const isOf =
  ({ task }: Voice) =>
  (party: Party): boolean =>
    task === undefined || party.task === task;

const saidNow = ({ clock }: Ports, { answer, voice }: Said): NonNullable<Party['said']> => ({
  answer: answer === 'share' ? 'share' : 'grant',
  at: new Date(clock.now()).toISOString(),
  by: voice.name,
});

function endedNow(
  { clock }: Ports,
  request: ClaimRequest,
  state: ClaimRequest['state'],
  said: Said | undefined,
): ClaimRequest {
  const endedAt = new Date(clock.now()).toISOString();
  return { ...request, state, endedAt, endedBy: said?.voice.name ?? 'gwt', ...(said?.text ? { said: said.text } : {}) };
}

function answeredEvent({ clock }: Ports, { id, task, patterns, state }: ClaimRequest, said: Said | undefined) {
  const at = new Date(clock.now()).toISOString();
  const answer = said?.answer ?? (state === 'granted' ? 'granted, nobody holds it any more' : 'others are asked');
  return {
    type: 'claim.answered',
    at,
    request: id,
    task,
    by: said?.voice.name ?? 'gwt',
    answer,
    owns: patterns,
  } as const;
}
