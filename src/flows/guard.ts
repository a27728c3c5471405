import { dirname, resolve } from 'node:path';
import { placeOf, trespassWords } from '../core/guard.ts';
import { inForce } from '../core/holding.ts';
import { trespasses } from '../core/trespass.ts';
import type { Ports } from '../ports.ts';
import { rulesFor } from './claims/rules.ts';
import { allTasks, taskNamedOrHere } from './tasks.ts';

/** What was asked of the hook: the JSON that an agent's CLI hands to it. */
export interface GuardInput {
  readonly asked: string;
}
/** `why` is set where the tool should not write there. */
export interface Guarded {
  readonly why?: string;
}

/**
 * Whether a tool of an agent's CLI may write the file it is about to write: inside the worktree and the claim. This is
 * advice, given at once; what counts is what the hooks of git and the loop see afterwards. What it cannot understand it
 * lets pass.
 */
export async function guard(
  ports: Pick<Ports, 'git' | 'ledger' | 'config' | 'self' | 'clock'>,
  { asked }: GuardInput,
): Promise<Guarded> {
  const path = pathIn(asked, ports.self.cwd);
  if (path === undefined) return {};
  const { env } = ports.self;
  const [task, repo] = await Promise.all([taskNamedOrHere(ports, env['GWT_TASK'], 'check'), ports.git.repo()]);
  const answer = env['GWT_ANSWER'];
  const repository = [repo.root, repo.common, dirname(task.worktree)];
  const { worktree } = task;
  const place = placeOf({ path, worktree, temporary: ports.self.temporary, repository, ...(answer ? { answer } : {}) });
  if (place.inside === undefined) return place.why ? { why: place.why } : {};
  if (Object.values(task.seeds).includes(place.inside)) return {};
  const [known, rules] = await Promise.all([allTasks(ports), rulesFor(ports, task.target)]);
  const others = known.map((one) => inForce(one, ports.clock.now()));
  const mine = others.find(({ id }) => id === task.id) ?? task;
  const [found] = trespasses({ changes: [{ path: place.inside }], task: mine, others, ...rules });
  if (!found || (await isIgnored(ports, worktree, place.inside))) return {};
  return { why: trespassWords(found) };
}

/** Ignored files are in no commit: nobody is trodden on. */
async function isIgnored({ git }: Pick<Ports, 'git'>, worktree: string, path: string): Promise<boolean> {
  const ignored = await git.work.ignored(worktree);
  return ignored.some((one) => path === one || (one.endsWith('/') && path.startsWith(one)));
}

/** The file of a tool that writes one. (Claude Code, PreToolUse: `tool_input`) */
function pathIn(asked: string, cwd: string): string | undefined {
  try {
    const { cwd: from, tool_input: input } = JSON.parse(asked) as Record<string, unknown>;
    const { file_path, notebook_path } = (input ?? {}) as Record<string, unknown>;
    const path = file_path ?? notebook_path;
    return typeof path === 'string' ? resolve(typeof from === 'string' ? from : cwd, path) : undefined;
  } catch {
    return undefined;
  }
}
