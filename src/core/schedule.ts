import type { Place } from './turns.ts';

/** What keeps something from being taken although its turn has come, besides what the queue itself knows. */
export interface Limits {
  /** What may not be taken now, and why. */
  readonly held: ReadonlyMap<string, string>;
  /** The profiles of what this run works on now. */
  readonly busy: readonly (string | undefined)[];
  /** How many of a profile may run at once. */
  readonly profiles: ReadonlyMap<string, number>;
  /** Agents whose provider does not serve now, and why. */
  readonly paused: ReadonlyMap<string, string>;
  /** The profile a task has: its own or its agent's. */
  profileOf(place: Place): string | undefined;
  /** Who may work on it. */
  agentsOf(place: Place): readonly string[];
}

/** Why a place is not taken now, by its id: so that the next one in the queue gets the slot instead. */
export function skipsFor(places: readonly Place[], limits: Limits): Readonly<Record<string, string>> {
  return Object.fromEntries(
    places.flatMap((place) => {
      const why = reason(place, limits);
      return why === undefined ? [] : [[place.id, why]];
    }),
  );
}

function reason(place: Place, limits: Limits): string | undefined {
  const held = limits.held.get(place.id);
  if (held !== undefined) return held;
  const profile = limits.profileOf(place);
  const most = profile === undefined ? undefined : limits.profiles.get(profile);
  if (most !== undefined && limits.busy.filter((one) => one === profile).length >= most)
    return `${most} of profile ${profile} run already`;
  const agents = limits.agentsOf(place);
  const [first] = agents;
  return first !== undefined && agents.every((agent) => limits.paused.has(agent))
    ? limits.paused.get(first)
    : undefined;
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
/** What must be left for another agent to be started: load for each core, and megabytes. */
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
