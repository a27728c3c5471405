import { profileName } from '../../core/profile.ts';
import { fullness, type Limits, slotsFor } from '../../core/schedule.ts';
import type { Opened, Span } from '../../core/timeline.ts';
import type { Place } from '../../core/turns.ts';
import type { Ports } from '../../ports.ts';
import { pauseOf } from '../pause.ts';

/** What one slot works on. */
export interface Working {
  readonly slot: number;
  readonly task: string;
  readonly from: number;
  readonly ready: number;
  readonly profile: string | undefined;
}
/** Who works where, now and before. */
export interface Floor {
  readonly working: Map<string, Working>;
  readonly spans: Span[];
  readonly opened: Opened[];
  /** When the machine had no room for another agent. */
  readonly full: { from: number; to: number }[];
  /** What was refused, until when it is left alone, and how often in a row. */
  readonly refused: Map<string, { readonly until: number; readonly why: string; readonly times: number }>;
  /** When something came back to the queue, so that it could be begun again. */
  readonly back: Map<string, number>;
  /** Profiles of which as many run as may, and when one of them last ended. */
  readonly tight: Set<string>;
  readonly freed: Map<string, number>;
  /** Why tasks wait for a provider, where waiting for it is allowed. */
  readonly pauses: Set<string>;
}

export const emptyFloor = (): Floor => ({
  working: new Map(),
  spans: [],
  opened: [],
  full: [],
  refused: new Map(),
  back: new Map(),
  tight: new Set(),
  freed: new Map(),
  pauses: new Set(),
});

/** How long something is left alone after it was refused, twice as long each time. */
const REST_MS = 1_000;
const REST_MOST_MS = 60_000;

/** Writes down that a task was refused. */
export function rest(floor: Floor, id: string, why: string, now: number): void {
  const times = (floor.refused.get(id)?.times ?? 0) + 1;
  floor.refused.set(id, { why, times, until: now + Math.min(REST_MOST_MS, REST_MS * 2 ** (times - 1)) });
}

/** The lowest slot nobody works in, of as many as there are now; undefined when there is none. */
export function freeSlot({ working }: Floor, slots: number): number | undefined {
  const taken = new Set([...working.values()].map(({ slot }) => slot));
  return Array.from({ length: slots }, (_, at) => at + 1).find((slot) => working.size < slots && !taken.has(slot));
}

/** Opens and closes slots by how much there is to do; gives how many there are. */
export function slotsNow(floor: Floor, jobs: number, bounds: { min: number; max: number }, now: number): number {
  const slots = slotsFor(jobs, bounds);
  if (floor.opened.at(-1)?.slots !== slots) floor.opened.push({ at: now, slots });
  return slots;
}

/** Why the machine should get no more to do. One agent runs all the same, or nothing would ever end. */
export async function machineFull(ports: Ports, floor: Floor): Promise<string | undefined> {
  const { run } = await ports.config.load();
  const { common } = await ports.git.repo();
  const why = fullness(await ports.self.room(common), run);
  return floor.working.size > 0 ? why : undefined;
}

/** What keeps places from being taken besides what the queue says: profiles, providers, what was refused a moment ago. */
export async function limitsOn(
  ports: Ports,
  floor: Floor,
  places: readonly Place[],
  agent: string | undefined,
): Promise<Limits> {
  const config = await ports.config.load();
  const agentOf = (place: Place) => agent ?? place.agent ?? config.loop.agent;
  const agentsOf = (place: Place) => [...new Set([agentOf(place), ...config.loop.fallback])];
  const now = ports.clock.now();
  const resting = [...floor.refused].filter(([, { until }]) => until > now);
  const busy = [...floor.working.values()].map(({ profile }) => profile);
  const profiles = new Map<string, number>();
  floor.tight.clear();
  for (const [name, { atOnce }] of Object.entries(config.profiles)) {
    if (atOnce === undefined) continue;
    profiles.set(name, atOnce);
    if (busy.filter((one) => one === name).length >= atOnce) floor.tight.add(name);
  }
  return {
    held: new Map(resting.map(([id, { why }]) => [id, why])),
    busy,
    profiles,
    paused: await pausedOf(ports, floor, [...new Set(places.flatMap(agentsOf))]),
    profileOf: (place) => profileName(config, { ...place, agent: agentOf(place) }),
    agentsOf,
  };
}

/** Agents whose provider does not serve. A run waits for it as long as a loop would. */
async function pausedOf(ports: Ports, floor: Floor, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { agents, loop } = await ports.config.load();
  const paused = new Map<string, string>();
  floor.pauses.clear();
  for (const name of names.filter((one) => Object.hasOwn(agents, one))) {
    const pause = await pauseOf(ports, await ports.agents.find(name));
    if (!pause) continue;
    const words = `${pause.provider} serves again at ${new Date(pause.until).toISOString()}: ${pause.words}`;
    paused.set(name, words);
    if (pause.until - ports.clock.now() <= loop.waitHours * 60 * 60_000) floor.pauses.add(words);
  }
  return paused;
}
