import type { GateSpec } from '../../core/gate.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import type { TaskLooped } from '../loop/run.ts';
import { loopTask } from '../loop/task.ts';
import { type Back, failureOf, giveBack } from '../queue/give-back.ts';
import { spawnTaken } from '../queue/spawn.ts';
import type { Take } from '../queue/take.ts';
import { stackedOn } from './stack.ts';

export type Taken = Exclude<Take, { outcome: 'none' }>;
export interface WorkInput {
  readonly iterations?: number;
  readonly agent?: string;
  readonly gates?: readonly GateSpec[];
  readonly merge?: boolean;
}
/** What became of something that was taken from the queue. */
export type Worked =
  | { readonly outcome: 'looped'; readonly looped: TaskLooped }
  /** It is back in the queue, or dead. */
  | { readonly outcome: 'refused'; readonly why: string };

/** Makes what was taken a task, where it is none yet, and runs its loop. Whatever goes wrong, it is in the queue again. */
export async function workOn(ports: Ports, taken: Taken, input: WorkInput): Promise<Worked> {
  const { run } = taken.lease;
  const id = 'task' in taken ? taken.task.id : taken.entry.id;
  try {
    const task = await made(ports, taken, input);
    if (task instanceof Refusal) return { outcome: 'refused', why: failureOf(task).reason };
    const { iterations: max, agent, gates } = input;
    const looped = await loopTask(ports, task.id, {
      // Where a provider does not serve, the slot is for a task of another one.
      wait: false,
      ...(max ? { max } : {}),
      ...(agent ? { agent } : {}),
      ...(gates ? { gates } : {}),
    });
    if (looped.outcome === 'max') await giveBack(ports, id, run, { outcome: 'failed', reason: looped.reason });
    return { outcome: 'looped', looped };
  } catch (error) {
    const back = backOf(error);
    await giveBack(ports, id, run, back);
    return { outcome: 'refused', why: back.reason };
  }
}

/** Nothing that one task meets ends the others; it comes to light as a failed attempt. */
const backOf = (error: unknown): Back =>
  error instanceof Refusal ? failureOf(error) : { outcome: 'failed', reason: (error as Error).message };

async function made(ports: Ports, taken: Taken, { merge }: WorkInput): Promise<Task | Refusal> {
  if ('task' in taken) return taken.task;
  const base = taken.entry.base ?? (merge ? undefined : await stackedOn(ports, taken.entry.after));
  const entry = base === undefined ? taken.entry : { ...taken.entry, base };
  const spawned = await spawnTaken(ports, { entry, lease: taken.lease });
  return spawned.outcome === 'spawned' ? spawned.task : spawned.refusal;
}
