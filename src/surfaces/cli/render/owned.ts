import { askedFor } from '../../../core/claim-request.ts';
import { oneLine } from '../../../core/event.ts';
import type { Claims } from '../../../flows/claims/claims.ts';
import type { Owned, Owner } from '../../../flows/claims/owns.ts';
import type { Style } from '../command.ts';
import { table } from './table.ts';

/** Whose one path is: the path, then a line for each who has a say. */
export function renderOwned(owned: Owned, style: Style): string {
  const { owner, sharers, frozen, shared, approval, codeowners, requests, here } = owned;
  const nobody = !owner && sharers.length === 0 && frozen === null && shared === null;
  const rows = [
    ...(owner ? [`owned by task ${holder(owner)}`] : []),
    ...sharers.map((one) => `shared by task ${holder(one)}`),
    ...(frozen === null ? [] : [`frozen by ownership.frozen (${frozen}): only a person can let a task change it`]),
    ...(shared === null ? [] : [`shared by all tasks: ownership.shared (${shared})`]),
    ...(nobody ? ['claimed by nobody'] : []),
    ...(approval ? [`needs the approval of ${approval.approvers.join(' or ')} (${approval.source})`] : []),
    ...(codeowners && codeowners.source !== approval?.source
      ? [`code owners: ${codeowners.approvers.join(' ')} (${codeowners.source})`]
      : []),
    ...requests.map(({ id, task, why }) => `asked for by task ${task} (r${id})${why ? `: ${why}` : ''}`),
    ...(here ? [`task ${here.task} ${here.may ? 'may change it' : `may not change it: ${here.why}`}`] : []),
  ];
  return [style.bold(oneLine(owned.path)), ...rows.map((row) => `  ${oneLine(row, 400)}`)].join('\n');
}

function holder({ task, state, pattern, since, until, by, why }: Owner): string {
  const day = since.slice(0, 16).replace('T', ' ');
  const more = [
    `${state}, since ${day}`,
    ...(until ? [`until ${until.slice(0, 16).replace('T', ' ')}`] : []),
    ...(by ? [`claimed by ${by}`] : []),
  ];
  return `${task} as ${pattern} (${more.join(', ')})${why ? `: ${why}` : ''}`;
}

/** Every claim in force, then the requests. */
export function renderClaims({ claims, requests }: Claims, style: Style): string {
  if (claims.length + requests.length === 0) return 'No task claims anything.';
  const time = (text: string | null) => text?.slice(0, 16).replace('T', ' ') ?? '';
  const rows = table(
    [
      { title: 'TASK', cells: claims.map(({ task }) => task), spare: 0 },
      { title: 'CLAIM', cells: claims.map(({ pattern }) => pattern), spare: 0 },
      { title: 'HOW', cells: claims.map(({ mode }) => (mode === 'shared' ? 'shared' : '')), spare: 1 },
      { title: 'SINCE', cells: claims.map(({ since }) => time(since)), spare: 2 },
      { title: 'UNTIL', cells: claims.map(({ until }) => time(until)), spare: 1 },
      { title: 'WHY', cells: claims.map(({ why }) => why ?? ''), spare: 3 },
    ],
    style.width,
    style.dim,
  );
  const asked = requests.map((one) => {
    const state =
      one.state === 'open' ? (one.escalation ? `waits: gwt resolve ${one.escalation}` : 'waits') : one.state;
    return `  r${one.id}  ${oneLine(askedFor(one))}  (${state})`;
  });
  return [...(claims.length > 0 ? rows : []), ...(asked.length > 0 ? [style.bold('Requests:'), ...asked] : [])].join(
    '\n',
  );
}
