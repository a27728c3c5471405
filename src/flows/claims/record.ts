import { document, taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import { type ClaimTerm, isActive, type Task } from '../../core/task.ts';
import type { View, Write } from '../../ports.ts';
import type { Voice } from './voice.ts';

/** The task, as long as its claim binds anybody. */
export function standing(view: View, id: string): Task {
  const entry = view.entry(`tasks/${id}`);
  if (!entry) throw new Refusal('task.unknown', { task: id, known: [] });
  const task = taskOf(entry);
  if (!isActive(task)) throw new Refusal('task.state', { task: id, state: task.state, doing: 'change the claim of' });
  return task;
}

/** On which terms a pattern is claimed. */
export function termOf(
  pattern: string,
  { ttl, why = '' }: { readonly ttl?: number; readonly why?: string },
  { name, task }: Voice,
  now: number,
): ClaimTerm {
  const at = (ms: number) => new Date(ms).toISOString();
  return {
    pattern,
    since: at(now),
    ...(ttl === undefined ? {} : { until: at(now + ttl) }),
    ...(why === '' ? {} : { why }),
    by: name,
    ...(task ? { agent: true as const } : {}),
  };
}

/** A task's claim changes together with `meta/claims`: of two changes at once one is made after the other. */
export function taskWrites(key: `tasks/${string}`, task: Task, event: Write['event']): readonly Write[] {
  return [
    { key, event, docs: { 'task.json': document(task) } },
    { key: 'meta/claims', event, docs: {} },
  ];
}
