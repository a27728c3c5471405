import { type Attempt, afterAttempt, type Turn, turnOf } from '../../core/queue.ts';
import { document, taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import { moved, type Task } from '../../core/task.ts';
import type { Key, View, Write } from '../../ports.ts';
import { openEscalation } from '../escalate.ts';
import { plannedOf, type QueuePorts } from './look.ts';

/** How what was taken came back. */
export interface Back {
  readonly outcome: Attempt['outcome'];
  readonly reason: string;
  readonly log?: string;
}

/**
 * Puts what was taken from the queue back, with the attempt; dead after as many failures as the config allows. Gives
 * its turn then, or undefined when it is not in the queue any more, or somebody else has it. A task's own loop must
 * have ended.
 */
export async function giveBack(ports: QueuePorts, id: string, run: string, back: Back): Promise<Turn | undefined> {
  const { attempts: most } = (await ports.config.load()).queue;
  const at = new Date(ports.clock.now()).toISOString();
  const attempt = (turn: Turn): Attempt => ({ at, by: turn.takenBy?.holder ?? `run ${run}`, ...back });
  const keys: readonly Key[] = [`queue/${id}`, `tasks/${id}`];
  const done = await ports.ledger.transact<{ turn: Turn; write: Write } | undefined>({ keys }, (view) => {
    const turn = turnIn(view, id);
    if (!turn || (turn.takenBy && turn.takenBy.run !== run)) return { writes: [], result: undefined };
    if (!turn.takenBy && view.entry(`queue/${id}`)) return { writes: [], result: undefined };
    const after = afterAttempt(turn, attempt(turn), most);
    const dead = after.state === 'dead';
    const event = { type: 'queue.back', at, task: id, reason: back.reason, dead } as const;
    const write = writeOf(view, id, after, event);
    return { writes: [write], result: { turn: after, write } };
  });
  if (done) ports.report(done.write.event);
  if (done?.turn.state === 'dead') await askAbout(ports, id, done.turn);
  return done?.turn;
}

/** Nobody takes it any more: a person is asked, with the reasons of every attempt. */
async function askAbout(ports: QueuePorts, id: string, { attempts }: Turn): Promise<void> {
  const entry = await ports.ledger.read(`tasks/${id}`);
  const branch = entry ? taskOf(entry).branch : `${(await ports.config.load()).branchPrefix}${id}`;
  await openEscalation(ports, {
    branch,
    task: id,
    reason: 'dead',
    summary: `failed ${attempts.filter(({ outcome }) => outcome === 'failed').length} times, last: ${attempts.at(-1)?.reason ?? ''}`,
    context: { tried: attempts.map(({ at, reason }) => `${at.slice(0, 16).replace('T', ' ')}: ${reason}`) },
  });
}

/** The failure as the queue keeps it. What another claim or a lost race refuses is not the task's fault. */
export function failureOf(error: unknown): Back {
  if (!(error instanceof Refusal)) return { outcome: 'lost', reason: (error as Error).message };
  const facts = Object.values(error.facts).filter((fact) => typeof fact === 'string');
  const outcome = NOT_ITS_FAULT.has(error.code) ? 'lost' : 'failed';
  return { outcome, reason: `spawn: ${[error.code, ...facts].join(', ')}`.slice(0, 1000) };
}

const NOT_ITS_FAULT = new Set([
  'claim.overlap',
  'ledger.moved',
  'ref.locked',
  'task.busy',
  'config.unapproved',
  'unattended',
]);

/** Where something stands in the queue, be it planned or a task. */
export function turnIn(view: View, id: string): Turn | undefined {
  const [entry, task] = [view.entry(`queue/${id}`), view.entry(`tasks/${id}`)];
  if (entry) return plannedOf(entry);
  return task && turnOf(taskOf(task));
}

/** The write that changes a turn. A task that is dead is blocked, and queued again when it is not. */
export function writeOf(
  view: View,
  id: string,
  turn: Turn,
  event: Write['event'],
  more: { readonly priority?: number } = {},
): Write {
  const entry = view.entry(`queue/${id}`);
  if (entry) {
    const { takenBy: _, ...planned } = plannedOf(entry);
    return { key: entry.key, event, docs: { 'entry.json': document({ ...planned, ...turn, ...more }) } };
  }
  const found = view.entry(`tasks/${id}`);
  if (!found) throw new Refusal('task.unknown', { task: id, known: [] });
  return { key: found.key, event, docs: { 'task.json': document({ ...withTurn(taskOf(found), turn), ...more }) } };
}

function withTurn(task: Task, turn: Turn): Task {
  if (turn.state === 'dead') {
    const reason = `failed ${turn.attempts.length} times, last: ${turn.attempts.at(-1)?.reason ?? '?'}`;
    return moved(task, 'blocked', { turn, blocked: task.blocked ?? { reason } }) ?? { ...task, turn };
  }
  const revived = task.turn?.state === 'dead' && task.state === 'blocked';
  return revived ? { ...task, turn, state: 'queued', blocked: undefined } : { ...task, turn };
}
