import { dirname, join, resolve } from 'node:path';
import { claimFile } from '../core/hookfile.ts';
import { Refusal } from '../core/refusal.ts';
import type { Task } from '../core/task.ts';
import { type WorktreeSettings, worktreeConfig } from '../core/worktree-config.ts';
import type { Lock, Ports } from '../ports.ts';
import { rulesFor } from './claims/rules.ts';
import { installScripts } from './hook-scripts.ts';
import { allTasks } from './tasks.ts';

export type HookPorts = Pick<Ports, 'git' | 'ledger' | 'config' | 'files' | 'self'>;

/** What every worktree's hooks go by. */
export interface Common {
  /** `core.hooksPath` as it is set for all worktrees. */
  readonly set: string | undefined;
  /** The installed hook scripts. */
  readonly hooks: string;
  /** The project's own hooks, as git takes it: relative to a worktree's top, or absolute. */
  readonly project: string;
  /** The same, absolute: as the main checkout sees it. */
  readonly projectFolder: string;
  readonly pushUrls: readonly string[];
  readonly urls: readonly string[];
}

/**
 * Puts gwt's hooks into a task's worktree, tells git to use them there and nowhere else, and proves that they fire.
 * Refuses `hook.silent` when they do not. Doing it again renews them. Gives what it found out for all worktrees.
 */
export async function installHooks(ports: HookPorts, task: Task): Promise<Common> {
  const common = await commonFacts(ports);
  await installScripts(ports, common);
  const gitDir = await knownGitDir(ports, task.worktree);
  if (!gitDir) throw new Refusal('path.missing', { path: task.worktree, what: 'worktree' });
  await writeConfig(ports, gitDir, common);
  await writeClaim(
    ports,
    gitDir,
    task,
    task.owns.length > 0 && task.after.length === 0 ? [] : await allTasks(ports),
    common,
  );
  const why = await silence(ports, task);
  if (why) throw new Refusal('hook.silent', { worktree: task.worktree, why });
  return common;
}

/**
 * Writes what the hooks go by anew in every worktree of a task, or of those concerned: claims or frozen paths have
 * changed. One process at a time, each by the ledger as it finds it then: what is written last is never the older.
 */
export async function refreshHooks(
  ports: HookPorts & Pick<Ports, 'locks' | 'clock'>,
  concerns: (task: Task) => boolean = () => true,
): Promise<void> {
  const isMeant = (task: Task) => task.ready && task.state !== 'dropped' && concerns(task);
  if (!(await allTasks(ports)).some(isMeant)) return;
  const common = await commonFacts(ports);
  const lock = await turn(ports, join(dirname(common.hooks), 'locks', 'hooks'));
  try {
    const tasks = await allTasks(ports);
    for (const task of tasks.filter(isMeant)) {
      const gitDir = await knownGitDir(ports, task.worktree);
      if (gitDir) await writeClaim(ports, gitDir, task, tasks, common);
    }
  } finally {
    await lock?.release();
  }
}

/** Longer than this nobody writes a few small files: whoever holds the lock stands still, and is not waited for. */
const TURN_MS = 10_000;

async function turn({ locks, clock }: Pick<Ports, 'locks' | 'clock'>, path: string): Promise<Lock | undefined> {
  for (const until = clock.now() + TURN_MS; ; await clock.sleep(20)) {
    const lock = await locks.take(path);
    if (lock || clock.now() > until) return lock;
  }
}

/** Why the hooks do not fire in a task's worktree; undefined when they do. */
export async function silence({ git }: Pick<Ports, 'git'>, task: Task): Promise<string | undefined> {
  const said = await git.worktrees.probe(task.worktree, `refs/gwt/probe/${task.id}`, task.base);
  if (said === undefined) return 'a forbidden change went through';
  if (said.includes(`gwt: refused (task ${task.id})`)) return undefined;
  return `a forbidden change was stopped, but not by them: ${said.trim().split('\n')[0] ?? ''}`;
}

/** One process: where the project keeps its hooks, and where its remotes push to. */
export async function commonFacts({ git, self }: HookPorts): Promise<Common> {
  const { common, root } = await git.repo();
  const settings = await git.config.shared('^(core\\.hookspath|remote\\..*\\.(pushurl|url))$');
  const named = (ending: string) =>
    [...settings]
      .filter(([name]) => name.startsWith('remote.') && name.endsWith(ending))
      .flatMap(([, values]) => values);
  const hooks = join(common, 'gwt', 'hooks');
  const set = settings
    .get('core.hookspath')
    ?.at(-1)
    ?.replace(/^~(?=\/)/, self.env['HOME'] ?? '~');
  const project = set && resolve(root, set) !== hooks ? set : join(common, 'hooks');
  const projectFolder = resolve(root, project);
  return { set, hooks, project, projectFolder, pushUrls: named('.pushurl'), urls: named('.url') };
}

/** The git directory of a worktree; undefined when the folder is none. */
export async function knownGitDir({ files, git }: HookPorts, worktree: string): Promise<string | undefined> {
  return (await files.exists(join(worktree, '.git'))) ? git.worktrees.gitDir(worktree) : undefined;
}

/** What git is told in one worktree. */
export function configFacts(gitDir: string, common: Common): WorktreeSettings {
  return { ...common, exclude: join(gitDir, 'gwt', 'exclude') };
}

async function writeConfig({ files }: HookPorts, gitDir: string, common: Common): Promise<void> {
  const path = join(gitDir, 'config.worktree');
  const before = (await files.read(path)) ?? '';
  const text = worktreeConfig(before, configFacts(gitDir, common));
  if (text !== before) await files.write(path, text);
}

async function writeClaim(
  ports: HookPorts,
  gitDir: string,
  task: Task,
  others: readonly Task[],
  common: Common,
): Promise<void> {
  const path = join(gitDir, 'gwt', 'claim.sh');
  const text = await claimText(ports, task, others, common);
  await ports.files.makeDir(dirname(beatFile(common, task)));
  if (text !== (await ports.files.read(path))) await ports.files.write(path, text);
}

/** What a task's `claim.sh` should say now. */
export async function claimText(
  { git, config, self }: HookPorts,
  task: Task,
  others: readonly Task[],
  common: Common,
): Promise<string> {
  const { root } = await git.repo();
  return claimFile({
    task,
    others,
    ...(await rulesFor({ git, config }, task.target)),
    command: [...self.command, '-C', root],
    project: common.project,
    root,
    beat: beatFile(common, task),
  });
}

const beatFile = ({ hooks }: Common, { id }: Task): string => join(dirname(hooks), 'runs', id, 'beat');
