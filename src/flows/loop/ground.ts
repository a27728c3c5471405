import { join } from 'node:path';
import { EMPTY, type Ground, groundAtStart } from '../../core/ground.ts';
import { document } from '../../core/records.ts';
import type { Task } from '../../core/task.ts';
import type { Sight } from '../../ports.ts';
import type { LoopPorts, LoopRun } from './run.ts';

/** What the worktree shows, without gwt's own files. */
export async function lookAt(ports: Pick<LoopPorts, 'git'>, task: Task): Promise<Sight> {
  const sight = await ports.git.work.look(task.worktree);
  const own = new Set(Object.values(task.seeds));
  return { ...sight, changes: sight.changes.filter(({ path }) => !own.has(path)) };
}

/** The ground this loop begins on, and whether an iteration was cut short on it. */
export async function findGround(
  ports: LoopPorts,
  loop: LoopRun,
  task: Task,
): Promise<{ readonly ground: Ground; readonly cut: boolean }> {
  const text = await ports.files.read(groundFile(loop));
  const saved = text === undefined ? undefined : savedGround(text);
  const { changes, head } = await lookAt(ports, task);
  return { ground: groundAtStart(changes, saved, head), cut: saved !== undefined && saved.phase !== 'rest' };
}

/** Written before anything runs in the worktree, so that a crash leaves no doubt about whose files are whose. */
export async function keepGround(ports: LoopPorts, loop: LoopRun, ground: Ground): Promise<void> {
  await ports.files.jot(groundFile(loop), document(ground));
}

/** Whatever ran there does not any more, and what lies there now is not what it left. */
export async function restGround({ files }: Pick<LoopPorts, 'files'>, folder: string): Promise<void> {
  const text = await files.read(groundFile({ folder }));
  const saved = text === undefined ? undefined : savedGround(text);
  if (saved) await files.jot(groundFile({ folder }), document({ ...saved, phase: 'rest' }));
}

const groundFile = ({ folder }: Pick<LoopRun, 'folder'>): string => join(folder, 'ground.json');

/** A file that was cut short tells nothing. */
function savedGround(text: string): Ground | undefined {
  try {
    return { ...EMPTY, ...(JSON.parse(text) as Partial<Ground>) };
  } catch {
    return undefined;
  }
}
