import { type Overlap, overlap } from './claims.ts';
import { failures, type Planned, type Turn, turnOf } from './queue.ts';
import { isActive, type Lease, type Task } from './task.ts';

/** Something that waits for an agent: planned, or a task with a worktree whose loop does not run. */
export type Waiting = { readonly planned: Planned } | { readonly task: Task };

/** What decides whose turn it is. */
export interface Scene {
  readonly now: number;
  /** After so many minutes of waiting something counts as more urgent by one. */
  readonly ageMinutes: number;
  readonly tasks: readonly Task[];
  readonly planned: readonly Planned[];
  readonly shared: readonly string[];
  /** True while whoever has this lease lives. */
  stands(lease: Lease): boolean;
  /** Pairs of ids that should not run at the same time. */
  readonly apart?: readonly (readonly [string, string])[];
  /** Nothing else is taken. */
  readonly only?: readonly string[];
  /** Ids that may not be taken now, and why. */
  readonly skip?: Readonly<Record<string, string>>;
  /** What a predecessor must be for the next to begin; a landed one always will do. */
  readonly done?: 'landed' | 'finished';
}

/** One place in the queue. `why` says what it waits for; left out where it could be taken now. */
export interface Place {
  readonly id: string;
  readonly title: string;
  readonly kind: 'planned' | 'task';
  readonly state: Turn['state'] | 'taken';
  readonly priority: number;
  /** The priority with what waiting added. */
  readonly urgency: number;
  readonly since: number;
  readonly after: readonly string[];
  readonly owns: readonly string[];
  readonly agent?: string;
  readonly role?: string;
  readonly profile?: string;
  readonly epic?: string;
  readonly attempts: Turn['attempts'];
  readonly takenBy?: Lease;
  readonly why?: string;
}

/** Everything that waits, in the order in which it would be taken, each with the reason why it is not ready. */
export function placesOf(scene: Scene): readonly Place[] {
  const why = reasons(scene);
  return inOrder(scene).map((place) => {
    const reason = why(place);
    return reason === undefined ? place : { ...place, why: reason };
  });
}

/** The first so many that could be taken now. */
export function readyPlaces(scene: Scene, most: number): readonly Place[] {
  const why = reasons(scene);
  const found: Place[] = [];
  for (const place of inOrder(scene)) {
    if (found.length >= most) break;
    if (why(place) === undefined) found.push(place);
  }
  return found;
}

/** The more urgent first, then the one that waits longer; what is dead stands at the end. */
function inOrder(scene: Scene): readonly Place[] {
  const places = [
    ...scene.planned.map((planned) => placeOf(scene, planned, planned, 'planned')),
    ...scene.tasks.filter((task) => idle(scene, task)).map((task) => placeOf(scene, task, turnOf(task), 'task')),
  ];
  const { only } = scene;
  const asked = only ? places.filter(({ id }) => only.includes(id)) : places;
  const last = ({ state }: Place) => (state === 'dead' ? 1 : 0);
  return asked.sort(
    (a, b) => last(a) - last(b) || b.urgency - a.urgency || a.since - b.since || (a.id < b.id ? -1 : 1),
  );
}

/** A task whose loop does not run, or died; one that failed too often is blocked, and stays in the queue as dead. */
function idle({ stands }: Scene, { ready, state, lease, turn }: Task): boolean {
  if (!ready || (lease && stands(lease))) return false;
  return state === 'queued' || state === 'running' || (state === 'blocked' && turn?.state === 'dead');
}

function placeOf(scene: Scene, work: Planned | Task, turn: Turn, kind: Place['kind']): Place {
  const { id, title, priority, after, owns, agent, role, profile, epic } = work;
  const { since, attempts, takenBy } = turn;
  const taken = takenBy && scene.stands(takenBy) ? takenBy : undefined;
  const waited = Math.max(0, scene.now - since) / 60_000;
  return {
    ...{ id, title, kind, priority, after, owns, since, attempts },
    state: taken ? 'taken' : turn.state,
    urgency: priority + Math.floor(waited / scene.ageMinutes),
    ...(agent === undefined ? {} : { agent }),
    ...(role === undefined ? {} : { role }),
    ...(profile === undefined ? {} : { profile }),
    ...(epic === undefined ? {} : { epic }),
    ...(taken ? { takenBy: taken } : {}),
  };
}

/** Tells why a place cannot be taken now; undefined where it can. */
function reasons(scene: Scene): (place: Place) => string | undefined {
  const tasks = new Map(scene.tasks.map((task) => [task.id, task]));
  const planned = new Map(scene.planned.map((one) => [one.id, one]));
  const busy = new Set(scene.tasks.filter((task) => atWork(scene, task)).map(({ id }) => id));
  const taken = scene.planned.filter(({ takenBy }) => takenBy && scene.stands(takenBy));
  for (const { id } of taken) busy.add(id);
  const claimed = [...scene.tasks.filter(isActive), ...taken];
  const clash = clashes(scene.shared);
  return (place) => {
    const { id, state, takenBy } = place;
    if (state === 'dead') return `failed ${failures(place)} times`;
    if (state === 'paused') return 'paused';
    if (takenBy) return `taken by ${takenBy.holder}`;
    const skipped = scene.skip?.[id];
    if (skipped !== undefined) return skipped;
    const open = place.after.find((name) => !isDone(scene, tasks.get(name)));
    if (open !== undefined) return `after ${open}, which ${standOf(tasks.get(open), planned.get(open))}`;
    const other = scene.apart?.find(([a, b]) => (a === id && busy.has(b)) || (b === id && busy.has(a)));
    if (other) return `would conflict with ${other[0] === id ? other[1] : other[0]}, which runs`;
    // The claim of a task was checked when it was spawned.
    if (place.kind === 'task') return undefined;
    for (const one of claimed) {
      const found = one.id === id ? undefined : clash(place.owns, one.owns);
      if (found) return `${found.pattern} is claimed by ${one.id} (${found.otherPattern})`;
    }
    return undefined;
  };
}

/** True while an agent may write in its worktree. */
function atWork({ stands }: Scene, { ready, lease, turn }: Task): boolean {
  return (lease !== undefined && stands(lease) && ready) || (turn?.takenBy !== undefined && stands(turn.takenBy));
}

function isDone({ done = 'landed' }: Scene, task: Task | undefined): boolean {
  return task?.state === 'landed' || (done === 'finished' && task?.state === 'finished');
}

function standOf(task: Task | undefined, planned: Planned | undefined): string {
  if (task) return task.state === 'finished' ? 'has not landed' : `is ${task.state}`;
  if (!planned) return 'is not known';
  return planned.state === 'waiting' ? 'waits, too' : `is ${planned.state}`;
}

/** Claims are compared by walking automata: the same two never twice, and never two that begin apart. */
function clashes(shared: readonly string[]) {
  const known = new Map<string, Overlap | undefined>();
  return (a: readonly string[], b: readonly string[]): Overlap | undefined => {
    if (a.length === 0 || b.length === 0) return undefined;
    const key = JSON.stringify([a, b]);
    if (!known.has(key)) known.set(key, overlap(a, b, shared));
    return known.get(key);
  };
}
