import type { Line, Oid, TreeChange } from '../../ports.ts';
import type { GitCall } from './call.ts';
import type { Diffs } from './diffs.ts';
import { lines } from './refs.ts';

/** Commits of one branch whose change is not on the target yet, oldest first, merges left out, as `git rebase` picks them. */
export async function unlanded(
  call: GitCall,
  diffs: Diffs,
  { target, branch, past, merges }: Asked,
): Promise<readonly Oid[]> {
  const picked = [...(merges ? [] : ['--no-merges']), '--right-only', '--cherry-mark', `${target}...${branch}`];
  const without = past.map((head) => `^${head}`);
  const marked = lines((await call(['rev-list', '--reverse', '--topo-order', ...picked, ...without])).stdout);
  const same = marked.filter((line) => line.startsWith('=')).map((line) => line.slice(1));
  // All commits that change nothing are the same change to git; its rebase keeps them all the same.
  const changes = await diffs(same);
  const landed = new Set(same.filter((oid) => (changes.get(oid) ?? []).length > 0));
  return marked.map((line) => line.slice(1)).filter((oid) => !landed.has(oid));
}

interface Asked {
  readonly target: Oid;
  readonly branch: Oid;
  readonly past: readonly Oid[];
  /** Merges too. */
  readonly merges: boolean;
}

/**
 * For each branch that is one straight line of commits above the target, those that are not on it; the few others are
 * missing, and git must be asked for each. A change that the target has by another commit has the same paths there
 * (`git rev-list --cherry-pick` compares patch ids, and those hold the paths): a branch where that may be so is missing
 * too. Four processes, however many branches there are.
 */
export async function straightLines(
  call: GitCall,
  diffs: Diffs,
  target: Oid,
  heads: readonly Oid[],
  past: readonly Oid[],
): Promise<ReadonlyMap<Oid, Line>> {
  if (heads.length === 0) return new Map();
  const straight = await linesAbove(call, target, heads, past);
  const commits = [...straight.values()].flatMap((line) => line.commits);
  const changes = await diffs(commits);
  const paths = new Set(commits.flatMap((oid) => (changes.get(oid) ?? []).map(({ path }) => path)));
  const bases = [...straight.values()].filter((line) => line.commits.length > 0).map(({ base }) => base);
  const there = await onTarget(call, diffs, target, bases, [...paths]);
  const prints = new Set(there.map(printOf));
  const certain = ({ commits }: Reach) =>
    commits.every((oid) => {
      const print = printOf(changes.get(oid));
      // One that changes nothing stays, as `git rebase` has it.
      return changes.get(oid)?.length === 0 || (print !== undefined && !prints.has(print));
    });
  const touched = new Set(there.flatMap((found) => (found ?? []).map(({ path }) => path)));
  const isApart = ({ commits }: Reach) => {
    const own = commits.flatMap((oid) => (changes.get(oid) ?? []).map(({ path }) => path));
    return own.length > 0 && there.every((found) => found !== undefined) && !own.some((path) => touched.has(path));
  };
  const sure = [...straight].filter(([, line]) => certain(line));
  return new Map(sure.map(([head, line]) => [head, { ...line, apart: isApart(line) }]));
}

type Reach = Omit<Line, 'apart'>;

async function linesAbove(call: GitCall, target: Oid, heads: readonly Oid[], past: readonly Oid[]) {
  const input = [...new Set([...heads, ...past]), `^${target}`].join('\n');
  const { stdout } = await call(['rev-list', '--parents', '--stdin'], { input: `${input}\n` });
  const parents = new Map(
    lines(stdout).map((line) => [line.slice(0, line.indexOf(' ') >>> 0), line.split(' ').slice(1)]),
  );
  const landed = reached(parents, past);
  const found = new Map<Oid, Reach>();
  for (const head of heads) {
    const commits: Oid[] = [];
    let at: Oid | undefined = head;
    while (at !== undefined && parents.has(at)) {
      if (!landed.has(at)) commits.unshift(at);
      const above: readonly Oid[] = parents.get(at) ?? [];
      at = above.length === 1 ? above[0] : undefined;
    }
    if (at !== undefined) found.set(head, { base: at, commits });
  }
  return found;
}

function reached(parents: ReadonlyMap<Oid, readonly Oid[]>, from: readonly Oid[]): ReadonlySet<Oid> {
  const seen = new Set<Oid>();
  for (const todo = [...from]; todo.length > 0; ) {
    const commit = todo.pop() ?? '';
    if (seen.has(commit) || !parents.has(commit)) continue;
    seen.add(commit);
    todo.push(...(parents.get(commit) ?? []));
  }
  return seen;
}

/** What each commit of the target's changes that came after the oldest of `bases` and changes any of `paths`. */
async function onTarget(
  call: GitCall,
  diffs: Diffs,
  target: Oid,
  bases: readonly Oid[],
  paths: readonly string[],
): Promise<readonly (readonly TreeChange[] | undefined)[]> {
  const others = [...new Set(bases)];
  if (others.length === 0 || others.every((base) => base === target)) return [];
  const base =
    others.length === 1
      ? others[0]
      : (await call(['merge-base', '--octopus', ...others], { ok: [0, 1] })).stdout.trim();
  const within = fewer(paths.filter((path) => !path.includes('\n')));
  const input = [target, ...(base ? [`^${base}`] : []), ...(within.length > 0 ? ['--', ...within] : [])].join('\n');
  const args = ['--literal-pathspecs', 'rev-list', '--no-merges', '--full-history', '--stdin'];
  const commits = lines((await call(args, { input: `${input}\n` })).stdout);
  const changes = await diffs(commits);
  return commits.map((oid) => changes.get(oid));
}

/** So many paths at most are looked for by name; of more, their folders. None means all. */
const MOST_PATHS = 500;

function fewer(paths: readonly string[]): readonly string[] {
  const above = (depth: number) => [...new Set(paths.map((path) => path.split('/').slice(0, depth).join('/')))];
  return [above(Number.POSITIVE_INFINITY), above(3), above(1)].find((some) => some.length <= MOST_PATHS) ?? [];
}

/** The same for two commits that may be the same change; undefined where only git can tell (nothing changed, odd names). */
function printOf(changes: readonly TreeChange[] | undefined): string | undefined {
  if (!changes || changes.length === 0) return undefined;
  const paths = changes.map(({ path }) => path.replace(/\s/g, ''));
  return changes.some(({ path }) => /[\uFFFD\n]/.test(path)) ? undefined : paths.sort().join('\0');
}
