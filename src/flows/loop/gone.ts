import { readPrd, writePrd } from '../../core/prd.ts';
import type { Task } from '../../core/task.ts';
import type { Oid } from '../../ports.ts';
import { changeTask } from '../tasks.ts';
import type { LoopPorts, LoopRun, Memory } from './run.ts';
import type { Standing } from './verify.ts';

interface Seen {
  readonly task: Task;
  readonly memory: Memory;
  readonly standing: Standing;
  /** The commit of the branch that the work of stories was last looked for on. */
  readonly looked?: Oid;
}

/** The branch as it is now, and what is open on it: somebody may have moved it since the last iteration looked. */
export async function present(
  ports: LoopPorts,
  loop: LoopRun,
  { task, memory, standing, looked }: Seen,
): Promise<Omit<Seen, 'task'>> {
  const head = await ports.git.refs.resolve(`refs/heads/${task.branch}`);
  if (!head || head === looked || memory.proven.size === 0) return { memory, standing, ...(looked ? { looked } : {}) };
  const tree = head === standing.head ? standing.tree : await ports.git.objects.treeOf(head);
  return { memory: await openGone(ports, loop, memory, head), standing: { head, tree }, looked: head };
}

/**
 * Opens stories again whose work is not on the branch any more, because somebody moved the branch or an agent threw
 * earlier commits away; what was rebased or squashed is there by another name. The commits themselves stay in checkpoints.
 */
async function openGone(ports: LoopPorts, loop: LoopRun, memory: Memory, head: Oid): Promise<Memory> {
  const { docs = {} } = (await ports.ledger.read(`tasks/${loop.id}`)) ?? {};
  const { stories } = readPrd(docs['prd.json'] ?? '', `prd.json of ${loop.id}`);
  const proven = [...memory.proven].filter(([id]) => stories.some((story) => story.id === id && story.passes));
  const there = await ports.git.history.within(head, [...new Set(proven.map(([, commit]) => commit))]);
  const gone: string[] = [];
  for (const [id, commit] of proven) if (!there.has(commit) && !(await holds(ports, head, commit))) gone.push(id);
  if (gone.length === 0) return memory;
  const at = new Date(ports.clock.now()).toISOString();
  await changeTask(ports, loop.id, (_, known) => ({
    event: { type: 'story.gone', at, task: loop.id, stories: gone, head },
    docs: {
      'prd.json': writePrd(known['prd.json'] ?? '', Object.fromEntries(gone.map((id) => [id, { passes: false }]))),
    },
  }));
  const left = new Map(memory.proven);
  for (const id of gone) left.delete(id);
  const warning = `What was done for ${gone.join(', ')} is not on the branch any more; that is open again.`;
  return { ...memory, proven: left, warnings: [...memory.warnings, warning] };
}

/** Merging it would add nothing. Where that conflicts, or its object is gone, nobody can say that it is missing. */
async function holds({ git }: LoopPorts, head: Oid, commit: Oid): Promise<boolean> {
  const [found] = await git.objects.read([commit]);
  if (found?.type !== 'commit') return true;
  const { clean, tree } = await git.merging.join(head, commit);
  return !clean || tree === (await git.objects.treeOf(head));
}
