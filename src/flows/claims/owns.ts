import type { ClaimRequest } from '../../core/claim-request.ts';
import { ownsOf } from '../../core/claims.ts';
import { type Guard, guardOf } from '../../core/codeowners.ts';
import { type ClaimTerm, isActive, type Task } from '../../core/task.ts';
import { trespasses, whyNot } from '../../core/trespass.ts';
import type { Ports } from '../../ports.ts';
import { targetOf } from '../init.ts';
import { taskHere } from '../tasks.ts';
import { tasksInForce } from './lapse.ts';
import { repositoryPath } from './paths.ts';
import { claimRequests } from './request.ts';
import { codeownersOf, type Rules, rulesFor } from './rules.ts';

/** A task that may change the path, by which of its patterns, since when and why. */
export interface Owner {
  readonly task: string;
  readonly state: Task['state'];
  readonly agent: string;
  readonly pattern: string;
  readonly since: string;
  readonly until: string | null;
  readonly by: string | null;
  readonly why: string | null;
}
export interface Owned {
  readonly path: string;
  /** Who alone may change it. */
  readonly owner: Owner | null;
  /** Who may change it beside others. */
  readonly sharers: readonly Owner[];
  /** The pattern of the config that freezes it, or lets every task change it. */
  readonly frozen: string | null;
  readonly shared: string | null;
  /** Who must approve a change, and where that is said. */
  readonly approval: Pick<Guard, 'approvers' | 'source'> | null;
  /** Whom CODEOWNERS names, whether or not gwt goes by it. */
  readonly codeowners: Pick<Guard, 'approvers' | 'source'> | null;
  readonly requests: readonly Pick<ClaimRequest, 'id' | 'task' | 'mode' | 'why'>[];
  /** Whether the task here may change it, and why not; null where no task is here. */
  readonly here: { readonly task: string; readonly may: boolean; readonly why: string | null } | null;
}

/** Whose paths are, by claims, config and CODEOWNERS. Refuses `path.outside`. */
export async function owns(
  ports: Ports,
  input: { readonly paths: readonly string[] },
): Promise<{ readonly paths: readonly Owned[] }> {
  const here = await taskHere(ports);
  const tasks = await tasksInForce(ports);
  const target = here?.target ?? (await targetOf(ports, true));
  const [rules, codeowners, requests] = await Promise.all([
    rulesFor(ports, target),
    codeownersOf(ports, target),
    claimRequests(ports),
  ]);
  const ground = { tasks, rules, codeowners, open: requests.filter(({ state }) => state === 'open'), here: here?.id };
  const paths = await Promise.all(input.paths.map((path) => repositoryPath(ports, path)));
  return { paths: paths.map((path) => ownedIn(ground, path)) };
}

interface Ground {
  readonly tasks: readonly Task[];
  readonly rules: Rules;
  readonly codeowners: readonly Guard[];
  readonly open: readonly ClaimRequest[];
  readonly here: string | undefined;
}

function ownedIn({ tasks, rules, codeowners, open, here }: Ground, path: string): Owned {
  const active = tasks.filter(isActive);
  const holding = (patternsOf: (task: Task) => readonly string[]) =>
    active.filter((task) => ownsOf(patternsOf(task))(path)).map((task) => ownerOf(task, patternsOf(task), path));
  const decisive = (patterns: readonly string[]) => (ownsOf(patterns)(path) ? lastNaming(patterns, path) : null);
  const brief = (guard: Guard | undefined) =>
    guard && guard.approvers.length > 0 ? { approvers: guard.approvers, source: guard.source } : null;
  const task = tasks.find(({ id }) => id === here);
  const [no] = task ? trespasses({ changes: [{ path }], task, others: tasks, ...rules }) : [];
  return {
    path,
    owner: holding((one) => one.owns)[0] ?? null,
    sharers: holding((one) => one.shares ?? []),
    frozen: decisive(rules.frozen),
    shared: decisive(rules.shared),
    approval: brief(guardOf(rules.guards, path)),
    codeowners: brief(guardOf(codeowners, path)),
    requests: open
      .filter(({ patterns }) => ownsOf(patterns)(path))
      .map(({ id, task, mode, why }) => ({ id, task, mode, why })),
    here: task ? { task: task.id, may: no === undefined, why: no ? whyNot(no) : null } : null,
  };
}

function ownerOf(task: Task, patterns: readonly string[], path: string): Owner {
  const pattern = lastNaming(patterns, path);
  const term: Partial<ClaimTerm> = task.terms?.find((one) => one.pattern === pattern) ?? {};
  const { since = task.createdAt, until = null, by = null, why = null } = term;
  return { task: task.id, state: task.state, agent: task.agentId, pattern, since, until, by, why };
}

/** The pattern that decides: the last one that names the path. */
function lastNaming(patterns: readonly string[], path: string): string {
  return patterns.findLast((pattern) => !pattern.startsWith('!') && ownsOf([pattern])(path)) ?? '';
}
