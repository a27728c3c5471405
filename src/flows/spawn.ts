import { admit, refuseCircle } from '../core/admission.ts';
import { draftOf, type Ground, type TaskRequest, taskId } from '../core/draft.ts';
import { noProfile } from '../core/profile.ts';
import { taskOf } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import { unknownRole } from '../core/role.ts';
import type { Task } from '../core/task.ts';
import type { Ports } from '../ports.ts';
import { approve } from './approve.ts';
import { targetOf } from './init.ts';
import type { Looped } from './loop.ts';
import { planFile } from './plan-file.ts';
import { leaseOf } from './recover.ts';
import { allRoles } from './roles.ts';
import { branchesInTheWay, type Draft, draftDocs, startOf } from './spawn-draft.ts';
import { makeTask } from './spawn-one.ts';

/** What one call of spawn asks for; what stands beside `tasks` holds for each of them, and for those of a plan file. */
export interface SpawnInput extends Omit<TaskRequest, 'title' | 'stories' | 'epic'> {
  readonly tasks: readonly string[];
  readonly fromFile?: string;
  /** Tasks that somebody has put together already. */
  readonly rows?: readonly TaskRequest[];
  readonly adopt?: boolean;
  readonly dryRun?: boolean;
  /** Set the agents to work at once. */
  readonly loop?: boolean;
}
export type SpawnedTask = Pick<
  Task,
  | 'id'
  | 'title'
  | 'state'
  | 'branch'
  | 'worktree'
  | 'base'
  | 'owns'
  | 'agent'
  | 'role'
  | 'priority'
  | 'after'
  | 'adopted'
>;
export interface Spawned {
  readonly tasks: readonly SpawnedTask[];
  /** Tasks that could not be made, when others could. */
  readonly refused: readonly { readonly task: string; readonly refusal: Refusal }[];
  readonly dryRun: boolean;
  /** How the loops ended that were asked for. */
  readonly looped?: Looped;
}

/** Work done on several worktrees at once gains nothing beyond a few: checking files out is what takes the time. */
const AT_ONCE = 4;

/** Makes a branch, a worktree and a ledger entry for each task: all three, or nothing of it. */
export async function spawn(ports: Ports, input: SpawnInput): Promise<Spawned> {
  const dryRun = input.dryRun ?? false;
  const drafts = await drafted(ports, input, await requested(ports, input), dryRun);
  if (drafts.length > 1 || dryRun) await admitTogether(ports, drafts);
  if (dryRun) return { tasks: drafts.map(({ task }) => told(task)), refused: [], dryRun };
  if ((await ports.config.load()).worktrees.setup.length > 0) await approve(ports, ['setup']);
  const tasks: Task[] = [];
  const refused: { task: string; refusal: Refusal }[] = [];
  const waiting = [...drafts];
  const work = async () => {
    for (let draft = waiting.shift(); draft && !ports.stop.aborted; draft = waiting.shift()) {
      try {
        tasks.push(await makeTask(ports, draft));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused.push({ task: draft.task.id, refusal: error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, drafts.length) }, work));
  if (tasks.length === 0 && refused[0]) throw refused[0].refusal;
  const order = drafts.map(({ task }) => task.id);
  tasks.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  const spawned = { tasks: tasks.map(told), refused, dryRun };
  return input.loop ? { ...spawned, looped: await looped(ports, tasks) } : spawned;
}

/** Loaded only when it is asked for: a spawn alone should start fast. */
async function looped(ports: Ports, tasks: readonly Task[]): Promise<Looped> {
  const { loop } = await import('./loop.ts');
  return loop(ports, { tasks: tasks.map(({ id }) => id), parallel: AT_ONCE });
}

async function requested(ports: Ports, input: SpawnInput): Promise<readonly TaskRequest[]> {
  const { tasks, fromFile, rows = [], adopt: _, dryRun: __, loop: ___, ...common } = input;
  const planned = fromFile === undefined ? [] : await planFile(ports, fromFile);
  const all = [...tasks.map((title) => ({ title })), ...rows, ...planned].map((one) => ({ ...common, ...one }));
  if (all.length === 0) throw new Refusal('usage.bad', { problem: 'no task is named', command: 'spawn' });
  const ids = all.map(({ title }) => taskId(title));
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined)
    throw new Refusal('usage.bad', { problem: `two of the tasks would be called ${twice}`, command: 'spawn' });
  return all;
}

/** Everything that can be refused before anything is made is refused here. */
export async function drafted(
  ports: Ports,
  input: Pick<SpawnInput, 'adopt'>,
  requests: readonly TaskRequest[],
  dryRun = false,
): Promise<readonly Draft[]> {
  const [{ root }, config] = await Promise.all([ports.git.repo(), ports.config.load()]);
  const target = await targetOf(ports, dryRun);
  const lease = leaseOf(ports);
  const together = requests.map(({ title }) => taskId(title));
  const known = (await allRoles(ports)).map(({ name }) => name);
  const drafts: Draft[] = [];
  for (const request of requests) {
    const ground: Ground = { config, root, target, lease };
    await ports.agents.find(request.agent ?? config.loop.agent);
    if (request.review !== undefined) await ports.agents.find(request.review);
    const { start, ...more } = await startOf(ports, request, ground, input.adopt ?? false);
    const wrong = request.profile === undefined ? undefined : noProfile(config, request.profile);
    if (wrong) throw new Refusal('usage.bad', { problem: wrong, command: 'spawn' });
    const task = draftOf(request, ground, start);
    const strange = unknownRole(task.role, known);
    const notes = [...more.notes, ...(strange ? [strange] : [])];
    drafts.push({ task, ...more, notes, together, ...(await draftDocs(ports, request, task)) });
  }
  return drafts;
}

/** Tasks of one call are told apart before the first of them is made. */
async function admitTogether(ports: Ports, drafts: readonly Draft[]): Promise<void> {
  const tasks = (await ports.ledger.list('tasks', ['task.json'])).map(taskOf);
  const config = await ports.config.load();
  const branches = await branchesInTheWay(ports, config.branchPrefix);
  refuseCircle(drafts.map(({ task }) => task));
  const before: Task[] = [...tasks];
  for (const { task, together } of drafts) {
    admit(task, { tasks: before, branches, shared: config.ownership.shared, together });
    before.push(task);
  }
}

function told(task: Task): SpawnedTask {
  const { id, title, state, branch, worktree, base, owns, agent, role, priority, after, adopted } = task;
  return { id, title, state, branch, worktree, base, owns, agent, role, priority, after, adopted };
}
