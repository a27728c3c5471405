import { join } from 'node:path';
import { taskOf } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import type { Task } from '../core/task.ts';
import { type WentBack, wentBack } from '../core/went-back.ts';
import type { Oid, Ports, RefMove } from '../ports.ts';
import { type Checkpoint, checkpointsOf, factsOf, missingFrom, nowOf, saveCheckpoint } from './checkpoint.ts';
import { restGround } from './loop/ground.ts';
import { isHeld, leaseOf } from './loop/lease.ts';
import { copiedPrd, runsFolder } from './loop/places.ts';
import { changeTask } from './tasks.ts';

export interface GoneBack {
  readonly task: string;
  readonly number: number;
  readonly before: number;
  readonly missing: readonly string[];
  readonly undone: readonly string[];
}
type Chosen = Pick<Checkpoint, 'number' | 'ref' | 'commit'>;

/**
 * A task's worktree as it was at a checkpoint: commit, index, files. What is there now is kept in a checkpoint of its own.
 * The ledger says of the stories what it said then: their work is what is on the branch. One step cut short is finished by
 * whoever goes back, or starts a loop there, next. Refuses `task.busy` while a loop runs.
 */
export async function goBack(ports: Ports, task: Task, number: number | undefined): Promise<GoneBack> {
  refuseBusy(ports, task);
  // What a killed loop left running would go on writing.
  if (task.lease && !isHeld(ports, task.lease)) await ports.programs.reap(task.lease.run);
  const chosen = await chosenCheckpoint(ports, task, number);
  const before = await saveCheckpoint(ports, task, `before going back to ${chosen.number}`);
  const undone = await decide(ports, task, chosen, before.number);
  await ports.git.work.unpack(task.worktree, chosen.commit, before.commit);
  await settle(ports, task.id);
  const missing = await missingFrom(ports, chosen.commit);
  return { task: task.id, number: chosen.number, before: before.number, missing, undone };
}

/** Goes the rest of the way where going back was cut short. */
export async function finishGoingBack(ports: Ports, task: Task): Promise<void> {
  if (!task.goingBack) return;
  await ports.git.work.unpack(task.worktree, task.goingBack.commit, await nowOf(ports, task));
  await settle(ports, task.id);
}

/** A checkpoint of the task by its number, the last one where none is given. Refuses `checkpoint.unknown`. */
export async function chosenCheckpoint(ports: Ports, task: Task, number: number | undefined): Promise<Chosen> {
  const known = await checkpointsOf(ports, task.id);
  const chosen = number === undefined ? known.at(-1) : known.find((one) => one.number === number);
  if (chosen) return chosen;
  throw new Refusal('checkpoint.unknown', {
    task: task.id,
    checkpoint: number ?? 0,
    known: known.map((one) => one.number),
  });
}

/** An agent may go back in its own worktree; nobody else may while one works there. */
function refuseBusy(ports: Ports, task: Task): void {
  if (task.lease && isHeld(ports, task.lease) && ports.self.env['GWT_TASK'] !== task.id)
    throw new Refusal('task.busy', { task: task.id, holder: task.lease.holder });
}

/** Branch, stories and the intent in one step; the lease keeps loops away until the files are there, too. */
async function decide(ports: Ports, task: Task, chosen: Chosen, before: number): Promise<readonly string[]> {
  const { number, commit } = chosen;
  const [moves, facts, then] = await Promise.all([
    movesTo(ports, task, commit),
    factsOf(ports, task.id, commit),
    prdAt(ports, task, commit),
  ]);
  const { iteration } = facts;
  const at = new Date(ports.clock.now()).toISOString();
  let undone: readonly string[] = [];
  await changeTask(ports, task.id, (now, docs) => {
    refuseBusy(ports, now);
    const known = docs['prd.json'];
    const back = known === undefined ? undefined : wentBack(known, then);
    undone = back?.undone ?? [];
    const own = now.lease && isHeld(ports, now.lease) ? now.lease : leaseOf(ports, `restore-${ports.ids.next()}`);
    const holder = own === now.lease ? own.holder : own.holder.replace('gwt loop', 'gwt checkpoint restore');
    const after = iteration === undefined ? {} : { iteration };
    return {
      event: { type: 'checkpoint.restored', at, task: task.id, checkpoint: number, before, ...after, undone },
      ...stateAfter(ports, now, back, then.finished),
      change: { goingBack: { checkpoint: number, commit }, lease: { ...own, holder } },
      docs: {
        ...(back ? { 'prd.json': back.prd } : {}),
        'progress.md': `${docs['progress.md'] ?? ''}\n### back at checkpoint ${number}, ${at}\n\nWhat was there is checkpoint ${before}.${undone.length > 0 ? ` Open again: ${undone.join(', ')}.` : ''}\n`,
      },
      moves,
      doing: 'go back in',
    };
  });
  return undone;
}

