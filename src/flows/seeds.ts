import { join } from 'node:path';
import { memoryFile, memoryText } from '../core/memory.ts';
import { isActive, type Task } from '../core/task.ts';
import type { Ports } from '../ports.ts';
import { rulesFor } from './claims/rules.ts';
import { roleOf } from './roles.ts';
import { allTasks } from './tasks.ts';

type SeedPorts = Pick<Ports, 'git' | 'ledger' | 'files' | 'config' | 'self'>;

/** What a new worktree begins with. `brought` are untracked paths gwt puts there. */
export interface Seeds {
  readonly prd: string;
  readonly progress: string;
  readonly brought?: readonly string[];
}

/** What agents cannot help leaving at the top of a worktree: Aider's cache of its repository map. */
const LITTER = ['/.aider.tags.cache.v*/'];

/** Puts memory file, stories and progress into a new worktree and keeps git there from seeing them. */
export async function writeSeeds(ports: SeedPorts, task: Task, docs: Seeds): Promise<void> {
  const { worktree, seeds } = task;
  await Promise.all([
    refreshSeeds(ports, task),
    ports.files.write(join(worktree, seeds.prd), docs.prd),
    ports.files.write(join(worktree, seeds.progress), docs.progress),
    exclude(ports, task, docs.brought),
  ]);
}

/** Writes the memory file of a task anew from the facts as they are now; a person's own notes in it stay. */
export async function refreshSeeds(ports: SeedPorts, task: Task, tasks?: readonly Task[]): Promise<void> {
  const path = join(task.worktree, task.seeds.memory);
  const before = await ports.files.read(path);
  const now = memoryFile(before, await memoryOf(ports, task, tasks));
  // It can be made again from the ledger at any time: the disk is not waited for.
  if (now !== before) await ports.files.jot(path, now);
}

/** The standing rules of a task, for agents that do not read the memory file. */
export async function memoryOf(ports: SeedPorts, task: Task, tasks?: readonly Task[]): Promise<string> {
  const config = await ports.config.load();
  const role = await roleOf(ports, task.role);
  const told = role ? { role: role.text } : {};
  const others = tasks ?? (await allTasks(ports));
  return memoryText({ task, others, ...(await rulesFor(ports, task.target)), gates: config.gates, ...told });
}

/**
 * Has the memory files of all active tasks written anew: a claim came, went or changed. Of several processes that want
 * it at once one does it for all: each leaves a mark first, and whoever is at it looks for a mark before it ends and
 * once more after the lock is given back, so that none is overlooked.
 */
export async function refreshAll(ports: SeedPorts & Pick<Ports, 'locks'>): Promise<void> {
  const { git, files, locks } = ports;
  const { common } = await git.repo();
  const wanted = join(common, 'gwt', 'refresh-wanted');
  await files.jot(wanted, '');
  while (await files.exists(wanted)) {
    const lock = await locks.take(join(common, 'gwt', 'locks', 'refresh'));
    if (!lock) return;
    try {
      while (await files.exists(wanted)) {
        await files.remove(wanted);
        const tasks = await allTasks(ports);
        await Promise.all(tasks.filter(isActive).map((task) => refreshPresent(ports, task, tasks)));
      }
    } finally {
      await lock.release();
    }
  }
}

async function refreshPresent(ports: SeedPorts, task: Task, tasks: readonly Task[]): Promise<void> {
  const { files } = ports;
  const there = await files.read(join(task.worktree, task.seeds.memory));
  if (there !== undefined || (await files.exists(join(task.worktree, '.git')))) await refreshSeeds(ports, task, tasks);
}

/**
 * The worktree's own excludes file: what the person excludes everywhere, then the seeds and what was brought along.
 * The shared `info/exclude` stays as it is, so the person's own checkout notices nothing.
 */
export async function exclude(ports: SeedPorts, task: Task, brought: readonly string[] = []): Promise<void> {
  const gitDir = await ports.git.worktrees.gitDir(task.worktree);
  const lines = Object.values(task.seeds).map((seed) => (seed.startsWith('.gwt/') ? '.gwt/' : seed));
  const own = [...new Set([...lines, ...brought])].map((name) => `/${escaped(name)}`).concat(LITTER);
  const everywhere = await ports.files.read(await globalExcludes(ports));
  const text = [everywhere?.trimEnd() ?? '', '# gwt', ...own, ''].join('\n');
  await ports.files.write(join(gitDir, 'gwt', 'exclude'), text);
}

/** Where the person's own excludes lie. (gitignore(5): core.excludesFile, else git/ignore in the user's config folder.) */
async function globalExcludes({ git, self }: SeedPorts): Promise<string> {
  const home = self.env['XDG_CONFIG_HOME'] || join(self.env['HOME'] ?? '/', '.config');
  return (await git.config.path('core.excludesFile')) ?? join(home, 'git', 'ignore');
}

const escaped = (name: string): string => name.replace(/[\\*?[\]!# ]/g, '\\$&');
