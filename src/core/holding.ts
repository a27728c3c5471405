import { overlap } from './claims.ts';
import { type ClaimTerm, isActive, type Kept, type Task } from './task.ts';

/** What a claim is made of, in tasks that may lack the rest. */
export type Holder = Pick<Task, 'id' | 'owns' | 'state'> &
  Partial<Pick<Task, 'shares' | 'open' | 'terms' | 'approved' | 'kept'>>;
export type ClaimMode = 'exclusive' | 'shared';

/** Who stands in the way of a claim: by `pattern` of the claim and `theirs`, for one at `path`. */
export interface Obstacle {
  readonly why: 'owned' | 'shared';
  readonly task: string;
  readonly pattern: string;
  readonly theirs: string;
  readonly path: string;
}

const EVERYTHING = ['**'];

/** True when the task may change all that nobody else owns. */
export function isOpen({ owns, open }: Pick<Holder, 'owns' | 'open'>): boolean {
  return open ?? owns.length === 0;
}

/** The task with the claims that hold at `now` (milliseconds since 1970): what has lapsed is gone. */
export function inForce<T extends Holder>(task: T, now: number): T {
  const gone = lapsed(task, now).map(({ pattern }) => pattern);
  if (gone.length === 0) return task;
  const left = (patterns: readonly string[]) => pruned(patterns.filter((pattern) => !gone.includes(pattern)));
  const owns = left(task.owns);
  const terms = (task.terms ?? []).filter(({ pattern }) => !gone.includes(pattern));
  return { ...task, owns, shares: left(task.shares ?? []), terms, open: isOpen(task) };
}

/** The claims of a task that ran out. */
export function lapsed({ terms = [] }: Pick<Holder, 'terms'>, now: number): readonly ClaimTerm[] {
  return terms.filter(({ until }) => until !== undefined && Date.parse(until) <= now);
}

/** When the first of its claims runs out, in milliseconds since 1970; undefined when none does. */
export function firstEnd({ terms = [] }: Pick<Holder, 'terms'>): number | undefined {
  const ends = terms.flatMap(({ until }) => (until === undefined ? [] : [Date.parse(until)]));
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** What of the patterns a task does not hold that way yet. Patterns it holds for a time only are asked for again. */
export function missing(task: Holder, patterns: readonly string[], mode: ClaimMode): readonly string[] {
  const lasting = (held: readonly string[]) =>
    held.filter((one) => !task.terms?.some(({ pattern, until }) => pattern === one && until !== undefined));
  const held = mode === 'exclusive' ? lasting(task.owns) : lasting([...task.owns, ...(task.shares ?? [])]);
  const units = patterns.some((pattern) => pattern.startsWith('!')) ? [patterns] : patterns.map((one) => [one]);
  return units.flatMap((unit) => (overlap(unit, EVERYTHING, held) ? unit : []));
}

/** Active tasks whose claims do not go together with this one. What `free` owns may be claimed by all. */
export function obstacles(
  claim: { readonly task: string; readonly patterns: readonly string[]; readonly mode: ClaimMode },
  tasks: readonly Holder[],
  free: readonly string[],
): readonly Obstacle[] {
  return tasks.flatMap((other): Obstacle[] => {
    if (other.id === claim.task || !isActive(other)) return [];
    const met = (theirs: readonly string[], why: Obstacle['why']): Obstacle[] => {
      const found = overlap(claim.patterns, theirs, free);
      const { pattern = '', otherPattern = '', path = '' } = found ?? {};
      return found ? [{ why, task: other.id, pattern, theirs: otherPattern, path }] : [];
    };
    const owned = met(other.owns, 'owned');
    return owned.length > 0 || claim.mode === 'shared' ? owned : met(other.shares ?? [], 'shared');
  });
}

/** A task's claims with these patterns more, each on the terms given. */
export function taking(task: Holder, mode: ClaimMode, terms: readonly ClaimTerm[]): Partial<Task> {
  const names = terms.map(({ pattern }) => pattern);
  const without = (patterns: readonly string[] = []) => patterns.filter((pattern) => !names.includes(pattern));
  // A `!pattern` counts for what stands before it: such a list goes in as a whole.
  const added = (patterns: readonly string[] = []) => [...without(patterns), ...names];
  const own = {
    open: isOpen(task),
    terms: [...(task.terms ?? []).filter((one) => !names.includes(one.pattern)), ...terms],
  };
  return mode === 'exclusive'
    ? { ...own, owns: added(task.owns), shares: pruned(without(task.shares)) }
    : { ...own, owns: task.owns, shares: added(task.shares) };
}

/** A task's claims without these patterns, of which none is negated; what it had committed there is `kept`. */
export function givingUp(task: Holder, patterns: readonly string[], kept: readonly Kept[] = []): Partial<Task> {
  const owns = without(task.owns, patterns);
  const shares = without(task.shares ?? [], patterns);
  const terms = (task.terms ?? []).filter(({ pattern }) => owns.includes(pattern) || shares.includes(pattern));
  const approved = (task.approved ?? []).filter((pattern) => !patterns.includes(pattern));
  return { owns, shares, terms, approved, open: isOpen(task), ...keeping(task, kept) };
}

/** What a task may land although it is no longer its own, with more of it. */
export function keeping(task: Holder, kept: readonly Kept[]): Partial<Task> {
  if (kept.length === 0) return {};
  return { kept: [...(task.kept ?? []).filter(({ path }) => !kept.some((one) => one.path === path)), ...kept] };
}

/** True when the task holds something of what the patterns name. */
export function holdsAny(task: Holder, patterns: readonly string[]): boolean {
  return [task.owns, task.shares ?? []].some((held) => overlap(patterns, held) !== undefined);
}

/** What a person let the task change: patterns that an agent took by itself are not among it. */
export function givenByPerson({ owns, terms = [] }: Pick<Holder, 'owns' | 'terms'>): readonly string[] {
  return owns.filter((one) => !terms.some(({ pattern, agent }) => agent && pattern === one));
}

function without(held: readonly string[], patterns: readonly string[]): readonly string[] {
  const left = held.filter((pattern) => !patterns.includes(pattern));
  const negated = patterns.filter((pattern) => overlap([pattern], left)).map((pattern) => `!${pattern}`);
  return pruned([...left, ...negated]);
}

/** Without patterns that own nothing any more because of what stands after them, and without exceptions from nothing. */
function pruned(patterns: readonly string[]): readonly string[] {
  const isNegated = (pattern: string) => pattern.startsWith('!');
  const alive = patterns.filter((pattern, at) => {
    const later = patterns.slice(at + 1).filter(isNegated);
    return isNegated(pattern) || later.length === 0 || overlap([pattern, ...later], EVERYTHING) !== undefined;
  });
  return alive.filter((pattern, at) => {
    const before = alive.slice(0, at);
    return !isNegated(pattern) || overlap([pattern.slice(1)], before) !== undefined;
  });
}
