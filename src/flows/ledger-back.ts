import { Refusal } from '../core/refusal.ts';
import type { Task } from '../core/task.ts';
import type { Oid, Ports } from '../ports.ts';
import { checkpointsOf, factsOf } from './checkpoint.ts';
import { pidFile, runningIn } from './loop/places.ts';
import { changeTask, taskNamed } from './tasks.ts';

/**
 * A task by its name. Where its ledger was deleted, the ledger comes back as the newest checkpoint knows it: `head` is
 * set then. Refuses `task.unknown` where no checkpoint knows of it either.
 */
export async function knownAgain(ports: Ports, name: string): Promise<{ readonly task: Task; readonly back?: Oid }> {
  try {
    return { task: await taskNamed(ports, name) };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'task.unknown') throw error;
    const back = await rememberedBy(ports, name);
    const ref = `refs/gwt/tasks/${name}`;
    if (!back || !(await ports.git.refs.move([{ ref, from: '0'.repeat(back.length), to: back }], 'gwt: restore')))
      throw error;
    return { task: await freed(ports, name), back };
  }
}

/** The lease of then is of a loop that lost its ledger, unless it says that it runs. */
async function freed(ports: Ports, id: string): Promise<Task> {
  const running = runningIn(await ports.files.read(pidFile(await ports.git.repo(), id)));
  const at = new Date(ports.clock.now()).toISOString();
  return changeTask(ports, id, ({ state, lease }) => ({
    event: { type: 'task.restored', at, task: id, from: 'ledger' },
    ...(lease && lease.run !== running?.run
      ? { change: { lease: undefined }, ...(state === 'running' ? { state: 'queued' } : {}) }
      : {}),
  }));
}

async function rememberedBy(ports: Ports, name: string): Promise<Oid | undefined> {
  if (!/^[a-z0-9][\w.-]*$/i.test(name)) return undefined;
  for (const { commit } of [...(await checkpointsOf(ports, name))].reverse()) {
    const { ledger } = await factsOf(ports, name, commit);
    if (ledger && (await ports.git.objects.text(ledger, 'task.json'))) return ledger;
  }
  return undefined;
}
