import { alphabetOf, type Machine, machineOf } from './automaton.ts';
import { type Pattern, patternsOf } from './pattern.ts';
import { isActive, type Task } from './task.ts';

/** Two patterns that both own a path; `path` is one such path, made up where need be, empty when the search was given up. */
export interface Overlap {
  readonly pattern: string;
  readonly otherPattern: string;
  readonly path: string;
}

/** After so many states two claims are taken to overlap: a wrong yes costs a question, a wrong no costs work. */
const MOST_STATES = 10_000;

const SLASH = 0x2f;

/**
 * The first overlap of a claim with those of other active tasks. An empty claim takes nothing for itself alone, so it
 * overlaps nothing. Paths that `shared` owns may be claimed by many, and so may those of tasks that do the same.
 */
export function clash(
  task: Pick<Task, 'id' | 'owns' | 'rivals'>,
  others: readonly (Pick<Task, 'id' | 'owns' | 'state' | 'rivals'> & Partial<Pick<Task, 'shares'>>)[],
  shared: readonly string[],
): (Overlap & { readonly other: string }) | undefined {
  for (const other of others) {
    if (other.id === task.id || !isActive(other)) continue;
    if (task.rivals !== undefined && task.rivals === other.rivals) continue;
    const found = overlap(task.owns, other.owns, shared) ?? overlap(task.owns, other.shares ?? [], shared);
    if (found) return { ...found, other: other.id };
  }
  return undefined;
}

/**
 * True when the claim owns the path. The syntax is gitignore's, and what lies in a named folder is named too. The last
 * pattern that names the path decides; unlike gitignore, a negated one also takes out what lies in a folder named
 * before it, since `src/**` with `!src/auth/**` can only be meant that way.
 */
export function owns(claim: readonly string[], path: string): boolean {
  return tracker(machinesOf(patternsOf(claim))).owns(path);
}

/** Asks many paths of one claim: the patterns are read once. */
export function ownsOf(claim: readonly string[]): (path: string) => boolean {
  const track = tracker(machinesOf(patternsOf(claim)));
  return (path) => track.owns(path);
}

/**
 * Whether some path that `shared` does not own belongs to both claims. Exact, by walking both claims' machines at
 * once: a path is owned when a positive pattern names it or a folder above it and no later negated one does.
 */
export function overlap(
  claim: readonly string[],
  other: readonly string[],
  shared: readonly string[] = [],
): Overlap | undefined {
  const [mine, theirs, free] = [patternsOf(claim), patternsOf(other), patternsOf(shared)];
  for (const a of deciders(mine))
    for (const b of deciders(theirs)) {
      const path = commonPath(a, b, free);
      if (path !== undefined) return { pattern: a[0]?.source ?? '', otherPattern: b[0]?.source ?? '', path };
    }
  return undefined;
}

/** Each positive pattern with the negated ones after it: together they decide what it owns. */
function deciders(claim: readonly Pattern[]): readonly (readonly Pattern[])[] {
  return claim.flatMap((pattern, at) =>
    pattern.negated ? [] : [[pattern, ...claim.slice(at + 1).filter(({ negated }) => negated)]],
  );
}

/** What a tracker knows after some characters: a state for each machine, and the last pattern that named a folder passed. */
interface Place {
  readonly states: readonly number[];
  readonly inside: number;
}

/**
 * A name with an ending, such as `*.ts` or `package.json`, is taken for files alone unless the other claim shows a
 * folder of that kind: by the letter `*.ts` and `*.md` meet in `x.ts/x.md`, and nobody means that.
 */
function foldersToo([mine]: readonly Pattern[], [other]: readonly Pattern[]): boolean {
  if (!mine || mine.folder || !/[^/\\]\.(?!d$|git$)[A-Za-z0-9]{1,8}$/.test(mine.source)) return true;
  return /[^/]\.[^/]*\//.test(other?.source ?? '');
}

function commonPath(a: readonly Pattern[], b: readonly Pattern[], free: readonly Pattern[]): string | undefined {
  const chars = alphabetOf([...a, ...b, ...free]);
  const tracks = [
    tracker(machinesOf(a), foldersToo(a, b)),
    tracker(machinesOf(b), foldersToo(b, a)),
    tracker(machinesOf(free)),
  ];
  const seen = new Set<string>();
  let edge: { readonly places: readonly Place[]; readonly path: string }[] = [
    { places: tracks.map((track) => track.start), path: '' },
  ];
  while (edge.length > 0) {
    const next: typeof edge = [];
    for (const { places, path } of edge)
      for (const char of chars) {
        if (char === SLASH && (path === '' || path.endsWith('/'))) continue;
        const stepped = places.map((place, at) => tracks[at]?.step(place, char) ?? place);
        if (stepped.some((place, at) => at < 2 && tracks[at]?.lost(place))) continue;
        const key = stepped.map(({ states, inside }) => `${states.join(',')}!${inside}`).join('|');
        if (seen.has(key + (char === SLASH ? '/' : ''))) continue;
        seen.add(key + (char === SLASH ? '/' : ''));
        const here = path + String.fromCodePoint(char);
        const [mine, theirs, shared] = stepped.map((place, at) => tracks[at]?.owned(place) ?? false);
        if (char !== SLASH && mine && theirs && !shared) return here;
        if (seen.size > MOST_STATES) return '';
        next.push({ places: stepped, path: here });
      }
    edge = next;
  }
  return undefined;
}

const machinesOf = (patterns: readonly Pattern[]): readonly Machine[] => patterns.map(machineOf);

/** Follows one claim along a path. */
function tracker(machines: readonly Machine[], folders = true) {
  const lastNamed = (states: readonly number[], folder: boolean): number => {
    for (let at = machines.length - 1; at >= 0; at -= 1) {
      const machine = machines[at];
      if (folder && at === 0 && !folders) return -1;
      if (machine?.accepts(states[at] ?? 0) && (folder || !machine.pattern.folder)) return at;
    }
    return -1;
  };
  const start: Place = { states: machines.map((machine) => machine.start), inside: -1 };
  const owned = ({ states, inside }: Place): boolean => {
    const named = Math.max(inside, lastNamed(states, false));
    return named >= 0 && machines[named]?.pattern.negated === false;
  };
  const step = ({ states, inside }: Place, char: number): Place => ({
    inside: char === SLASH ? Math.max(inside, lastNamed(states, true)) : inside,
    states: machines.map((machine, at) => machine.step(states[at] ?? 0, char)),
  });
  return {
    start,
    owned,
    step,
    /** True when nothing that follows can be owned. */
    lost: ({ states, inside }: Place): boolean =>
      inside > 0 || (inside < 0 && machines[0]?.dead(states[0] ?? 0) === true),
    owns(path: string): boolean {
      let place = start;
      for (const char of path) place = step(place, char.codePointAt(0) ?? 0);
      return owned(place);
    },
  };
}
