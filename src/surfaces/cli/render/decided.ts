import type { DecisionRecord } from '../../../core/patterns/decide.ts';
import type { Style } from '../command.ts';
import { printable } from '../refused.ts';

/** What was decided and why, or what each proposed and where a person is asked. */
export function renderDecided(record: DecisionRecord, style: Style): string {
  const { id, question, outcome, answer = '', reasons, share, quorum, rounds, escalation, by } = record;
  const last = rounds.at(-1);
  const votes = (letter: string) => last?.votes.filter(({ vote }) => vote === letter).length ?? 0;
  const proposals = (last?.proposals ?? []).map(
    ({ letter, agent, proposal, confidence }) =>
      `  ${letter}  ${votes(letter)} vote${votes(letter) === 1 ? '' : 's'}  ${printable(agent)} (${confidence}): ${printable(proposal).replace(/\s+/g, ' ')}`,
  );
  const silent = (last?.silent ?? []).map((line) => style.dim(`  ${printable(line)}`));
  const share100 = `${Math.round(share * 100)} % of ${record.agents.length}, ${Math.round(quorum * 100)} % needed`;
  const end =
    outcome === 'decided'
      ? [
          `${style.green('decided')}: ${printable(answer)}${by === 'agents' ? ` (${share100})` : ` (by ${printable(by ?? 'a person')})`}`,
        ]
      : [`${style.yellow('no quorum')} (${share100}): gwt inbox show ${escalation ?? ''}`];
  const why = outcome === 'decided' ? reasons.map((reason) => `  - ${printable(reason).replace(/\s+/g, ' ')}`) : [];
  return [
    style.bold(`decision ${id}: ${printable(question).replace(/\s+/g, ' ')}`),
    ...proposals,
    ...silent,
    ...end,
    ...why,
  ].join('\n');
}

/** One line for each, the newest first. */
export function renderDecisions(all: readonly DecisionRecord[], style: Style): string {
  if (all.length === 0) return `Nothing was decided yet: gwt decide "…" --agents a,b,c`;
  const line = (text: string) => printable(text).replace(/\s+/g, ' ');
  return all
    .map(({ id, question, outcome, answer = '', escalation = '' }) =>
      outcome === 'decided'
        ? `${id}  ${line(question)}  ${style.green(line(answer))}`
        : `${id}  ${line(question)}  ${style.yellow(`open: gwt inbox show ${escalation}`)}`,
    )
    .join('\n');
}
