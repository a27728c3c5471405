import { type Trespass, trespasses } from '../core/trespass.ts';
import type { Ports } from '../ports.ts';
import { allTasks, taskNamedOrHere } from './tasks.ts';

export interface HookInput {
  /** Undefined: the task whose worktree gwt stands in. */
  readonly task?: string;
  /** Commits or trees; it is enough that the changes since one of them stay inside. */
  readonly from: readonly string[];
  readonly to: string;
  /** What the agent was about to do: `commit`, or the ref that was to move. */
  readonly doing: string;
}
export interface HookVerdict {
  readonly allowed: boolean;
  readonly task: string;
  readonly branch: string;
  readonly owns: readonly string[];
  readonly doing: string;
  readonly trespasses: readonly Trespass[];
}

/** Decides precisely what a hook could only flag, and names each path that is not the task's to change. */
export async function hook(
  ports: Pick<Ports, 'git' | 'ledger' | 'config' | 'self'>,
  { task: name, from, to, doing }: HookInput,
): Promise<HookVerdict> {
  const task = await taskNamedOrHere(ports, name, 'check');
  const others = await allTasks(ports);
  const { ownership } = await ports.config.load();
  let fewest: readonly Trespass[] | undefined;
  for (const base of from) {
    const changes = await ports.git.history.changes(base, to);
    const found = trespasses({ changes, task, others, ...ownership });
    if (!fewest || found.length < fewest.length) fewest = found;
  }
  const { id, branch, owns } = task;
  return { allowed: fewest?.length === 0, task: id, branch, owns, doing, trespasses: fewest ?? [] };
}
