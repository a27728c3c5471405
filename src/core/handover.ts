import { type ClaimRequest, type Party, waitingFor } from './claim-request.ts';
import { type ClaimMode, givingUp, taking } from './holding.ts';
import type { ClaimTerm, Kept, Task } from './task.ts';

/** What becomes of the tasks once everybody who was asked said yes, by task; only tasks that change. */
export function handedOver(
  request: Pick<ClaimRequest, 'task' | 'patterns' | 'mode'> & { readonly parties: readonly Party[] },
  tasks: readonly Task[],
  terms: readonly ClaimTerm[],
  kept: ReadonlyMap<string, readonly Kept[]>,
): ReadonlyMap<string, Task> {
  const { parties, patterns } = request;
  const mode = modeOf(request);
  const after = new Map<string, Task>();
  const holders = new Set(
    parties.flatMap(({ why, task }) => (task && (why === 'owned' || why === 'shared') ? [task] : [])),
  );
  for (const task of tasks) {
    if (holders.has(task.id)) {
      const given = { ...task, ...givingUp(task, patterns, mode === 'exclusive' ? kept.get(task.id) : []) };
      after.set(task.id, mode === 'exclusive' ? given : { ...given, ...taking(given, 'shared', patterns.map(joint)) });
    }
    if (task.id !== request.task) continue;
    const closed = parties.some(({ why }) => why === 'frozen' || why === 'approval');
    const approved = closed ? { approved: [...new Set([...(task.approved ?? []), ...patterns])] } : {};
    after.set(task.id, { ...task, ...taking(task, mode, terms), ...approved });
  }
  return after;

  function joint(pattern: string): ClaimTerm {
    const { since = '', by = '' } = terms[0] ?? {};
    return { pattern, since, by, why: `shared with ${request.task}`, agent: true };
  }
}

/** How the claim is taken: with others, as soon as one of those asked wants that. */
export function modeOf({ mode, parties }: { readonly mode: ClaimMode; readonly parties: readonly Party[] }): ClaimMode {
  return parties.some(({ said }) => said?.answer === 'share') ? 'shared' : mode;
}

/** The parties with the answer of those for whom it is given. */
export function answeredBy(
  parties: readonly Party[],
  said: NonNullable<Party['said']>,
  isMine: (party: Party) => boolean,
): readonly Party[] {
  const waiting = waitingFor({ parties });
  return parties.map((party) => (waiting.includes(party) && isMine(party) ? { ...party, said } : party));
}
