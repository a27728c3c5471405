import { taskOf } from '../../core/records.ts';
import { skipsFor } from '../../core/schedule.ts';
import type { Task } from '../../core/task.ts';
import { type Place, placesOf } from '../../core/turns.ts';
import { addUsage, NO_USAGE, type Usage } from '../../core/usage.ts';
import type { Ports } from '../../ports.ts';
import { isHeld } from '../loop/lease.ts';
import { type Hints, type Look, lookAt } from '../queue/look.ts';
import { take } from '../queue/take.ts';
import { tending } from '../tend.ts';
import { apartNow } from './apart.ts';
import { type Bell, openBell } from './bell.ts';
import { emptyFloor, type Floor, freeSlot, limitsOn, machineFull, rest, slotsNow, type Working } from './floor.ts';
import { type Lane, openLane } from './lane.ts';
import { readySince } from './ready.ts';
import { besideOneAnother } from './stack.ts';
import { type Taken, type Worked, type WorkInput, workOn } from './work.ts';

export interface SuperviseInput extends WorkInput {
  readonly target: string;
  /** The tasks this is about; everything in the queue when left out. */
  readonly only?: ReadonlySet<string>;
  readonly min: number;
  readonly max: number;
  /** Also what would conflict runs at once. */
  readonly together?: boolean;
}
export interface Supervised {
  readonly floor: Floor;
  readonly lane: Lane | undefined;
  readonly begun: number;
  readonly ended: number;
  /** Of the loops of this run. */
  readonly usage: Usage;
  /** Why what is left was not begun. */
  readonly places: readonly Place[];
}

/** Where nothing rings, it is looked at this often: pauses end, machines get room, other hosts finish. */
const LOOK_MS = 2_000;

/** Keeps every slot at work and lands what is finished, until nothing is left that could be begun. */
export async function supervise(ports: Ports, input: SuperviseInput): Promise<Supervised> {
  const begun = ports.clock.now();
  const floor = emptyFloor();
  const bell = await openBell(ports);
  const lane = input.merge ? openLane(ports, input.target, gatesOf(input), bell.ring) : undefined;
  const room: Room = { ports, input, floor, bell, begun, usage: NO_USAGE, running: new Set() };
  // A loop that is taken back waits in the queue, and gets one of the slots here.
  const untend = tending(ports, { start: false });
  try {
    const places = await untilDone(room, lane);
    await Promise.all(room.running);
    await lane?.ended();
    return { floor, lane, begun, ended: ports.clock.now(), usage: room.usage, places };
  } finally {
    untend();
  }
}

/** Comes back with what is left, and why. */
async function untilDone(room: Room, lane: Lane | undefined): Promise<readonly Place[]> {
  const { ports, input, bell } = room;
  let places: readonly Place[] = [];
  while (!ports.stop.aborted) {
    const tasks = (await ports.ledger.list('tasks', ['task.json'])).map(taskOf).filter(inScope(input));
    await lane?.look(tasks.filter(({ state }) => state === 'finished'));
    places = await fill(room);
    if (isOver(room, lane, places, tasks)) break;
    await bell.rung(LOOK_MS);
  }
  return places;
}

interface Room {
  readonly ports: Ports;
  readonly input: SuperviseInput;
  readonly floor: Floor;
  readonly bell: Bell;
  readonly begun: number;
  usage: Usage;
  readonly running: Set<Promise<void>>;
}

const gatesOf = ({ gates }: SuperviseInput) => (gates ? { gates } : {});

const inScope =
  ({ only, target }: SuperviseInput) =>
  ({ id, target: own }: Task): boolean =>
    only ? only.has(id) : own === target;

