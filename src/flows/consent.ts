import { type Escalation, isAbout } from '../core/escalation.ts';
import { document, taskOf } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import { moved, type Task } from '../core/task.ts';
import type { Key, Oid, Ports, Write } from '../ports.ts';
import { escalationOf, escalations, openEscalation } from './escalate.ts';
import { targetOf } from './init.ts';
import { type Merged, merge } from './merge.ts';
import { allTasks } from './tasks.ts';

export interface ConsentInput {
  /** A task or a branch. */
  readonly name: string;
  /** False leaves the landing to whoever lands next. */
  readonly land?: boolean;
}
export interface Consented {
  readonly branch: string;
  readonly task?: string;
  /** The commit and the tree that may land. */
  readonly head: Oid;
  readonly tree: Oid;
  readonly escalation: string;
  readonly by: string;
  readonly outcome: 'landed' | 'approved';
  /** What landing it came to, where it was tried. */
  readonly merged?: Merged;
  /** Who lands at this moment, and will take it along. */
  readonly holder?: string;
}

/**
 * A person approves a branch as it is now: this very commit may land, a later one needs another word. What was only
 * waiting for it lands at once. Refuses `approval.agent` for agents, `approval.moved` where it is not what was shown.
 */
export async function consent(ports: Ports, { name, land = true }: ConsentInput): Promise<Consented> {
  if (ports.self.env['GWT_AGENT_ID'] || ports.self.env['GWT_TASK']) throw new Refusal('approval.agent', { name });
  const { branch, task, head } = await meant(ports, name);
  const target = await targetOf(ports);
  const open = (await escalations(ports)).find(
    (one) => one.reason === 'approval' && isAbout(one, branch, one.target ?? target),
  );
  await refuseMoved(ports, open, head);
  const id = open?.id ?? (await asked(ports, branch, task?.id));
  const tree = await ports.git.objects.treeOf(head);
  const { name: by } = await ports.git.config.identity();
  await written(ports, { id, task: task?.id, head, tree, by });
  const done = { branch, ...(task ? { task: task.id } : {}), head, tree, escalation: id, by };
  if (!open || !land) return { ...done, outcome: 'approved' };
  return { ...done, ...(await landed(ports, task?.id ?? branch, open.target, target)) };
}

async function meant(ports: Ports, name: string): Promise<{ branch: string; task: Task | undefined; head: Oid }> {
  const task = (await allTasks(ports)).find(({ id, branch }) => id === name || branch === name);
  const branch = task?.branch ?? name;
  const head = await ports.git.refs.resolve(`refs/heads/${branch}`);
  if (!head) throw new Refusal('branch.unknown', { branch: name });
  return { branch, task, head };
}

/** What was not shown is not approved: the question tells of the branch as it is now, and is to be read again. */
async function refuseMoved(ports: Ports, open: Escalation | undefined, head: Oid): Promise<void> {
  const shown = open?.context.approval?.head;
  if (!open || shown === undefined || shown === head) return;
  const key: Key = `escalations/${open.id}`;
  const at = new Date(ports.clock.now()).toISOString();
  await ports.ledger.transact({ keys: [key] }, (view) => {
    const entry = view.entry(key);
    if (!entry) return { writes: [], result: undefined };
    const now = escalationOf(entry);
    const changed = { ...now, context: { ...now.context, approval: { head } } };
    const event = { type: 'escalation.changed', at, escalation: open.id } as const;
    return { writes: [{ key, event, docs: { 'escalation.json': document(changed) } }], result: undefined };
  });
  throw new Refusal('approval.moved', { branch: open.branch, escalation: open.id, was: shown, now: head });
}

async function asked(ports: Ports, branch: string, task: string | undefined): Promise<string> {
  const about = { branch, ...(task ? { task } : {}), reason: 'approval' as const };
  return (await openEscalation(ports, { ...about, summary: `${branch} was approved before anybody asked` })).id;
}

/** The word, and the task free again, in one step. */
async function written(
  ports: Ports,
  given: { id: string; task: string | undefined; head: Oid; tree: Oid; by: string },
): Promise<void> {
  const { id, task, head, tree, by } = given;
  const at = new Date(ports.clock.now()).toISOString();
  const keys: Key[] = [`escalations/${id}`, ...(task ? [`tasks/${task}` as const] : [])];
  const event = { type: 'escalation.resolved', at, escalation: id, by } as const;
  await ports.ledger.transact({ keys }, (view) => {
    const entry = view.entry(`escalations/${id}`);
    if (!entry) throw new Refusal('escalation.unknown', { escalation: id, open: [] });
    const before = escalationOf(entry);
    const decisions = [...(before.decisions ?? []), { kind: 'approved' as const, head, tree, by, at }];
    const now: Escalation = { ...before, decisions, state: 'resolved', resolvedAt: at, resolvedBy: by };
    const docs = { 'escalation.json': document(now) };
    const writes: Write[] = [{ key: entry.key, event, docs, keeps: [head] }];
    const known = task ? view.entry(`tasks/${task}`) : undefined;
    return { writes: [...writes, ...(known ? freed(known, id, at) : [])], result: undefined };
  });
  ports.report(event);
}

function freed(entry: { key: Key; docs: Readonly<Record<string, string>> }, id: string, at: string): Write[] {
  const { blocked, ...task } = taskOf(entry);
  if (blocked?.escalation !== id) return [];
  const now = moved(task, 'finished');
  if (!now) return [];
  const event = { type: 'task.unblocked', at, task: task.id, reason: 'a person approved it' } as const;
  return [{ key: entry.key, event, docs: { 'task.json': document(now) } }];
}

async function landed(ports: Ports, name: string, asked: string | undefined, usual: string) {
  try {
    const merged = await merge(ports, { names: [name], ...(asked && asked !== usual ? { into: asked } : {}) });
    return { outcome: merged.landing === null ? ('approved' as const) : ('landed' as const), merged };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'merge.busy') throw error;
    return { outcome: 'approved' as const, holder: (error as Refusal<'merge.busy'>).facts.holder };
  }
}
