import type { Guard } from './codeowners.ts';
import { firstEnd, isOpen } from './holding.ts';
import { claimPathspecs, neverPathspecs } from './pathspec.ts';
import type { Task } from './task.ts';
import { isActive } from './task.ts';

/** What the hooks of one worktree need to know. Paths are absolute; `project` may be relative, as git takes it. */
export interface HookFacts {
  readonly task: Task;
  readonly others: readonly Task[];
  readonly frozen: readonly string[];
  readonly shared: readonly string[];
  readonly guards?: readonly Guard[];
  /** How gwt is started. */
  readonly command: readonly string[];
  /** Where the project keeps its own hooks. */
  readonly project: string;
  /** The main checkout. */
  readonly root: string;
  /** The file whose time says when the agent last committed. */
  readonly beat: string;
}

/**
 * The text of a worktree's `claim.sh`: shell variables, and one function that runs a git diff over pathspecs made
 * beforehand, so that an allowed commit starts no node. What it flags is decided by `trespasses`.
 */
export function claimFile(facts: HookFacts): string {
  const { task, others } = facts;
  const branches = others.filter(({ id }) => task.after.includes(id)).map(({ branch }) => branch);
  const variables = {
    task: task.id,
    agent: task.agentId,
    branch: `refs/heads/${task.branch}`,
    target: `refs/heads/${task.target}`,
    base: task.base,
    bases: [task.target, ...branches].map((branch) => `refs/heads/${branch}`).join(' '),
    project: facts.project,
    root: facts.root,
    beat: facts.beat,
  };
  return [
    '# What the hooks of this worktree go by. Written by gwt, and written again when claims change.',
    ...Object.entries(variables).map(([name, value]) => `gwt_${name}=${quoted(value)}`),
    `gwt_start() { ${facts.command.map(quoted).join(' ')} "$@"; }`,
    'gwt_inside() {',
    ...lapsing(facts),
    ...checks(facts).map((specs) => `  "$@" -- ${specs.map(quoted).join(' ')} || return`),
    '  return 0',
    '}',
    '',
  ].join('\n');
}

/** What a task may change for a time only is looked at precisely once that is over. */
function lapsing({ task }: HookFacts): readonly string[] {
  const end = isOpen(task) ? undefined : firstEnd(task);
  return end === undefined ? [] : [`  [ "$(date +%s)" -lt ${Math.floor(end / 1000)} ] || return 1`];
}

/** One list of pathspecs for each diff that must be empty. */
function checks({ task, others, frozen, shared, guards = [] }: HookFacts): readonly (readonly string[])[] {
  const claims = others.filter((other) => other.id !== task.id && isActive(other)).map(({ owns }) => owns);
  const closed = [...frozen, ...guards.filter(({ approvers }) => approvers.length > 0).map(({ pattern }) => pattern)];
  if (isOpen(task)) return filled([neverPathspecs([...closed, ...claims.flat()])]);
  const { outside, inside } = claimPathspecs([...task.owns, ...(task.shares ?? [])]);
  const common = claimPathspecs(shared);
  // A shared list that takes paths out again cannot be joined to the claim: such paths are looked at precisely.
  const open = common.inside.length === 0 ? common.outside.slice(1) : [];
  return filled([
    [...outside, ...open],
    [...inside, ...neverPathspecs(closed)],
  ]);
}

const filled = (lists: readonly (readonly string[])[]) => lists.filter((list) => list.length > 0);

/** The text as one word of a POSIX shell, whatever it holds. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