/** Gives every free slot something to do; comes back with what is left, and why. */
async function fill(room: Room): Promise<readonly Place[]> {
  const { ports, input, floor } = room;
  for (;;) {
    const hints = hintsFor(room);
    const look = await lookAt(ports, hints);
    const skip = await skips(room, look);
    const ours = ({ id }: Place) => input.only?.has(id) ?? true;
    const places = placesOf({ ...look.scene, skip }).filter(ours);
    const ready = places.filter(({ why }) => why === undefined);
    const now = ports.clock.now();
    const slot = freeSlot(floor, slotsNow(floor, floor.working.size + ready.length, input, now));
    if (slot === undefined || ready.length === 0 || ports.stop.aborted) return places;
    const full = await machineFull(ports, floor);
    if (full !== undefined) {
      noRoom(room, now, full);
      return places;
    }
    const apart = input.together ? [] : await apartNow(ports, floor, look.scene, ready);
    for (const [id] of apart) floor.back.set(id, ports.clock.now());
    const taken = await take(ports, { ...hints, skip, apart });
    if (taken.outcome === 'none' && apart.length > 0) return placesOf({ ...look.scene, skip, apart }).filter(ours);
    if (taken.outcome === 'none') continue;
    begin(room, slot, taken, look);
  }
}

/** Told once, and kept with its time. */
function noRoom({ ports, floor }: Room, now: number, why: string): void {
  const last = floor.full.at(-1);
  if (last && now - last.to <= 2 * LOOK_MS) last.to = now + LOOK_MS;
  else {
    floor.full.push({ from: now, to: now + LOOK_MS });
    ports.report({ type: 'run.waits', at: new Date(now).toISOString(), why });
  }
}

function hintsFor({ input }: Room): Hints {
  return { done: input.merge ? 'landed' : 'finished', ...(input.only ? { only: [...input.only] } : {}) };
}

async function skips({ ports, input, floor }: Room, { scene }: Look): Promise<Readonly<Record<string, string>>> {
  const places = placesOf(scene);
  const skip = { ...skipsFor(places, await limitsOn(ports, floor, places, input.agent)) };
  if (input.merge) return skip;
  for (const { id, kind, why, after } of places) {
    if (kind === 'task' || why !== undefined || skip[id] !== undefined) continue;
    const beside = await besideOneAnother(ports, scene.tasks, after);
    if (beside !== undefined) skip[id] = beside;
  }
  return skip;
}

function begin(room: Room, slot: number, taken: Taken, look: Look): void {
  const { ports, floor, input } = room;
  const work = 'task' in taken ? taken.task : taken.entry;
  const from = ports.clock.now();
  const ready = Math.min(from, readySince(work, look.scene, floor, room.begun));
  const working: Working = { slot, task: work.id, from, ready, profile: work.profile };
  floor.working.set(work.id, working);
  ports.report({ type: 'run.took', at: new Date(from).toISOString(), task: work.id, slot });
  const done = workOn(ports, taken, input).then((worked) => {
    ended(room, working, worked);
    room.running.delete(done);
    room.bell.ring();
  });
  room.running.add(done);
}

function ended(room: Room, { profile, ...working }: Working, worked: Worked): void {
  const { floor, ports } = room;
  const to = ports.clock.now();
  if (profile !== undefined && floor.tight.has(profile)) floor.freed.set(profile, to);
  floor.working.delete(working.task);
  floor.back.set(working.task, to);
  if (worked.outcome === 'refused') rest(floor, working.task, worked.why, to);
  else floor.refused.delete(working.task);
  if (worked.outcome === 'looped') room.usage = addUsage(room.usage, worked.looped.usage);
  const outcome = worked.outcome === 'looped' ? worked.looped.outcome : 'refused';
  floor.spans.push({ ...working, to, outcome });
}

/** Nothing runs, nothing lands, and what is left waits for a person or for what will not come by itself. */
function isOver(
  { ports, floor }: Room,
  lane: Lane | undefined,
  places: readonly Place[],
  tasks: readonly Task[],
): boolean {
  if (floor.working.size > 0 || lane?.busy() || lane?.waits()) return false;
  if (places.some(({ why }) => why === undefined || floor.pauses.has(why))) return false;
  const now = ports.clock.now();
  const resting = places.some(({ id, state }) => state === 'waiting' && (floor.refused.get(id)?.until ?? 0) > now);
  const elsewhere = tasks.some(({ lease }) => lease !== undefined && isHeld(ports, lease));
  const taken = places.some(({ takenBy }) => takenBy !== undefined);
  return !resting && !elsewhere && !taken;
}
