import { askedFor, type ClaimRequest, isOverdue, type Party, waitingFor } from '../../core/claim-request.ts';
import { document } from '../../core/records.ts';
import { isActive, type Task } from '../../core/task.ts';
import { whyNot } from '../../core/trespass.ts';
import type { Key, Ports } from '../../ports.ts';
import { changeEscalation, openEscalation } from '../escalate.ts';
import { carriedOut } from './answer.ts';
import { tasksInForce } from './lapse.ts';
import { claimRequests, isRunning, requestOf } from './request.ts';

/**
 * Goes on with every open request: what nobody holds any more is granted, what nobody answers is put to a person, and
 * what nobody wants any more ends. Whoever works with claims does it; there is no daemon for it.
 */
export async function settleRequests(ports: Ports): Promise<void> {
  const open = (await claimRequests(ports)).filter(({ state }) => state === 'open');
  if (open.length === 0) return;
  const tasks = await tasksInForce(ports);
  for (const request of open) await settle(ports, request, tasks);
}

async function settle(ports: Ports, request: ClaimRequest, tasks: readonly Task[]): Promise<void> {
  const asker = tasks.find(({ id }) => id === request.task);
  if (!asker || !isActive(asker)) {
    const voice = { name: 'gwt' };
    await carriedOut(ports, request, { answer: 'withdraw', text: `${request.task} is over`, voice });
    return;
  }
  const now = await carriedOut(ports, request, undefined);
  const running = (id: string) => tasks.some((task) => task.id === id && isRunning(ports, task));
  if (isOverdue(now, ports.clock.now(), running)) await putToPerson(ports, now, asker);
}

/** Asked twice after a crash in between, it is the same question. */
async function putToPerson(ports: Ports, request: ClaimRequest, { branch, id: task }: Task): Promise<void> {
  const waiting = waitingFor(request);
  const { id } = await openEscalation(ports, {
    branch,
    task,
    reason: 'claim',
    request: request.id,
    paths: request.patterns,
    summary: `r${request.id}: ${askedFor(request)}`,
    context: { notes: [`asked by ${request.by} at ${request.askedAt}`, ...waiting.map(partyText)] },
  });
  const key: Key = `requests/${request.id}`;
  const at = new Date(ports.clock.now()).toISOString();
  const event = { type: 'claim.answered', at, request: request.id, task, by: 'gwt' } as const;
  const ended = await ports.ledger.transact<ClaimRequest['endedBy'] | false>({ keys: [key] }, (view) => {
    const entry = view.entry(key);
    const now = entry && requestOf(entry);
    if (now?.state !== 'open') return { writes: [], result: now?.endedBy };
    const docs = { 'request.json': document({ ...now, escalation: id }) };
    const told = { ...event, answer: `a person is asked, escalation ${id}`, owns: now.patterns };
    return { writes: now.escalation === id ? [] : [{ key, event: told, docs }], result: false };
  });
  // It was answered at that very moment: nobody has to be asked any more.
  if (ended !== false) await changeEscalation(ports, id, (now) => now, { by: ended ?? 'gwt' });
}

function partyText({ why, task, approvers = [], theirs, path }: Party): string {
  const where = path === '' ? theirs : path;
  if (why === 'shared') return `${where} is shared by task ${task} (${theirs})`;
  const reason = why === 'frozen' || why === 'approval' ? why : 'owned';
  return `${where} ${why === 'owned' ? '' : 'is '}${whyNot({ reason, approvers, ...(task ? { owner: task } : {}) })} (${theirs})`;
}
