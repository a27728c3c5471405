import { join } from 'node:path';
import { pastOf } from '../../core/past.ts';
import { prdFromPrompt, readPrd } from '../../core/prd.ts';
import { takenOver } from '../../core/proposal.ts';
import type { Task } from '../../core/task.ts';
import { changeTask } from '../tasks.ts';
import { takeUpAgain } from './aside.ts';
import { findGround } from './ground.ts';
import type { Taken } from './lease.ts';
import { headAndTail } from './output.ts';
import { copiedPrd } from './places.ts';
import type { LoopPorts, LoopRun, Memory } from './run.ts';
import type { Standing } from './verify.ts';

/** Where the loop begins: documents, the worktree's files by owner, the branch, what earlier iterations did. */
export async function standing(
  ports: LoopPorts,
  loop: LoopRun,
  { task, interrupted, docs }: Taken,
): Promise<{ memory: Memory; standing: Standing }> {
  const { ground, cut: unfinished } = await findGround(ports, loop, task);
  const cutShort = interrupted || unfinished;
  await ensureDocs(ports, loop, task, docs, cutShort);
  const head = (await ports.git.refs.resolve(`refs/heads/${task.branch}`)) ?? task.base;
  const tree = await ports.git.objects.treeOf(head);
  const past = pastOf(await ports.ledger.history(`tasks/${task.id}`), tree);
  const cut = cutShort ? past.open : undefined;
  const warnings = cut
    ? ['The iteration before this one was cut short. What it left in the worktree is still there.']
    : [];
  return {
    memory: {
      ...(past.last
        ? { last: { ...past.last, output: loop.hide(await headAndTail(ports.files, past.last.log)) } }
        : {}),
      warnings,
      cut: cutShort,
      worked: past.worked,
      proven: past.proven,
      spent: past.spent,
      steps: past.steps,
      ground,
      saved: Promise.resolve(),
    },
    standing: { head, tree },
  };
}

/**
 * The ledger has a PRD before the first iteration. What a person edited in the working copy between runs is taken over;
 * a copy they broke is refused with its place, rather than thrown away.
 */
async function ensureDocs(
  ports: LoopPorts,
  loop: LoopRun,
  task: Task,
  docs: Taken['docs'],
  interrupted: boolean,
): Promise<void> {
  const known = docs['prd.json'];
  const path = join(task.worktree, task.seeds.prd);
  const base = await ports.files.read(copiedPrd(loop.folder));
  const copy = interrupted ? undefined : await ports.files.read(path);
  if (known !== undefined && (copy === undefined || copy === known || copy === base)) return;
  const text = copy ?? prdFromPrompt(task.title, task.prompt);
  const read = readPrd(text, path);
  const written = base === undefined ? undefined : readPrd(base, 'prd.json');
  const prd = known === undefined ? text : takenOver(readPrd(known, 'prd.json'), read, written);
  const at = new Date(ports.clock.now()).toISOString();
  const what = known === undefined ? 'stories written down' : 'stories changed by a person';
  await changeTask(ports, loop.id, () => ({
    event: { type: 'task.changed', at, task: loop.id, what },
    docs: { 'prd.json': prd },
  }));
  if (known !== undefined) await takeUpAgain(ports, loop.id);
}
