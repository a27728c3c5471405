import type { CheckpointFacts } from '../core/checkpoint.ts';
import { Refusal } from '../core/refusal.ts';
import type { Task } from '../core/task.ts';
import type { Ports, TreeChange } from '../ports.ts';
import { type Checkpoint, checkpointsOf, factsOf, nowOf, saveCheckpoint } from './checkpoint.ts';
import { chosenCheckpoint, goBack } from './go-back.ts';
import { taskNamedOrHere } from './tasks.ts';

export type CheckpointInput = { readonly task?: string } & (
  | { readonly verb: 'save'; readonly why: string }
  | { readonly verb: 'list' }
  | { readonly verb: 'restore'; readonly number?: number }
  /** `to`: another checkpoint; without it, now. */
  | { readonly verb: 'diff'; readonly number?: number; readonly to?: number }
);
export type CheckpointAnswer =
  | {
      readonly outcome: 'saved' | 'unchanged';
      readonly task: string;
      readonly number: number;
      readonly ref: string;
      readonly left: Checkpoint['left'];
    }
  | { readonly outcome: 'list'; readonly task: string; readonly checkpoints: readonly Listed[] }
  | {
      readonly outcome: 'diff';
      readonly task: string;
      readonly number: number;
      readonly ref: string;
      readonly to?: number;
      /** What git can compare it with, line by line; the worktree where this is undefined. */
      readonly toRef?: string;
      readonly worktree: string;
      readonly changes: readonly Pick<TreeChange, 'path' | 'status'>[];
    }
  | {
      readonly outcome: 'restored';
      readonly task: string;
      readonly number: number;
      /** The checkpoint that has what was there. */
      readonly before: number;
      readonly missing: readonly string[];
      /** Stories that passed and are open again. */
      readonly undone: readonly string[];
    };
export interface Listed extends Omit<CheckpointFacts, 'ledger' | 'state'> {
  readonly number: number;
  readonly ref: string;
  /** The branch's commit then. */
  readonly head: string;
}

/** Checkpoints of the task here, or of the one that is named: save, list, compare, go back. */
export async function checkpoint(ports: Ports, input: CheckpointInput): Promise<CheckpointAnswer> {
  const task = await taskNamedOrHere(ports, input.task, `${input.verb} a checkpoint of`);
  if (input.verb === 'list') return { outcome: 'list', task: task.id, checkpoints: await listed(ports, task) };
  if (input.verb === 'diff' && input.to !== undefined) return diff(ports, task, input.number, input.to);
  if (task.state === 'dropped')
    throw new Refusal('task.state', { task: task.id, state: task.state, doing: `${input.verb} a checkpoint of` });
  if (!(await ports.files.exists(task.worktree)))
    throw new Refusal('path.missing', { path: task.worktree, what: `the worktree of ${task.id}` });
  if (input.verb === 'restore') return { outcome: 'restored', ...(await goBack(ports, task, input.number)) };
  if (input.verb === 'diff') return diff(ports, task, input.number, undefined);
  const { saved, number, ref, left } = await saveCheckpoint(ports, task, input.why);
  return { outcome: saved ? 'saved' : 'unchanged', task: task.id, number, ref, left };
}

async function listed(ports: Ports, task: Task): Promise<readonly Listed[]> {
  const found = await checkpointsOf(ports, task.id);
  return Promise.all(
    found.map(async ({ number, ref, commit }) => {
      const { ledger, state, ...facts } = await factsOf(ports, task.id, commit);
      return { number, ref, head: (await ports.git.refs.resolve(`${commit}^1`)) ?? '', ...facts };
    }),
  );
}

/** What is different between two checkpoints, or since one of them, whether committed or not. */
async function diff(ports: Ports, task: Task, from: number | undefined, to: number | undefined) {
  const { number, ref, commit } = await chosenCheckpoint(ports, task, from);
  const other = to === undefined ? undefined : await chosenCheckpoint(ports, task, to);
  const changes = await ports.git.history.changes(commit, other?.commit ?? (await nowOf(ports, task)));
  return {
    outcome: 'diff',
    task: task.id,
    number,
    ref,
    ...(other ? { to: other.number, toRef: other.ref } : {}),
    worktree: task.worktree,
    changes: changes.map(({ path, status }) => ({ path, status })),
  } as const;
}
