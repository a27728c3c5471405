import type { ClaimRequest, Party } from '../../../core/claim-request.ts';
import { oneLine } from '../../../core/event.ts';
import { whyNot } from '../../../core/trespass.ts';
import type { Claimed } from '../../../flows/claims/claim.ts';
import type { Released } from '../../../flows/claims/release.ts';

/** What was taken, what was the task's already, and whom the rest waits for. */
export function renderClaimed({ task, mode, taken, until, held, common, request }: Claimed): string {
  const how = mode === 'shared' ? ', with others' : '';
  return [
    ...(taken.length > 0 ? [`${task} may change now${how}${until ? `, until ${until}` : ''}: ${words(taken)}`] : []),
    ...(held.length > 0 ? [`Claimed by ${task} before: ${words(held)}`] : []),
    ...(common.length > 0 ? [`Every task may change it, there is nothing to claim: ${words(common)}`] : []),
    ...(request ? [requestText(request)] : []),
  ].join('\n');
}

function requestText(request: ClaimRequest): string {
  if (request.state !== 'open') return renderAnswered(request);
  return [
    `Asked for as request r${request.id}: ${words(request.patterns)}`,
    ...request.parties.map((party) => `  ${partyLine(party)}`),
    ...(request.escalation ? [`  A person is asked: gwt inbox show ${request.escalation}`] : []),
    '  The answer comes with the next prompt; until then a commit there is refused. Go on with something else.',
  ].join('\n');
}

/** Why one party has to agree, and what it said. */
export function partyLine({ why, task, approvers = [], path, theirs, said }: Party): string {
  const reason = why === 'frozen' || why === 'approval' ? why : 'owned';
  const is = whyNot({ reason, approvers, ...(task ? { owner: task } : {}) });
  const where = oneLine(path === '' ? theirs : path);
  const words = why === 'shared' ? `is shared by task ${task}` : why === 'owned' ? is : `is ${is}`;
  return `${where} ${words}${said ? `; ${said.by} says ${said.answer}` : ''}`;
}

/** How a request stands after an answer. */
export function renderAnswered({ id, task, patterns, state, parties, said }: ClaimRequest): string {
  const left = parties.filter((party) => party.said === undefined);
  const words: Record<ClaimRequest['state'], string> = {
    open: `waits for ${left.map(({ task, approvers = [] }) => task ?? (approvers.join(' or ') || 'a person')).join(', ')}`,
    granted: `is granted; ${task} reads it with its next prompt`,
    refused: `is refused; ${task} reads it with its next prompt`,
    withdrawn: 'is withdrawn',
  };
  return `Request r${id} of ${task} for ${patterns.map((one) => oneLine(one)).join('  ')} ${words[state]}${said ? ` (${oneLine(said)})` : ''}.`;
}

/** What was given up, and what is left. */
export function renderReleased({ task, released, owns, shares, kept }: Released): string {
  return [
    `Released by ${task}: ${words(released)}`,
    ...(kept.length > 0 ? [`Committed there already, and still to land as it is: ${words(kept)}`] : []),
    owns.length + shares.length > 0 ? `Still claimed: ${words([...owns, ...shares])}` : 'It claims nothing now.',
  ].join('\n');
}

const words = (texts: readonly string[]): string => texts.map((text) => oneLine(text)).join('  ');
