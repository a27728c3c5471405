import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { ownsOf } from '../core/claims.ts';
import { areRivals } from '../core/collision.ts';
import { type Radar, type RadarBranch, type RadarPair, radarFile } from '../core/radar/radar.ts';
import { spotsIn } from '../core/radar/spots.ts';
import { Refusal } from '../core/refusal.ts';
import { isActive, type Task } from '../core/task.ts';
import type { Foreseen, ForeseeSpec, Oid, Ports } from '../ports.ts';
import { codeIn } from './merge/parses.ts';
import { targetName } from './status.ts';
import { allTasks } from './tasks.ts';

export interface RadarInput {
  /** Tasks or branches: only their conflicts with all the others. */
  readonly names?: readonly string[];
  /** Branches by pattern, as paths in .gitignore, besides the tasks. */
  readonly branches?: readonly string[];
  readonly into?: string;
  /** Leave out what is not committed. */
  readonly committed?: boolean;
}

export type RadarPorts = Pick<Ports, 'git' | 'ledger' | 'config' | 'files' | 'syntax'>;

/** The radar, and the paths each branch changes in the target. */
export type Looked = Radar & { readonly touched: ReadonlyMap<string, readonly string[]> };

/** Looking at a worktree reads every file's times: more at once gain nothing on most machines. */
const AT_ONCE = 4;
/** So many pairs are merged in one look; 400 branches that all share a path make more. */
const PAIRS = 60_000;

/** Every live branch against the target and every other, uncommitted work included. Writes nothing but what it remembers. */
export async function radar(ports: RadarPorts, input: RadarInput): Promise<Looked> {
  const { target, at } = await targetAt(ports, input.into);
  const live = await liveBranches(ports, target, input);
  const named = (input.names ?? []).map((name) => placeOf(live, name));
  const tips = await tipsOf(ports, live, input.committed === true);
  const [only] = named;
  const seen = await ports.git.foresight.foresee(
    at,
    tips.map(({ tip }) => tip),
    { most: PAIRS, describe: describer(ports), ...(named.length === 1 && only !== undefined ? { of: only } : {}) },
  );
  return told(target, at, tips, seen, named);
}

/** What names the functions and classes in conflicts. */
export function describer(ports: Pick<Ports, 'syntax'>): NonNullable<ForeseeSpec['describe']> {
  return async (paths) => {
    const code = await codeIn(ports, paths);
    return ({ path, text }) => spotsIn(path, text, code, digest);
  };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

async function targetAt(ports: RadarPorts, into: string | undefined): Promise<{ target: string; at: Oid }> {
  const { git } = ports;
  const target = into ?? (await targetName(ports));
  const at = await git.refs.resolve(target === 'HEAD' ? 'HEAD' : `refs/heads/${target}`);
  if (at) return { target, at };
  if (into === undefined && !(await git.refs.resolve('HEAD')))
    throw new Refusal('repository.unborn', { path: (await git.repo()).root });
  throw new Refusal('target.absent', { target });
}

/** A branch with work that may land, and the task it belongs to. */
export interface Live {
  readonly branch: string;
  readonly head: Oid;
  readonly task?: Task;
}

/** The branches of open tasks that go to this target, and those that the patterns name. */
export async function liveBranches(
  ports: Pick<Ports, 'git' | 'ledger'>,
  target: string,
  { branches = [], into }: Pick<RadarInput, 'branches' | 'into'>,
): Promise<readonly Live[]> {
  const [tasks, heads] = await Promise.all([allTasks(ports), ports.git.refs.heads(['refs/heads/'])]);
  const wanted = branches.length > 0 ? ownsOf(branches) : () => false;
  const open = tasks.filter((task) => task.ready && isActive(task));
  return [...heads].flatMap(([ref, head]): Live[] => {
    const branch = ref.slice('refs/heads/'.length);
    const task = open.find((one) => one.branch === branch);
    if (branch === target) return [];
    if (task && (into !== undefined || task.target === target)) return [{ branch, head, task }];
    return wanted(branch) ? [{ branch, head, ...(task ? { task } : {}) }] : [];
  });
}

function placeOf(live: readonly Live[], name: string): number {
  const at = live.findIndex(({ branch, task }) => task?.id === name || branch === name);
  if (at < 0) throw new Refusal('branch.unknown', { branch: name });
  return at;
}

type Tip = Live & { readonly tip: Oid; readonly uncommitted: boolean };

/** What each branch would be if all in its worktree were committed now. */
async function tipsOf({ git, files }: RadarPorts, live: readonly Live[], committed: boolean): Promise<readonly Tip[]> {
  const worktrees = committed ? [] : await git.worktrees.list();
  const limit = pLimit(AT_ONCE);
  return Promise.all(
    live.map(async (one) => {
      const place = worktrees.find(({ branch, bare }) => branch === one.branch && !bare);
      const there = place && (await files.exists(place.path));
      // A worktree that cannot be looked at (no rights, a broken index) leaves what is committed.
      const tip = there ? await limit(() => git.foresight.afoot(place.path)).catch(committedOnly) : undefined;
      return { ...one, tip: tip ?? one.head, uncommitted: tip !== undefined };
    }),
  );
}

function committedOnly(error: unknown): undefined {
  if (!(error instanceof Refusal)) throw error;
}

function told(target: string, at: Oid, tips: readonly Tip[], seen: Foreseen, named: readonly number[]): Looked {
  const pairs = seen.pairs
    .filter(({ a, b }) => !areRivals(tips[a]?.task ?? {}, tips[b]?.task ?? {}))
    .filter(({ a, b }) => named.length === 0 || named.includes(a) || named.includes(b))
    .map(({ a, b, files }): RadarPair & { readonly places: readonly number[] } => ({
      a: tips[a]?.branch ?? '',
      b: tips[b]?.branch ?? '',
      paths: files.map(({ path }) => path),
      files: files.map(radarFile),
      places: [a, b],
    }))
    .sort((one, other) => other.files.length - one.files.length || (one.a + one.b < other.a + other.b ? -1 : 1));
  const branches = tips.map(({ branch, head, task, uncommitted }, place): RadarBranch => {
    const meets = pairs.filter(({ places }) => places.includes(place)).length;
    const paths = seen.paths[place]?.length ?? 0;
    const owner = task ? { task: task.id, state: task.state } : {};
    return { branch, ...owner, head, uncommitted, paths, clashes: seen.alone[place] ?? [], meets };
  });
  const all = named.length === 1 ? tips.length - 1 : (tips.length * (tips.length - 1)) / 2;
  return {
    target,
    at,
    branches,
    pairs: pairs.map(({ places: _, ...pair }) => pair),
    touched: new Map(tips.map(({ branch }, place) => [branch, seen.paths[place] ?? []])),
    counts: { pairs: all, sharing: seen.sharing, unknown: seen.unknown },
  };
}