/** A task that was finished has work again when a story is open; back where it was finished it is so again. */
function stateAfter(
  ports: Ports,
  { state, lease }: Task,
  back: WentBack | undefined,
  finishedThen: boolean,
): { state?: Task['state'] } {
  const complete = back?.complete === true;
  if (state === 'finished' && !complete) return { state: 'queued' };
  if (state === 'running' && !(lease && isHeld(ports, lease))) return { state: 'queued' };
  return state === 'queued' && complete && finishedThen ? { state: 'finished' } : {};
}

/** The files are there: the lease is given back, where it was taken for this. */
async function settle(ports: Ports, id: string): Promise<void> {
  const entry = await ports.ledger.read(`tasks/${id}`);
  const folder = runsFolder(await ports.git.repo(), id);
  const task = entry && taskOf(entry);
  // The copies of then are nobody's edit, and the files of then nobody's who was cut short.
  const copy = task && (await ports.files.read(join(task.worktree, task.seeds.prd)));
  if (copy !== undefined) await ports.files.write(copiedPrd(folder), copy);
  await restGround(ports, folder);
  const at = new Date(ports.clock.now()).toISOString();
  await changeTask(ports, id, ({ goingBack, lease }) =>
    goingBack
      ? {
          event: { type: 'task.changed', at, task: id, what: `files are as in checkpoint ${goingBack.checkpoint}` },
          change: { goingBack: undefined, ...(lease?.run.startsWith('restore-') ? { lease: undefined } : {}) },
        }
      : undefined,
  );
}

/** Where the branch of the checkpoint has to go. Another branch than the task's is put back only where that is in nobody's way. */
async function movesTo(ports: Ports, task: Task, commit: Oid): Promise<readonly RefMove[]> {
  const { refs, objects, worktrees } = ports.git;
  const [to, head] = await Promise.all([refs.resolve(`${commit}^1`), objects.text(`${commit}^3`, 'admin/HEAD')]);
  const branch = /^ref: refs\/heads\/(.+)\n$/.exec(head ?? '')?.[1];
  if (!to || branch === undefined) return [];
  const ref = `refs/heads/${branch}`;
  const from = await refs.resolve(ref);
  const taken = (what: string) => new Refusal('restore.taken', { task: task.id, what });
  if (branch !== task.branch) {
    if (from !== undefined && from !== to)
      throw taken(`the checkpoint was on branch ${branch} at ${to.slice(0, 10)}, which is at ${from.slice(0, 10)} now`);
    const other = (await worktrees.list()).find((one) => one.branch === branch && one.path !== task.worktree);
    if (other) throw taken(`the checkpoint was on branch ${branch}, which is checked out in ${other.path}`);
  }
  return from === to ? [] : [{ ref, from: from ?? '0'.repeat(to.length), to }];
}

/** What the stories said when the checkpoint was made: the ledger of then, else the working copy, which nobody vouches for. */
export async function prdAt({ git }: Ports, task: Task, commit: Oid) {
  const { ledger } = await factsOf({ git }, task.id, commit);
  const known = ledger && (await git.refs.resolve(`${ledger}^{commit}`)) ? ledger : undefined;
  if (known === undefined)
    return { prd: await git.objects.text(`${commit}^3`, `raw/${task.seeds.prd}`), vouched: false, finished: false };
  const [prd, text] = await Promise.all([git.objects.text(known, 'prd.json'), git.objects.text(known, 'task.json')]);
  return { prd, vouched: true, finished: text?.includes('"state": "finished"') === true };
}
