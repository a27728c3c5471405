import { type CheckpointFacts, checkpointFacts, checkpointTrailers } from '../core/checkpoint.ts';
import type { Task } from '../core/task.ts';
import type { Oid, Ports, Snapshot } from '../ports.ts';

/** A snapshot of a task's worktree that is kept under `ref`. */
export interface Checkpoint {
  readonly ref: string;
  readonly commit: Oid;
  readonly number: number;
  /** False when nothing differs from the checkpoint before: then it is that one. */
  readonly saved: boolean;
  /** What is not in it: repositories inside the worktree, files that may not be read. */
  readonly left: Snapshot['left'];
}

type CheckpointPorts = Pick<Ports, 'git' | 'clock' | 'report'>;

/** Other processes number checkpoints of the same task at the same time. */
const TRIES = 20;

/**
 * Keeps everything in the task's worktree, uncommitted and untracked files and its seeds included. `after`: the iteration
 * that ended with it.
 */
export async function saveCheckpoint(
  ports: CheckpointPorts,
  task: Task,
  why: string,
  after: Pick<CheckpointFacts, 'iteration' | 'outcome'> = {},
): Promise<Checkpoint> {
  const { git, clock } = ports;
  const [tip, identity, ledger] = await Promise.all([
    git.refs.resolve(`refs/heads/${task.branch}`),
    git.config.identity(),
    git.refs.resolve(`refs/gwt/tasks/${task.id}`),
  ]);
  const taken = await git.work.snapshot(task.worktree, {
    message: `${task.id}: ${why}`,
    trailers: checkpointTrailers({ ...after, ...(ledger ? { ledger } : {}) }),
    // Somebody may delete the ledger's ref.
    keeps: ledger ? [ledger] : [],
    identity,
    at: clock.now(),
    extra: Object.values(task.seeds),
    head: tip ?? task.base,
    branch: task.branch,
  });
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const before = (await checkpointsOf(ports, task.id)).at(-1);
    if (before && (await factsOf(ports, task.id, before.commit)).state === taken.state)
      return { ...before, saved: false, left: taken.left };
    const number = (before?.number ?? 0) + 1;
    const ref = `${folderOf(task.id)}${number}`;
    const from = '0'.repeat(taken.commit.length);
    if (!(await git.refs.move([{ ref, from, to: taken.commit }], `gwt: ${why}`))) continue;
    ports.report({
      type: 'checkpoint.saved',
      at: new Date(clock.now()).toISOString(),
      task: task.id,
      checkpoint: String(number),
    });
    return { ref, commit: taken.commit, number, saved: true, left: taken.left };
  }
  throw new Error(`no number was free for a checkpoint of ${task.id}`);
}

/** The checkpoints of a task, oldest first. */
export async function checkpointsOf(
  { git }: Pick<Ports, 'git'>,
  id: string,
): Promise<readonly Pick<Checkpoint, 'ref' | 'commit' | 'number'>[]> {
  const refs = await git.refs.heads([folderOf(id)]);
  return [...refs]
    .map(([ref, commit]) => ({ ref, commit, number: Number(ref.slice(folderOf(id).length)) }))
    .filter(({ number }) => Number.isInteger(number))
    .sort((a, b) => a.number - b.number);
}

const folderOf = (id: string): string => `refs/gwt/checkpoints/${id}/`;

/** What the checkpoint with this commit says of itself. */
export async function factsOf({ git }: Pick<Ports, 'git'>, id: string, commit: Oid): Promise<CheckpointFacts> {
  const [found] = await git.objects.read([commit]);
  return checkpointFacts(Buffer.from(found?.body ?? new Uint8Array()).toString('utf8'), id);
}

/** The worktree as it is now, as a commit that nothing keeps. */
export async function nowOf({ git, clock }: Pick<Ports, 'git' | 'clock'>, task: Task): Promise<Oid> {
  const now = await git.work.snapshot(task.worktree, {
    message: 'now',
    identity: await git.config.identity(),
    at: clock.now(),
    extra: [],
    head: task.base,
    branch: task.branch,
  });
  return now.commit;
}

/** What the checkpoint could not hold when it was made. */
export async function missingFrom({ git }: Pick<Ports, 'git'>, commit: Oid): Promise<readonly string[]> {
  const state = JSON.parse((await git.objects.text(`${commit}^3`, 'state.json')) ?? '{}') as {
    left?: { path: string }[];
  };
  return (state.left ?? []).map(({ path }) => Buffer.from(path, 'latin1').toString('utf8'));
}
