import { relative, resolve, sep } from 'node:path';
import { overlap } from '../../core/claims.ts';
import { taskId } from '../../core/draft.ts';
import { checkPlan, type PlannedTask } from '../../core/plan.ts';
import { tasksOfStories } from '../../core/plan-stories.ts';
import type { Planned } from '../../core/queue.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { planFile } from '../plan-file.ts';
import { storiesAt } from '../prd-file.ts';
import { enqueue } from '../queue/add.ts';
import { plannedOf } from '../queue/look.ts';
import { allTasks } from '../tasks.ts';

/** A plan, and how its tasks stand. */
export interface Plan {
  /** Its path in the repository: the same plan is known again by it. */
  readonly name: string;
  readonly rows: readonly PlanRow[];
}
/** A task of a plan, made already or to be made. */
export interface PlanRow {
  readonly id: string;
  readonly title: string;
  /** `new` is what is not there yet, `waiting` what waits in the queue. */
  readonly state: Task['state'] | Planned['state'] | 'new';
  readonly after: readonly string[];
  readonly owns: readonly string[];
  readonly agent: string;
  readonly priority: number;
  readonly role?: string;
  readonly profile?: string;
  readonly epic?: string;
  /** Tasks of the plan whose claims have a path in common with its own: they run one after the other. */
  readonly collides: readonly string[];
}

/**
 * The tasks of a plan file, those that are there already by their state. Changes nothing. Refuses `plan.invalid` for a
 * plan that cannot be done, and for a name that is taken by another plan's task; `agent.unknown`.
 */
export async function readPlanned(ports: Ports, path: string, split: boolean): Promise<[Plan, readonly PlannedTask[]]> {
  const [tasks, known, config] = await Promise.all([allTasks(ports), queued(ports), ports.config.load()]);
  const name = await nameOf(ports, path);
  const asked = split ? tasksOfStories((await storiesAt(ports, path)).stories) : await planFile(ports, path);
  if (asked.length === 0)
    throw new Refusal('plan.invalid', { path, why: 'each of its stories passes or is set aside' });
  checkPlan(
    asked,
    path,
    [...tasks, ...known].map(({ id }) => id),
  );
  const there = new Map([...known, ...tasks].map((one) => [one.id, one]));
  const { shared } = config.ownership;
  const rows = asked.map(({ title, line, after = [], owns = [], agent = config.loop.agent, priority = 0, ...more }) => {
    const id = taskId(title);
    const same = there.get(id);
    if (same?.plan !== undefined && same.plan !== name)
      throw new Refusal('plan.invalid', { path, why: `${id} is a task of ${same.plan}`, ...(line ? { line } : {}) });
    const others = asked.filter((other) => other.title !== title && overlap(owns, other.owns ?? [], shared));
    const collides = others.map((other) => taskId(other.title));
    const { role, profile, epic } = more;
    return {
      ...{
        id,
        title,
        state: same?.state ?? ('new' as const),
        after: after.map(taskId),
        owns,
        agent,
        priority,
        collides,
      },
      ...(role === undefined ? {} : { role }),
      ...(profile === undefined ? {} : { profile }),
      ...(epic === undefined ? {} : { epic }),
    };
  });
  const agents = new Set(rows.flatMap(({ state, agent }) => (state === 'new' ? [agent] : [])));
  await Promise.all([...agents].map((agent) => ports.agents.find(agent)));
  return [{ name, rows }, asked];
}

/** Puts into the queue what of a plan is not there yet, all of it or nothing; what is there stays as it is. */
export async function enterPlan(ports: Ports, path: string, split: boolean): Promise<Plan> {
  for (let again = 0; ; again += 1) {
    const [plan, asked] = await readPlanned(ports, path, split);
    const fresh = new Set(plan.rows.filter(({ state }) => state === 'new').map(({ id }) => id));
    const wanted = asked.filter(({ title }) => fresh.has(taskId(title)));
    try {
      const requests = wanted.map(({ line: _, key: __, ...request }) => ({ ...request, plan: plan.name }));
      if (requests.length > 0) await enqueue(ports, requests);
      return plan;
    } catch (error) {
      // Somebody else runs the same plan, and was faster.
      if (!(error instanceof Refusal) || error.code !== 'task.exists' || again === TRIES) throw error;
    }
  }
}

const TRIES = 5;

async function queued({ ledger }: Pick<Ports, 'ledger'>): Promise<readonly Planned[]> {
  return (await ledger.list('queue', ['entry.json'])).map(plannedOf);
}

async function nameOf({ git, self }: Ports, path: string): Promise<string> {
  const { root, top } = await git.repo();
  const full = resolve(self.cwd, path);
  const inside = relative(top ?? root, full);
  return inside.startsWith('..') ? full : inside.split(sep).join('/');
}
