import {
  type DecisionRecord,
  type DecisionRound,
  isQuorum,
  letterOf,
  type Proposal,
  proposePrompt,
  tally,
  type Vote,
  votePrompt,
} from '../../core/patterns/decide.ts';
import { shareIn, textIn, textsIn } from '../../core/patterns/said.ts';
import { document, parsed } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Entry, Oid, Ports } from '../../ports.ts';
import { approve } from '../approve.ts';
import { openEscalation } from '../escalate.ts';
import { targetOf } from '../init.ts';
import { send } from '../messages/send.ts';
import { taskNamed } from '../tasks.ts';
import { ask } from './ask.ts';

export interface DecideInput {
  readonly question: string;
  /** Who is asked; one may be named several times, each time it thinks anew. */
  readonly agents: readonly string[];
  /** Share of all who are asked that must agree. */
  readonly quorum: number;
  readonly deadlineSeconds: number;
  /** Rounds of proposals and votes; each after the first knows what was said before. */
  readonly rounds: number;
  /** The task that is told. */
  readonly task?: string;
}

/** Has agents propose, vote and agree; what they decide is written down with its reasons, else a person is asked. */
export async function decide(ports: Ports, input: DecideInput): Promise<DecisionRecord> {
  const { agents, quorum, deadlineSeconds } = input;
  for (const agent of agents) await ports.agents.find(agent);
  const task = input.task === undefined ? undefined : await taskNamed(ports, input.task);
  await approve(ports, ['agents', 'setup']);
  const target = await targetOf(ports);
  const commit = await ports.git.refs.resolve(`refs/heads/${target}`);
  if (!commit) throw new Refusal('target.absent', { target });
  const until = ports.clock.now() + deadlineSeconds * 1000;
  const talk = { ...input, commit, until, about: `decision-${ports.ids.next()}` };
  const rounds: DecisionRound[] = [];
  let now = tally({ proposals: [], votes: [], silent: [] }, agents.length);
  while (rounds.length < input.rounds && !isQuorum(now.share, quorum) && !over(ports, talk)) {
    const round = await oneRound(ports, talk, rounds.length + 1, rounds.at(-1));
    rounds.push(round);
    now = tally(round, agents.length);
  }
  const decided = isQuorum(now.share, quorum) ? now.first : undefined;
  const { question } = input;
  const known = { version: 1 as const, question, agents, quorum, share: now.share, rounds, reasons: now.reasons };
  const made = decided
    ? { ...known, outcome: 'decided' as const, answer: decided.proposal, by: 'agents' }
    : { ...known, outcome: 'open' as const };
  const record = await write(ports, made);
  if (!decided) return asked(ports, record, target, task?.id);
  if (task) await send(ports, { to: task.id, type: 'decision', text: wordsOf(record) });
  return record;
}

interface Talk extends DecideInput {
  readonly commit: Oid;
  readonly until: number;
  readonly about: string;
}

const over = ({ clock, stop }: Ports, { until }: Talk): boolean => stop.aborted || clock.now() >= until;

/** All propose at once, then all vote at once, on proposals that carry no names. */
async function oneRound(
  ports: Ports,
  talk: Talk,
  number: number,
  before: DecisionRound | undefined,
): Promise<DecisionRound> {
  const { agents, question, commit, about } = talk;
  const askAll = (what: string, prompt: (answer: string) => string) =>
    Promise.all(
      agents.map((agent, at) => {
        const wallMs = Math.max(1, talk.until - ports.clock.now());
        const name = `${number}-${what}-${at + 1}`;
        return ask(ports, { agent, commit, role: 'architect', name, about, wallMs, prompt });
      }),
    );
  const silent: string[] = [];
  const proposed = await askAll('propose', (answer) => proposePrompt(question, before, answer));
  const proposals = proposed.flatMap(({ said, silent: why }, at): Proposal[] => {
    const [agent = '', proposal] = [agents[at], textIn(said, 'proposal')];
    if (proposal === '') silent.push(why ?? `${agent} proposed nothing`);
    const more = { confidence: shareIn(said, 'confidence'), reasons: textsIn(said, 'reasons') };
    return proposal === '' ? [] : [{ agent, letter: letterOf(at), proposal, ...more }];
  });
  if (proposals.length === 0 || over(ports, talk)) return { proposals, votes: [], silent };
  const voted = await askAll('vote', (answer) => votePrompt(question, proposals, answer));
  const votes = voted.flatMap(({ said, silent: why }, at): Vote[] => {
    const [agent = '', vote] = [agents[at], textIn(said, 'vote').toUpperCase()];
    const counts = proposals.some(({ letter }) => letter === vote);
    if (!counts) silent.push(why ?? `${agent} voted for none of them`);
    return counts ? [{ agent, vote, reasons: textsIn(said, 'reasons') }] : [];
  });
  return { proposals, votes, silent };
}

