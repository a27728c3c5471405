import { type Trespass, trespasses } from '../../core/trespass.ts';
import type { Yard } from './yard.ts';

/** Whose claims bind, as they were read when the train was planned. */
export type Claimed = Pick<Yard, 'tasks' | 'frozen' | 'shared' | 'guards'>;
type Changes = readonly { readonly path: string; readonly newOid?: string }[];

/** What of some changes the task may not make; undefined for a branch that belongs to none. */
export function claimCheck(
  { tasks, frozen, shared, guards }: Claimed,
  id: string | undefined,
): ((changes: Changes) => readonly Trespass[]) | undefined {
  const task = tasks.find((one) => one.id === id);
  return task && ((changes) => trespasses({ changes, task, others: tasks, frozen, shared, guards }));
}

/** Paths of which a task may land what it committed while they were its own. On the target that may read otherwise. */
export function keptPaths({ tasks }: Claimed, id: string | undefined): readonly string[] {
  return tasks.find((one) => one.id === id)?.kept?.map(({ path }) => path) ?? [];
}
