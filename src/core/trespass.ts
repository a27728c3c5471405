import { ownsOf } from './claims.ts';
import { type Guard, guardOf } from './codeowners.ts';
import { type Holder, isOpen } from './holding.ts';
import { quoted } from './hookfile.ts';
import { patternFor } from './pattern.ts';
import { isActive } from './task.ts';

/** A change outside the claim, or inside another active task's exclusive claim, or to a frozen path. */
export interface Trespass {
  readonly path: string;
  readonly reason: 'frozen' | 'approval' | 'owned' | 'outside';
  /** The active task that owns the path. */
  readonly owner?: string;
  /** Who may approve it. */
  readonly approvers?: readonly string[];
  /** The commit that changes it, where a later one of the branch takes that back: it would stand in the history all the same. */
  readonly commit?: string;
}
export interface Ownership {
  /** What changed between two trees, without rename detection: a rename is a path gone and a path new. */
  readonly changes: readonly { readonly path: string; readonly newOid?: string }[];
  /** Undefined for work that belongs to no task: then every active claim binds it. Claims are those in force. */
  readonly task: Holder | undefined;
  /** The other tasks; those that are landed or dropped bind nobody. */
  readonly others: readonly Holder[];
  readonly frozen: readonly string[];
  /** Paths that every task may change. Frozen ones stay frozen. */
  readonly shared?: readonly string[];
  /** Paths that need somebody's approval. */
  readonly guards?: readonly Guard[];
}

/**
 * The changes a task may not make, each with its reason and, where there is one, the owner; none when all is well.
 * A task without a claim may change all that nobody else claims. What is frozen or another's is matched in any case of
 * letters, since two such names are one file on many machines. Refuses `claim.invalid` for an unusable pattern.
 */
export function trespasses(given: Ownership): readonly Trespass[] {
  const { changes, task, others, frozen, shared = [], guards = [] } = given;
  const isFrozen = folded(frozen);
  const isApproved = ownsOf(task?.approved ?? []);
  const isShared = ownsOf(shared);
  const isOwn = exactly(task?.owns ?? []);
  const isJoint = exactly(task?.shares ?? []);
  const bound = task !== undefined && !isOpen(task);
  const owners = others
    .filter((other) => other.id !== task?.id && other.owns.length > 0 && isActive(other))
    .map(({ id, owns }) => ({ id, claims: folded(owns) }));
  const judged = new Map(changes.map((change) => [change.path, change]));
  return [...judged.values()].flatMap((change): Trespass[] => {
    const { path } = change;
    if (isKept(task, change)) return [];
    const approvers = isApproved(path) ? [] : (guardOf(guards, path)?.approvers ?? []);
    if (isFrozen(path) && !isApproved(path)) return [{ path, reason: 'frozen' }];
    if (approvers.length > 0) return [{ path, reason: 'approval', approvers }];
    if (isOwn(path) || isJoint(path) || isShared(path)) return [];
    const owner = owners.find(({ claims }) => claims(path))?.id;
    if (owner !== undefined) return [{ path, reason: 'owned', owner }];
    return bound ? [{ path, reason: 'outside' }] : [];
  });
}

/** It was committed while it was the task's to change, and has not changed since. */
function isKept(task: Holder | undefined, { path, newOid }: Ownership['changes'][number]): boolean {
  return newOid !== undefined && (task?.kept ?? []).some((one) => one.path === path && one.oids.includes(newOid));
}

/** Those of the branch as a whole, then those that only single commits of it make. */
export function withPassing(
  whole: readonly Trespass[],
  each: readonly { readonly commit: string; readonly found: readonly Trespass[] }[],
): readonly Trespass[] {
  const known = new Map(whole.map((one) => [one.path, one]));
  for (const { commit, found } of each)
    for (const one of found) if (!known.has(one.path)) known.set(one.path, { ...one, commit });
  return [...known.values()];
}

/** The reason in words, to stand after the path in brackets. */
export function whyNot({ reason, owner, approvers = [] }: Pick<Trespass, 'reason' | 'owner' | 'approvers'>): string {
  if (reason === 'frozen') return 'frozen';
  if (reason === 'approval') return `in need of approval by ${approvers.join(' or ')}`;
  return reason === 'owned' ? `belongs to task ${owner}` : 'outside the claim';
}

/** More paths than these nobody asks for at once. */
const ASKED = 5;

/** What an agent types to ask for these paths. */
export function askFor(found: readonly Pick<Trespass, 'path'>[]): string {
  const names = found.slice(0, ASKED).map(({ path }) => patternFor(path));
  return `gwt claim ${names.map(word).join(' ')} --why "<what you need there>"`;
}

const word = (name: string): string => (/^[\w./-]+$/.test(name) ? name : quoted(name));

/** What a `!pattern` takes out of a claim stays out in any case of letters. */
function exactly(claim: readonly string[]): (path: string) => boolean {
  return ownsOf(claim.map((pattern) => (pattern.startsWith('!') ? anyCase(pattern) : pattern)));
}

const anyCase = (pattern: string): string =>
  pattern.includes('[')
    ? pattern
    : pattern.replace(/\\.|\p{L}/gu, (char) =>
        char.startsWith('\\') || char.toLowerCase() === char.toUpperCase()
          ? char
          : `[${char.toLowerCase()}${char.toUpperCase()}]`,
      );

function folded(patterns: readonly string[]): (path: string) => boolean {
  const exact = ownsOf(patterns);
  const lower = ownsOf(patterns.map((pattern) => pattern.toLowerCase()));
  return (path) => lower(path.toLowerCase()) || exact(path);
}