async function write(ports: Ports, made: Omit<DecisionRecord, 'id' | 'at'>): Promise<DecisionRecord> {
  const at = new Date(ports.clock.now()).toISOString();
  for (;;) {
    const id = String(1 + Math.max(0, ...(await decisions(ports)).map((one) => Number(one.id))));
    const record: DecisionRecord = { ...made, id, at };
    const key = `decisions/${id}` as const;
    const event = eventOf(record);
    const free = await ports.ledger.transact({ keys: [key] }, (view) =>
      view.entry(key)
        ? { writes: [], result: false }
        : { writes: [{ key, event, docs: { 'decision.json': document(record) } }], result: true },
    );
    if (!free) continue;
    ports.report(event);
    return record;
  }
}

const eventOf = ({ at, id, question, outcome, answer, share }: DecisionRecord) =>
  ({ type: 'decision.made', at, decision: id, question, outcome, share, ...(answer ? { answer } : {}) }) as const;

/** A person decides what the agents could not; the answer is written into the record. */
async function asked(ports: Ports, record: DecisionRecord, target: string, task?: string): Promise<DecisionRecord> {
  const { question, rounds, share, agents, id } = record;
  const last = rounds.at(-1);
  const told = last?.proposals.map(
    ({ letter, agent, proposal, reasons }) => `${letter} (${agent}): ${proposal} ${reasons.join('; ')}`,
  );
  const { id: escalation } = await openEscalation(ports, {
    branch: target,
    ...(task ? { task } : {}),
    decision: id,
    reason: 'question',
    summary: question.split('\n')[0] ?? '',
    context: {
      tried: [
        `${agents.length} agents were asked in ${rounds.length} rounds; most agreement: ${Math.round(share * 100)} %`,
      ],
      notes: [...(told ?? []), ...(last?.silent ?? [])],
    },
  });
  return change(ports, id, (before) => ({ ...before, escalation }));
}

/** The record of a decision with what a person answered. */
export async function settleDecision(
  ports: Pick<Ports, 'ledger' | 'report' | 'clock'>,
  id: string,
  answer: string,
  by: string,
): Promise<DecisionRecord> {
  return change(ports, id, (before) => ({ ...before, outcome: 'decided', answer, by, reasons: [] }));
}

async function change(
  { ledger }: Pick<Ports, 'ledger'>,
  id: string,
  to: (before: DecisionRecord) => DecisionRecord,
): Promise<DecisionRecord> {
  const key = `decisions/${id}` as const;
  return ledger.transact({ keys: [key] }, (view) => {
    const entry = view.entry(key);
    if (!entry) throw new Refusal('ledger.broken', { key, why: 'it is missing' });
    const after = to(recordOf(entry));
    return { writes: [{ key, event: eventOf(after), docs: { 'decision.json': document(after) } }], result: after };
  });
}

/** Every decision, the newest first. */
export async function decisions({ ledger }: Pick<Ports, 'ledger'>): Promise<readonly DecisionRecord[]> {
  const all = (await ledger.list('decisions', ['decision.json'])).map(recordOf);
  return all.sort((a, b) => Number(b.id) - Number(a.id));
}

const recordOf = (entry: Entry): DecisionRecord => parsed<DecisionRecord>(entry, 'decision.json');

const wordsOf = ({ question, answer = '', reasons }: DecisionRecord): string =>
  [`decided: ${question}`, answer, ...reasons.map((reason) => `- ${reason}`)].join('\n');
