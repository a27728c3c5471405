import { fenced, inline, shortened } from '../merge/quote.ts';
import { asking } from './debate.ts';

/** What one agent proposes. `letter` is what the others know it by. */
export interface Proposal {
  readonly agent: string;
  readonly letter: string;
  readonly proposal: string;
  readonly confidence: number;
  readonly reasons: readonly string[];
}
/** What one agent votes for: a letter of a proposal. */
export interface Vote {
  readonly agent: string;
  readonly vote: string;
  readonly reasons: readonly string[];
}
export interface DecisionRound {
  readonly proposals: readonly Proposal[];
  readonly votes: readonly Vote[];
  /** Who said nothing that counts, and why. */
  readonly silent: readonly string[];
}

/** A question that agents decided, or could not: ledger entry `decisions/<id>`, document `decision.json`. */
export interface DecisionRecord {
  readonly version: 1;
  readonly id: string;
  readonly question: string;
  readonly agents: readonly string[];
  readonly quorum: number;
  readonly outcome: 'decided' | 'open';
  readonly answer?: string;
  readonly reasons: readonly string[];
  /** Who decided: the agents, or a person afterwards. */
  readonly by?: string;
  /** Votes for the answer, or for what had most of them, of all that were asked. */
  readonly share: number;
  readonly rounds: readonly DecisionRound[];
  readonly escalation?: string;
  readonly at: string;
}

export interface Tally {
  readonly first: Proposal | undefined;
  /** Its votes by the number of those who were asked: who is silent agrees with nobody. */
  readonly share: number;
  readonly reasons: readonly string[];
}

/** What has most votes; among those with as many, what its own agent is surest of. */
export function tally({ proposals, votes }: DecisionRound, asked: number): Tally {
  const counted = proposals.map((one) => ({ one, votes: votes.filter(({ vote }) => vote === one.letter) }));
  counted.sort((a, b) => b.votes.length - a.votes.length || b.one.confidence - a.one.confidence);
  const [best] = counted;
  if (!best || best.votes.length === 0) return { first: undefined, share: 0, reasons: [] };
  const reasons = [...best.one.reasons, ...best.votes.flatMap((vote) => vote.reasons)];
  return { first: best.one, share: best.votes.length / Math.max(1, asked), reasons: [...new Set(reasons)] };
}

/** True when the share is the quorum; two of three are 0.66 too. */
export const isQuorum = (share: number, quorum: number): boolean => share > 0 && share + 0.01 >= quorum;

export const letterOf = (at: number): string =>
  String.fromCharCode(65 + (at % 26)) + (at < 26 ? '' : String(Math.floor(at / 26)));

const MOST = 6_000;

/** The prompt of one who proposes; after a round without a quorum with what all proposed and why they voted so. */
export function proposePrompt(question: string, before: DecisionRound | undefined, answer: string): string {
  return [
    '# Propose an answer',
    `## The question\n${fenced(shortened(question, MOST))}`,
    ...(before
      ? [`## What was proposed before, without enough agreement\n${listed(before.proposals)}`, objections(before)]
      : []),
    asking(answer, '{ "proposal": "your answer", "confidence": 0.8, "reasons": ["why"] }', [
      'The project is checked out here; look at it as far as the question needs. Change nothing.',
      'Confidence is between 0 and 1. Propose what you would stand by, in a sentence or two.',
    ]),
  ].join('\n\n');
}

/** The prompt of one who votes; nobody is told whose a proposal is. */
export function votePrompt(question: string, proposals: readonly Proposal[], answer: string): string {
  return [
    '# Vote for an answer',
    `## The question\n${fenced(shortened(question, MOST))}`,
    `## The proposals\n${listed(proposals)}`,
    asking(answer, `{ "vote": "${proposals[0]?.letter ?? 'A'}", "reasons": ["why it is better than the others"] }`, [
      'Vote for the one that is best for the project, whether it was yours or not. Change nothing.',
    ]),
  ].join('\n\n');
}

const listed = (proposals: readonly Proposal[]): string =>
  proposals
    .map(({ letter, proposal, confidence, reasons }) => {
      const text = [proposal, ...reasons.map((reason) => `- ${reason}`)].join('\n');
      return `### ${letter}\n\n${fenced(shortened(text, MOST))}\n\nconfidence ${confidence}`;
    })
    .join('\n\n');

function objections({ votes }: DecisionRound): string {
  const rows = votes.map(({ vote, reasons }) => `${vote}: ${reasons.join('; ')}`);
  return `## How they voted, and why\n${fenced(shortened(rows.join('\n'), MOST))}\nPropose what more of them could agree to, or say better why yours is right (${inline('reasons')}).`;
}

/** Seconds of `10m`, `90s`, `2h` or a plain number of minutes; undefined for anything else. */
export function secondsOf(text: string): number | undefined {
  const [, number, unit = 'm'] = /^(\d+(?:\.\d+)?)\s*([smh])?$/.exec(text.trim()) ?? [];
  const seconds = Number(number) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
  return seconds > 0 && seconds <= 7 * 24 * 3600 ? seconds : undefined;
}
