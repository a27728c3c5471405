import { Refusal } from '../core/refusal.ts';
import type { Task } from '../core/task.ts';
import type { Oid, Ports, TreeChange } from '../ports.ts';
import { type Checkpoint, checkpointsOf, saveCheckpoint } from './checkpoint.ts';
import { isHeld } from './loop/lease.ts';
import { missingFrom } from './restore.ts';
import { taskNamedOrHere } from './tasks.ts';

export type CheckpointInput = { readonly task?: string } & (
  | { readonly verb: 'save'; readonly why: string }
  | { readonly verb: 'list' }
  | { readonly verb: 'diff' | 'restore'; readonly number?: number }
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
      readonly changes: readonly Pick<TreeChange, 'path' | 'status'>[];
    }
  | {
      readonly outcome: 'restored';
      readonly task: string;
      readonly number: number;
      readonly before: number;
      readonly missing: readonly string[];
    };
export interface Listed {
  readonly number: number;
  readonly ref: string;
  readonly at: string;
  readonly why: string;
}

/** Checkpoints of the task here, or of the one that is named: save, list, compare with now, go back to. */
export async function checkpoint(ports: Ports, input: CheckpointInput): Promise<CheckpointAnswer> {
  const task = await taskNamedOrHere(ports, input.task, `${input.verb} a checkpoint of`);
  if (input.verb === 'list') return { outcome: 'list', task: task.id, checkpoints: await listed(ports, task) };
  if (task.state === 'dropped')
    throw new Refusal('task.state', { task: task.id, state: task.state, doing: `${input.verb} a checkpoint of` });
  if (!(await ports.files.exists(task.worktree)))
    throw new Refusal('path.missing', { path: task.worktree, what: 'worktree' });
  if (input.verb === 'save') {
    const { saved, number, ref, left } = await saveCheckpoint(ports, task, input.why);
    return { outcome: saved ? 'saved' : 'unchanged', task: task.id, number, ref, left };
  }
  const chosen = await chosenOf(ports, task, input.number);
  return input.verb === 'diff' ? diff(ports, task, chosen) : goBack(ports, task, chosen);
}

async function listed({ git }: Ports, task: Task): Promise<readonly Listed[]> {
  const found = await checkpointsOf({ git }, task.id);
  const objects = await git.objects.read(found.map(({ commit }) => commit));
  return found.map(({ number, ref }, at) => {
    const text = Buffer.from(objects[at]?.body ?? new Uint8Array()).toString('utf8');
    const seconds = Number(/^committer .* (\d+) [+-]\d+$/m.exec(text)?.[1] ?? 0);
    const subject = text.slice(text.indexOf('\n\n') + 2).split('\n')[0] ?? '';
    return { number, ref, at: new Date(seconds * 1000).toISOString(), why: subject.replace(`${task.id}: `, '') };
  });
}

type Chosen = Pick<Checkpoint, 'number' | 'ref' | 'commit'>;

async function chosenOf(ports: Ports, task: Task, number: number | undefined): Promise<Chosen> {
  const known = await checkpointsOf(ports, task.id);
  const chosen = number === undefined ? known.at(-1) : known.find((one) => one.number === number);
  if (chosen) return chosen;
  throw new Refusal('checkpoint.unknown', {
    task: task.id,
    checkpoint: number ?? 0,
    known: known.map((one) => one.number),
  });
}

/** What became different since the checkpoint, whether committed or not. */
async function diff(ports: Ports, task: Task, { number, ref, commit }: Chosen): Promise<CheckpointAnswer> {
  const now = await ports.git.work.snapshot(task.worktree, {
    message: 'now',
    identity: await ports.git.config.identity(),
    at: ports.clock.now(),
    extra: [],
    head: task.base,
    branch: task.branch,
  });
  const changes = await ports.git.history.changes(commit, now.commit);
  return {
    outcome: 'diff',
    task: task.id,
    number,
    ref,
    changes: changes.map(({ path, status }) => ({ path, status })),
  };
}

/** The state of now is kept in a checkpoint of its own; commits made since stay reachable from it. */
async function goBack(ports: Ports, task: Task, { number, commit }: Chosen): Promise<CheckpointAnswer> {
  const { git } = ports;
  if (task.lease && isHeld(ports, task.lease) && ports.self.env['GWT_TASK'] !== task.id)
    throw new Refusal('task.busy', { task: task.id, holder: task.lease.holder });
  const now = await saveCheckpoint(ports, task, `before going back to ${number}`);
  const head = await git.refs.resolve(`${commit}^1`);
  const attached = (await git.objects.text(`${commit}^3`, 'admin/HEAD')) === `ref: refs/heads/${task.branch}\n`;
  if (head && attached) await moveBranch(ports, task, head);
  await git.work.unpack(task.worktree, commit, now.commit);
  return { outcome: 'restored', task: task.id, number, before: now.number, missing: await missingFrom(ports, commit) };
}

async function moveBranch({ git }: Ports, task: Task, to: Oid): Promise<void> {
  const ref = `refs/heads/${task.branch}`;
  const from = (await git.refs.resolve(ref)) ?? '0'.repeat(to.length);
  if (from === to) return;
  if (!(await git.refs.move([{ ref, from, to }], 'gwt: checkpoint restore')))
    throw new Refusal('ledger.moved', { refs: [ref] });
}
