import { agentIdentity } from '../../core/agent-env.ts';
import { agentsOwn, type Ground } from '../../core/ground.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import { type Trespass, trespasses, whyNot } from '../../core/trespass.ts';
import type { Oid, Sight } from '../../ports.ts';
import { lookAt } from './ground.ts';
import type { LoopPorts, LoopRun } from './run.ts';

/** A path that stays uncommitted, and why. */
export interface Left {
  readonly path: string;
  readonly why: string;
  /** Where the task may not change it. */
  readonly trespass?: Trespass;
}
export interface Collected {
  readonly sight: Sight;
  /** The commit gwt made of what the agent left. */
  readonly commit?: Oid;
  readonly left: readonly Left[];
  readonly ground: Ground;
}

/**
 * What the worktree shows once what the agent left uncommitted is committed in its name: only paths it changed, no
 * secrets, nothing outside the claim, no repositories inside the worktree. The project's hooks have their say.
 */
export async function collect(
  ports: LoopPorts,
  loop: LoopRun,
  task: Task,
  ground: Ground,
  subject: string,
): Promise<Collected> {
  const before = await lookAt(ports, task);
  const own = agentsOwn(before.changes, ground);
  const { wanted, left } = sorted(loop, task, before, own);
  const made: Made = wanted.length === 0 ? {} : await commit(ports, task, wanted, subject);
  const { why } = made;
  const sight = made.commit ? await lookAt(ports, task) : before;
  const refused = why === undefined ? [] : wanted.map((path) => ({ path, why }));
  const leftover = agentsOwn(sight.changes, ground).map(({ path }) => path);
  return {
    sight,
    ...(made.commit ? { commit: made.commit } : {}),
    left: [...left, ...refused],
    ground: { ...ground, leftover, head: sight.head, phase: 'rest' },
  };
}

function sorted(loop: LoopRun, task: Task, sight: Sight, own: Sight['changes']) {
  const outside = new Map(foreignIn(loop, task, own).map((one) => [one.path, one]));
  const reasonFor = (path: string): string | undefined => {
    if (sight.branch !== task.branch) return `the worktree is on ${sight.branch ?? 'no branch'}`;
    if (path.endsWith('/')) return 'a repository of its own';
    const trespass = outside.get(path);
    if (trespass) return whyNot(trespass);
    if (loop.secret(path)) return 'on the list of secrets';
    return loop.autocommit ? undefined : 'left by the agent; autocommit is off';
  };
  const wanted: string[] = [];
  const left: Left[] = [];
  for (const { path } of own) {
    const why = reasonFor(path);
    const trespass = outside.get(path);
    if (why === undefined) wanted.push(path);
    else left.push({ path, why, ...(trespass ? { trespass } : {}) });
  }
  return { wanted, left };
}

/** Changes the task may not make. */
export function foreignIn(
  { others, ownership }: LoopRun,
  task: Task,
  changes: readonly { readonly path: string; readonly newOid?: string }[],
) {
  return trespasses({ changes, task, others, ...ownership });
}

interface Made {
  readonly commit?: Oid;
  /** Why git, or a hook, would not. */
  readonly why?: string;
}

async function commit(ports: LoopPorts, task: Task, paths: readonly string[], subject: string): Promise<Made> {
  const identity = agentIdentity(task.agentId, await ports.git.config.identity());
  try {
    const commit = await ports.git.work.commit(task.worktree, paths, subject, identity);
    return commit ? { commit } : {};
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'git.failed') throw error;
    const { message } = error.facts as { message: string };
    return { why: `git would not commit it: ${message.slice(-500)}` };
  }
}
