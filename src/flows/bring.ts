import { basename, join } from 'node:path';
import { agentEnv } from '../core/agent-env.ts';
import { ownsOf } from '../core/claims.ts';
import { gateOf } from '../core/gate.ts';
import { Refusal } from '../core/refusal.ts';
import type { Task } from '../core/task.ts';
import type { Ports } from '../ports.ts';
import { SPAWN_MARK } from './recover.ts';

type BringPorts = Pick<Ports, 'git' | 'files' | 'config' | 'programs' | 'ids'>;

/**
 * Brings along what the worktree needs and git does not have: files copied, folders linked or cloned as the config
 * says. Only what is untracked in the main worktree, and never over something. Gives the paths, so that git in the
 * new worktree can be told not to see them.
 */
export async function bring(ports: BringPorts, task: Pick<Task, 'worktree'>): Promise<readonly string[]> {
  const { root, bare } = await ports.git.repo();
  const { copy, link, clone } = (await ports.config.load()).worktrees;
  if (bare || copy.length + link.length + clone.length === 0) return [];
  const { untracked } = ports.git.work;
  const files = await untracked(copy.flatMap(pathspecs), ['node_modules/']);
  const folders = (await untracked(named([...link, ...clone]))).map((path) => path.replace(/\/$/, ''));
  const chosen = ownsOf(copy);
  const brought: string[] = [];
  for (const path of [...files.filter((path) => !path.endsWith('/')), ...folders]) {
    const [from, to] = [join(root, path), join(task.worktree, path)];
    const how = link.includes(path) ? 'link' : clone.includes(path) || chosen(path) ? 'copy' : undefined;
    if (!how || (await ports.files.exists(to)) || isWorktree(from, task.worktree)) continue;
    if (how === 'copy') await ports.files.copy(from, to);
    else await linked(ports, from, to);
    brought.push(path);
  }
  return brought;
}

/** Runs the config's setup commands in the new worktree, one after the other. Refuses `setup.failed` with their output. */
export async function setUp(
  ports: BringPorts,
  task: Pick<Task, 'id' | 'agentId' | 'role' | 'worktree' | 'lease'>,
): Promise<void> {
  const { setup } = (await ports.config.load()).worktrees;
  for (const { run, timeout } of setup.map(gateOf)) {
    const env = { ...agentEnv(task, ports.ids.next(), '', 'setup'), [SPAWN_MARK]: task.lease?.run };
    const end = await ports.programs.run({ command: run, cwd: task.worktree, env, wallMs: timeout * 1000 });
    if (end.outcome === 'exited' && end.code === 0) continue;
    const why = end.outcome === 'timeout' ? `\n(ended after ${timeout} s)` : '';
    throw new Refusal('setup.failed', { command: run, code: end.code, tail: `${end.tail.trimEnd()}${why}` });
  }
}

/**
 * A folder is linked as a whole, but `node_modules` entry by entry: packages of the workspace, which are links within
 * the repository themselves, then point into the new worktree, and a package manager that empties the folder empties
 * the worktree's own.
 */
async function linked({ files }: BringPorts, from: string, to: string): Promise<void> {
  if (basename(from) !== 'node_modules' || (await files.kind(from)) !== 'folder') return files.link(from, to);
  await files.makeDir(to);
  for (const name of await files.list(from)) {
    const [entry, here] = [join(from, name), join(to, name)];
    if (name.startsWith('@')) {
      await files.makeDir(here);
      for (const scoped of await files.list(entry)) await linkedEntry(files, join(entry, scoped), join(here, scoped));
    } else if (!/^\.(cache|vite)/.test(name)) await linkedEntry(files, entry, here);
  }
}

async function linkedEntry(files: BringPorts['files'], from: string, to: string): Promise<void> {
  await ((await files.kind(from)) === 'folder' ? files.link(from, to) : files.copy(from, to));
}

/** Where git may look for what a pattern names: more than it means, never less; the claim's reading decides. */
function pathspecs(pattern: string): readonly string[] {
  if (pattern.startsWith('!')) return [];
  const body = pattern.replace(/\/$/, '');
  const anchored = body.includes('/') ? body.replace(/^\//, '') : `**/${body}`;
  return [`:(top,glob)${anchored}`];
}

const named = (paths: readonly string[]): readonly string[] => paths.map((path) => `:(top,literal)${path}`);

/** Worktrees may be kept inside the repository: none of them is copied into another. */
const isWorktree = (from: string, worktree: string): boolean => worktree === from || worktree.startsWith(`${from}/`);
