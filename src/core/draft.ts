import { basename, join, resolve } from 'node:path';
import type { Config } from './config.ts';
import type { GateSpec } from './gate.ts';
import { Refusal } from './refusal.ts';
import { slugOf } from './slug.ts';
import type { Lease, Task } from './task.ts';
import { NO_USAGE } from './usage.ts';

/** One task as somebody asks for it: on the command line, or in a plan file. */
export interface TaskRequest {
  readonly title: string;
  readonly prompt?: string;
  readonly owns?: readonly string[];
  readonly prd?: string;
  /** The stories themselves, as the text of a prd.json, where they were read before. */
  readonly stories?: string;
  readonly base?: string;
  readonly agent?: string;
  readonly role?: string;
  readonly profile?: string;
  /** What rules of approval may ask for. */
  readonly labels?: readonly string[];
  readonly review?: string;
  readonly thinking?: readonly string[];
  readonly rivals?: string;
  readonly priority?: number;
  readonly after?: readonly string[];
  readonly gates?: readonly GateSpec[];
  /** The larger piece of work it is a part of. */
  readonly epic?: string;
  /** The plan it comes from, by its path in the repository. */
  readonly plan?: string;
}

/** What a draft needs to know of the repository. */
export interface Ground {
  readonly config: Config;
  /** Folder of the main worktree. */
  readonly root: string;
  readonly target: string;
  /** Who is going to make it. */
  readonly lease: Lease;
}

/** What is known of the commit a task begins at. */
export interface Start {
  readonly base: string;
  readonly branch: string;
  readonly adopted: boolean;
  /** Paths among the seeds' names that the commit tracks. */
  readonly tracked: ReadonlySet<string>;
}

/** The id of a task from any text. Refuses `name.unusable`. */
export function taskId(title: string): string {
  const named = slugOf(title);
  if ('why' in named) throw new Refusal('name.unusable', { name: title, why: named.why });
  return named.slug;
}

/** The folder all worktrees of the repository lie in. */
export function worktreesDir({ config, root }: Pick<Ground, 'config' | 'root'>): string {
  const repo = basename(root).replace(/\.git$/, '') || 'repository';
  return resolve(root, config.worktrees.dir.replaceAll('{repo}', repo));
}

/** The task as its intent is written: not ready, and leased by the process that makes it. */
export function draftOf(request: TaskRequest, ground: Ground, start: Start): Task {
  const id = taskId(request.title);
  const { config, target, lease } = ground;
  const agent = request.agent ?? config.loop.agent;
  const place = (name: string) => (start.tracked.has(name) ? `.gwt/${name}` : name);
  return {
    version: 1,
    id,
    title: request.title,
    state: 'queued',
    ready: false,
    branch: start.branch,
    worktree: join(worktreesDir(ground), id),
    base: start.base,
    target,
    owns: request.owns ?? [],
    agent,
    agentId: `${id}-${agent}`,
    role: request.role ?? config.agents[agent]?.role ?? 'coder',
    ...(request.profile === undefined ? {} : { profile: request.profile }),
    ...(request.labels?.length ? { labels: request.labels } : {}),
    ...(request.review === undefined ? {} : { review: request.review }),
    ...(request.thinking === undefined ? {} : { thinking: request.thinking }),
    ...(request.rivals === undefined ? {} : { rivals: request.rivals }),
    priority: request.priority ?? 0,
    after: (request.after ?? []).map(taskId),
    gates: request.gates ?? [],
    ...(request.epic === undefined ? {} : { epic: request.epic }),
    ...(request.plan === undefined ? {} : { plan: request.plan }),
    prompt: request.prompt ?? request.title,
    adopted: start.adopted,
    seeds: { memory: place('CLAUDE.local.md'), prd: place('prd.json'), progress: place('progress.md') },
    createdAt: new Date(lease.beat).toISOString(),
    iteration: 0,
    usage: NO_USAGE,
    lease,
  };
}
