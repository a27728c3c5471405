import { isOpen } from '../core/holding.ts';
import { type Trespass, trespasses } from '../core/trespass.ts';
import type { Ports } from '../ports.ts';
import { tasksInForce } from './claims/lapse.ts';
import { rulesFor } from './claims/rules.ts';
import { taskNamedOrHere } from './tasks.ts';

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
  /** What it may change, with others too. */
  readonly owns: readonly string[];
  /** It may change all that nobody else owns. */
  readonly open: boolean;
  readonly doing: string;
  readonly trespasses: readonly Trespass[];
}

/** Decides precisely what a hook could only flag, by the claims as they are now, and names each path that is not the task's to change. */
export async function hook(
  ports: Pick<Ports, 'git' | 'ledger' | 'config' | 'self' | 'files' | 'locks' | 'clock' | 'report'>,
  { task: name, from, to, doing }: HookInput,
): Promise<HookVerdict> {
  const named = await taskNamedOrHere(ports, name, 'check');
  const others = await tasksInForce(ports);
  const task = others.find(({ id }) => id === named.id) ?? named;
  const rules = await rulesFor(ports, task.target);
  let fewest: readonly Trespass[] | undefined;
  for (const base of from) {
    const changes = await ports.git.history.changes(base, to);
    const found = trespasses({ changes, task, others, ...rules });
    if (!fewest || found.length < fewest.length) fewest = found;
  }
  const { id, branch, shares = [] } = task;
  const owns = [...task.owns, ...shares];
  const verdict = { task: id, branch, owns, open: isOpen(task), doing, trespasses: fewest ?? [] };
  return { allowed: fewest?.length === 0, ...verdict };
}
