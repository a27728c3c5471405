import { join } from 'node:path';
import { type Finding, ill, well } from '../../core/finding.ts';
import { memoryFile } from '../../core/memory.ts';
import { taskOf } from '../../core/records.ts';
import { abandoned, holds } from '../../core/recovery.ts';
import { Refusal } from '../../core/refusal.ts';
import { isActive, type Task } from '../../core/task.ts';
import { isBound } from '../../core/worktree-config.ts';
import type { Ports } from '../../ports.ts';
import { scripts } from '../hook-scripts.ts';
import { type Common, claimText, commonFacts, configFacts, installHooks, silence } from '../hooks.ts';
import { recover, witnessOf } from '../recover.ts';
import { memoryOf, refreshAll } from '../seeds.ts';

const FIX = 'gwt doctor --fix';
const OF_HOOKS: ReadonlySet<string> = new Set(['settings', 'scripts', 'claim', 'fires']);

/** What is wrong with each task: how it was made, its worktree, who runs it, and its hooks. */
export async function aboutTasks(ports: Ports): Promise<readonly Finding[]> {
  const tasks = await readable(ports);
  const common = await commonFacts(ports);
  const found = [...halfMade(ports, tasks), ...(await installed(ports, common, tasks))];
  for (const task of tasks.filter(({ ready, state }) => ready && state !== 'dropped'))
    found.push(...(await aboutTask(ports, { task, tasks, common })));
  return found;
}

/** Takes back half-made spawns and renews hooks. No file of a worktree and no branch is touched. */
export async function mendTasks(ports: Ports, findings: readonly Finding[]): Promise<void> {
  const faults = findings.filter(({ state }) => state === 'ill');
  if (faults.some(({ check }) => check === 'spawn')) await recover(ports);
  if (faults.some(({ check }) => check === 'memory')) await refreshAll(ports);
  const hurt = faults.filter(({ check }) => OF_HOOKS.has(check));
  if (hurt.length === 0) return;
  await ports.files.remove(join((await commonFacts(ports)).hooks, '.installed'));
  const everywhere = hurt.some(({ check }) => check === 'scripts');
  const names = new Set(hurt.map(({ subject }) => subject));
  for (const task of await readable(ports))
    if (task.ready && (everywhere || names.has(task.id)) && (await ports.git.worktrees.admin(task.worktree)))
      await installHooks(ports, task).catch(() => {});
}

/** An entry that cannot be read has its own finding, and keeps no other task from being looked at. */
async function readable({ ledger }: Ports): Promise<readonly Task[]> {
  return (await ledger.list('tasks', ['task.json'])).flatMap((entry) => {
    try {
      return [taskOf(entry)];
    } catch (error) {
      if (error instanceof Refusal) return [];
      throw error;
    }
  });
}

function halfMade(ports: Ports, tasks: readonly Task[]): readonly Finding[] {
  return abandoned(tasks, witnessOf(ports)).map(({ id }) => ill('spawn', id, 'its spawn was cut short', FIX));
}

/** The installed scripts, for all worktrees at once. */
async function installed(ports: Ports, common: Common, tasks: readonly Task[]): Promise<readonly Finding[]> {
  if (!tasks.some((task) => task.ready && isActive(task))) return [];
  const wrong: string[] = [];
  for (const [name, text] of await scripts(ports, common.projectFolder))
    if ((await ports.files.read(join(common.hooks, name))) !== text) wrong.push(name);
  if (wrong.length === 0) return [well('scripts', common.hooks)];
  return [ill('scripts', common.hooks, `not the hooks of this gwt: ${wrong.join(', ')}`, FIX)];
}

interface Patient {
  readonly task: Task;
  readonly tasks: readonly Task[];
  readonly common: Common;
}

async function aboutTask(ports: Ports, patient: Patient): Promise<readonly Finding[]> {
  const { task } = patient;
  const { id, worktree } = task;
  const there = await ports.files.exists(join(worktree, '.git'));
  const admin = await ports.git.worktrees.admin(worktree);
  if (!there && !isActive(task)) return [];
  if (!there || !admin) {
    const why = there ? `git does not know the worktree ${worktree}` : `its worktree ${worktree} is gone`;
    return [ill('worktree', id, why, `gwt restore ${id}   or gwt rm ${id}`)];
  }
  const found = [well('worktree', id), ...lease(ports, task)];
  found.push(
    await settings(ports, admin, patient),
    await claim(ports, admin, patient),
    ...(await memory(ports, patient)),
  );
  const why = await silence(ports, task);
  return [...found, why ? ill('fires', id, `the hooks do not fire in ${worktree}: ${why}`, FIX) : well('fires', id)];
}

function lease(ports: Ports, { id, state, lease }: Task): readonly Finding[] {
  if (state !== 'running' || holds(lease, witnessOf(ports))) return [];
  return [ill('lease', id, 'it is said to run, but its loop is gone', `gwt loop ${id}`)];
}

async function settings({ files }: Ports, admin: string, { task, common }: Patient): Promise<Finding> {
  const text = (await files.read(join(admin, 'config.worktree'))) ?? '';
  if (isBound(text, configFacts(admin, common))) return well('settings', task.id);
  return ill('settings', task.id, `the settings of its worktree are not as gwt wrote them`, FIX);
}

async function claim(ports: Ports, admin: string, { task, tasks, common }: Patient): Promise<Finding> {
  const text = await ports.files.read(join(admin, 'gwt', 'claim.sh'));
  if (text === (await claimText(ports, task, tasks, common))) return well('claim', task.id);
  const why = text === undefined ? 'its worktree has no claim' : 'its hooks go by an older claim';
  return ill('claim', task.id, why, FIX);
}

/** What the agent is told of claims, in its memory file; a file that a person deleted is their wish. */
async function memory(ports: Ports, { task, tasks }: Patient): Promise<readonly Finding[]> {
  const text = await ports.files.read(join(task.worktree, task.seeds.memory));
  if (text === undefined || !isActive(task)) return [];
  if (text === memoryFile(text, await memoryOf(ports, task, tasks))) return [well('memory', task.id)];
  return [ill('memory', task.id, 'its memory file tells of older claims', FIX)];
}
