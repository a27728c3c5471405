import { type Clash, collides } from './collision.ts';
import type { Task, TaskState } from './task.ts';

/** Work that waits for a slot: a task, or what will become one. */
export interface Job {
  readonly id: string;
  readonly branch: string;
  readonly owns: readonly string[];
  readonly after: readonly string[];
  readonly profile?: string;
  /** Who may work on it, the first choice first. */
  readonly agents: readonly string[];
  /** True for a task that is there: its branch and its claim are its own already. */
  readonly begun: boolean;
}
export interface Busy extends Pick<Job, 'id' | 'branch' | 'owns'> {
  readonly profile?: string;
}

/** Why a job is not begun now. Only `slot` and `machine` mean that it could be. */
export type Hold =
  | { readonly why: 'after'; readonly tasks: readonly { readonly id: string; readonly state: TaskState | 'waiting' }[] }
  | { readonly why: 'collision'; readonly other: string; readonly paths: readonly string[] }
  | { readonly why: 'profile'; readonly profile: string; readonly most: number }
  | { readonly why: 'provider'; readonly words: string }
  | { readonly why: 'machine'; readonly words: string }
  | { readonly why: 'slot' };

/** Everything that decides what is begun next. */
export interface Situation {
  /** In the order in which they want to be begun. */
  readonly jobs: readonly Job[];
  /** What this run works on now. */
  readonly busy: readonly Busy[];
  /** Tasks whose claims bind others: neither landed nor dropped, whoever works on them. */
  readonly active: readonly Pick<Task, 'id' | 'branch' | 'owns' | 'state'>[];
  readonly slots: number;
  /** True where finished work is landed by this run: then who comes after waits for the landing. */
  readonly landing: boolean;
  readonly states: ReadonlyMap<string, TaskState | 'waiting'>;
  /** How many of a profile may run at once. */
  readonly profiles: ReadonlyMap<string, number>;
  /** Agents whose provider does not serve now, and why. */
  readonly paused: ReadonlyMap<string, string>;
  /** Why the machine should get no more to do; one job runs all the same. */
  readonly full?: string;
  readonly shared: readonly string[];
  /** Pairs of branches that would conflict. */
  readonly clashes?: readonly Clash[];
  /** What collides may run together all the same. */
  readonly together?: boolean;
}

export interface Chosen {
  /** To be begun at once, in this order. */
  readonly start: readonly string[];
  readonly held: ReadonlyMap<string, Hold>;
}

/**
 * What is begun now and why the rest is not. No slot stays free while a job could take it: a job that is held back
 * makes way for the next one.
 */
export function choose(situation: Situation): Chosen {
  const busy: Busy[] = [...situation.busy];
  const start: string[] = [];
  const held = new Map<string, Hold>();
  for (const job of situation.jobs) {
    const hold = holdOf(job, busy, situation) ?? limitOf(busy, situation);
    if (hold) held.set(job.id, hold);
    else {
      start.push(job.id);
      busy.push(job);
    }
  }
  return { start, held };
}

/** True for a hold that a free slot would not lift: the job is not ready. */
export const isWaiting = ({ why }: Hold): boolean => why !== 'slot' && why !== 'machine';

function holdOf(job: Job, busy: readonly Busy[], now: Situation): Hold | undefined {
  return awaited(job, now) ?? (now.together ? undefined : collision(job, busy, now)) ?? bounded(job, busy, now);
}

function limitOf(busy: readonly Busy[], { slots, full }: Situation): Hold | undefined {
  if (busy.length >= slots) return { why: 'slot' };
  return full !== undefined && busy.length > 0 ? { why: 'machine', words: full } : undefined;
}

function awaited({ after }: Job, { states, landing }: Situation): Hold | undefined {
  const tasks = after.flatMap((id) => {
    const state = states.get(id);
    const done = state === 'landed' || (!landing && state === 'finished');
    return state === undefined || state === 'dropped' || done ? [] : [{ id, state }];
  });
  return tasks.length > 0 ? { why: 'after', tasks } : undefined;
}

/** A claim that is not taken yet must be free; a task that has its own must not meet another that is being worked on. */
function collision(job: Job, busy: readonly Busy[], { active, shared, clashes = [] }: Situation): Hold | undefined {
  const others: readonly Busy[] = job.begun ? busy : [...busy, ...active];
  for (const other of others) {
    const found = collides(job, other, { shared, clashes });
    if (!found) continue;
    return { why: 'collision', other: other.id, paths: found.by === 'claim' ? [found.path] : found.paths };
  }
  return undefined;
}

function bounded({ profile, agents }: Job, busy: readonly Busy[], { profiles, paused }: Situation): Hold | undefined {
  const most = profile === undefined ? undefined : profiles.get(profile);
  if (profile !== undefined && most !== undefined && busy.filter((one) => one.profile === profile).length >= most)
    return { why: 'profile', profile, most };
  const [first] = agents;
  const words = agents.every((agent) => paused.has(agent)) && first !== undefined ? paused.get(first) : undefined;
  return words === undefined ? undefined : { why: 'provider', words };
}

/** How many jobs one slot is to serve before another is opened. */
const JOBS_FOR_A_SLOT = 3;

/** How many slots there are for so many jobs, those under way included: between the least and the most. */
export function slotsFor(jobs: number, { min, max }: { readonly min: number; readonly max: number }): number {
  return Math.max(min, Math.min(max, Math.ceil(jobs / JOBS_FOR_A_SLOT)));
}

/** What the machine has left. Sizes in bytes, the load as the kernel counts it. */
export interface Room {
  readonly load: number;
  readonly cores: number;
  readonly memory: number;
  readonly disk: number;
}
/** The least that must be left for another agent: load for each core, and megabytes. */
export interface Leave {
  readonly load: number;
  readonly memory: number;
  readonly disk: number;
}

/** Why no other agent should be started on this machine now; undefined where there is room. */
export function fullness({ load, cores, memory, disk }: Room, least: Leave): string | undefined {
  const megabytes = (bytes: number) => Math.floor(bytes / 1e6);
  if (megabytes(disk) < least.disk) return `${megabytes(disk)} MB of disk are free, ${least.disk} are wanted`;
  if (megabytes(memory) < least.memory) return `${megabytes(memory)} MB of memory are free, ${least.memory} are wanted`;
  const most = least.load * cores;
  return load > most ? `the load is ${load.toFixed(1)}, at most ${most} is wanted` : undefined;
}
