import { basename, join, resolve } from 'node:path';
import type { Event, EventOf } from '../core/event.ts';
import type { GateSpec } from '../core/gate.ts';
import { document, taskOf } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import { slugOf } from '../core/slug.ts';
import type { Task } from '../core/task.ts';
import { NO_USAGE } from '../core/usage.ts';
import type { Ports } from '../ports.ts';
import { targetOf } from './init.ts';

export interface SpawnInput {
  readonly tasks: readonly string[];
  readonly prompt?: string;
  readonly owns?: readonly string[];
  readonly prd?: string;
  readonly base?: string;
  readonly agent?: string;
  readonly role?: string;
  readonly priority?: number;
  readonly after?: readonly string[];
  readonly gates?: readonly GateSpec[];
}
export interface Spawned {
  readonly tasks: readonly Pick<Task, 'id' | 'state' | 'branch' | 'worktree' | 'base' | 'owns' | 'agent'>[];
}

/** Makes a branch, a worktree and a ledger entry for each task. */
export async function spawn(ports: Ports, input: SpawnInput): Promise<Spawned> {
  const target = await targetOf(ports);
  const tasks: Task[] = [];
  for (const title of input.tasks) tasks.push(await spawnOne(ports, input, title, target));
  return {
    tasks: tasks.map(({ id, state, branch, worktree, base, owns, agent }) => ({
      id,
      state,
      branch,
      worktree,
      base,
      owns,
      agent,
    })),
  };
}

async function spawnOne(ports: Ports, input: SpawnInput, title: string, target: string): Promise<Task> {
  const task = await drafted(ports, input, title, target);
  const at = new Date(ports.clock.now()).toISOString();
  const { branch, base, worktree } = task;
  await begin(ports, task, { type: 'task.spawning', at, task: task.id, branch, base, worktree });
  await ports.git.worktrees.add({ path: worktree, branch });
  return finish(ports, task, { type: 'task.spawned', at, task: task.id, branch, worktree });
}

async function drafted({ git, config, clock }: Ports, input: SpawnInput, title: string, target: string): Promise<Task> {
  const named = slugOf(title);
  if ('why' in named) throw new Refusal('name.unusable', { name: title, why: named.why });
  const settings = await config.load();
  const base = await git.refs.resolve(input.base ?? target);
  if (!base) throw new Refusal('base.unknown', { base: input.base ?? target });
  const { root } = await git.repo();
  const folder = resolve(root, settings.worktrees.dir.replaceAll('{repo}', basename(root).replace(/\.git$/, '')));
  const agent = input.agent ?? settings.loop.agent;
  return {
    version: 1,
    id: named.slug,
    title,
    state: 'queued',
    ready: false,
    branch: `${settings.branchPrefix}${named.slug}`,
    worktree: join(folder, named.slug),
    base,
    target,
    owns: input.owns ?? [],
    agent,
    agentId: `${named.slug}-${agent}`,
    role: input.role ?? settings.agents[agent]?.role ?? 'coder',
    priority: input.priority ?? 0,
    after: input.after ?? [],
    gates: input.gates ?? [],
    prompt: input.prompt ?? title,
    adopted: false,
    seeds: { memory: 'CLAUDE.local.md', prd: 'prd.json', progress: 'progress.md' },
    createdAt: new Date(clock.now()).toISOString(),
    iteration: 0,
    usage: NO_USAGE,
  };
}

/** Branch and ledger entry appear together; the worktree follows, and a crash in between is repaired from the entry. */
async function begin({ git, ledger }: Ports, task: Task, event: EventOf<'task.spawning'>): Promise<void> {
  const key = `tasks/${task.id}` as const;
  const ref = `refs/heads/${task.branch}`;
  if (await git.refs.resolve(ref)) throw new Refusal('branch.exists', { branch: task.branch, task: task.id });
  await ledger.transact({ keys: [key] }, (view) => {
    const known = view.entry(key);
    if (known) throw new Refusal('task.exists', { task: task.id, state: taskOf(known).state });
    const docs = { 'task.json': document(task) };
    return {
      writes: [{ key, event, docs }],
      moves: [{ ref, from: '0'.repeat(task.base.length), to: task.base }],
      result: undefined,
    };
  });
}

async function finish(ports: Ports, task: Task, event: Event): Promise<Task> {
  const key = `tasks/${task.id}` as const;
  const ready = await ports.ledger.transact({ keys: [key] }, (view) => {
    const known = view.entry(key);
    if (!known) throw new Refusal('task.unknown', { task: task.id, known: [] });
    const now: Task = { ...taskOf(known), ready: true };
    return { writes: [{ key, event, docs: { 'task.json': document(now) } }], result: now };
  });
  ports.report(event);
  return ready;
}
