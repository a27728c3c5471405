import type { Distance, GitHistory, Oid, TreeChange } from '../../ports.ts';
import { alike } from './alike.ts';
import type { GitCall } from './call.ts';
import { chainFrom } from './chain.ts';
import type { Diffs } from './diffs.ts';
import { nameOf } from './names.ts';
import { refsInFiles } from './ref-files.ts';
import { lines } from './refs.ts';
import { sections } from './sections.ts';
import { straightLines, unlanded } from './unlanded.ts';

/** Older versions of a file than these tell little. */
const VERSIONS = 60;

/** Questions about commits and what lies between them. */
export function gitHistory(call: GitCall, diffs: Diffs, common: () => Promise<string>): GitHistory {
  const bases: Bases = new Map();
  return {
    mergeBase: async (a, b) => mergeBase(call, await common(), bases, a, b),
    async isAncestor(a, b) {
      return (await call(['merge-base', '--is-ancestor', a, b], { ok: [0, 1] })).code === 0;
    },
    async within(tip, commits) {
      if (commits.length === 0) return new Set();
      const input = `${[...commits, `^${tip}`].join('\n')}\n`;
      const known = await call(['cat-file', '--batch-check=%(objectname)'], { input: `${commits.join('\n')}\n` });
      const present = new Set(lines(known.stdout).filter((line) => !line.includes(' ')));
      const { stdout } = await call(['rev-list', '--ignore-missing', '--stdin'], { input });
      const outside = new Set(lines(stdout));
      return new Set([...present].filter((commit) => !outside.has(commit)));
    },
    unlanded: (target, branch, past = [], merges = false) => unlanded(call, diffs, { target, branch, past, merges }),
    alike: (target, commits) => alike(call, target, commits),
    async straight(target, heads, past = []) {
      const found = await straightLines(call, diffs, target, heads, past);
      for (const [head, { base }] of found) bases.set(`${target} ${head}`, base);
      return found;
    },
    async changes(from, to) {
      const { stdout } = await call(['diff-tree', '-r', '-z', '--no-renames', from, to], { binary: true });
      return parseRaw(stdout).map((change) => ({ ...change, path: nameOf(change.path) }));
    },
    extent: (commits) => extentOf(call, commits),
    async versions(path, from, without) {
      const range = ['--first-parent', `--max-count=${VERSIONS}`, from, `^${without}`];
      const shape = ['--raw', '--no-abbrev', '--no-renames', '-z', '--format='];
      const { stdout } = await call(['--literal-pathspecs', 'log', ...shape, ...range, '--', path]);
      return [...new Set(parseRaw(stdout).flatMap(({ status, newOid }) => (status === 'D' ? [] : [newOid])))];
    },
    chains: (heads, without) => chainsOf(call, heads, without),
    aheadBehind: async (branch, target) => aheadBehind(call, await common(), branch, target),
    distances: (target, commits) => distances(call, target, commits),
  };
}

/** The merge bases that are known, by both commits; they never change. */
type Bases = Map<string, Oid>;

/**
 * Where the line of commits that ends at `b` holds one whose merge base with `a` is known and is not that commit itself,
 * nothing above it can be on `a` either: it is the merge base of both.
 */
async function mergeBase(call: GitCall, common: string, bases: Bases, a: string, b: string): Promise<Oid | undefined> {
  const from = a.startsWith('refs/heads/') ? refsInFiles(common, [a])?.get(a) : a;
  const keyOf = (oid: Oid) => `${from} ${oid}`;
  if (from === undefined || !OID.test(from) || !OID.test(b)) return asked(call, a, b);
  const below = chainFrom(common, b, (oid) => bases.has(keyOf(oid))).at(-1) ?? b;
  const known = bases.get(keyOf(below));
  const base = known !== undefined && (below === b || known !== below) ? known : await asked(call, from, b);
  if (base !== undefined) bases.set(keyOf(b), base);
  return base;
}

const OID = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

async function asked(call: GitCall, a: string, b: string): Promise<Oid | undefined> {
  return (await call(['merge-base', '--end-of-options', a, b], { ok: [0, 1] })).stdout.trim() || undefined;
}

async function aheadBehind(call: GitCall, common: string, branch: string, target: string): Promise<Distance> {
  const chain = OID.test(branch) && OID.test(target) ? chainFrom(common, branch, (oid) => oid === target) : [];
  if (chain.at(-1) === target) return { ahead: chain.length - 1, behind: 0 };
  const { stdout } = await call(['rev-list', '--left-right', '--count', `${branch}...${target}`]);
  const [ahead, behind] = stdout.trim().split('\t').map(Number);
  return { ahead: ahead ?? 0, behind: behind ?? 0 };
}

/** One walk over what lies above the commit that all of them share. */
async function distances(call: GitCall, target: Oid, commits: readonly Oid[]): Promise<ReadonlyMap<Oid, Distance>> {
  const others = [...new Set(commits)].filter((commit) => commit !== target);
  if (others.length === 0) return new Map(commits.map((commit) => [commit, { ahead: 0, behind: 0 }]));
  const shared = (await call(['merge-base', '--octopus', target, ...others], { ok: [0, 1] })).stdout.trim();
  const input = [target, ...others, ...(shared ? [`^${shared}`] : [])].join('\n');
  const { stdout } = await call(['rev-list', '--parents', '--stdin'], { input });
  return distancesIn(stdout, target, [target, ...others]);
}

/** Distances to `target` from the answer of `git rev-list --parents` over all of the commits. */
export function distancesIn(text: string, target: Oid, commits: readonly Oid[]): ReadonlyMap<Oid, Distance> {
  const parents = new Map(
    lines(text).map((line) => [line.slice(0, line.indexOf(' ') >>> 0), line.split(' ').slice(1)]),
  );
  const reached = (from: Oid) => {
    const seen = new Set<Oid>();
    for (const todo = [from]; todo.length > 0; ) {
      const commit = todo.pop() ?? '';
      if (seen.has(commit) || !parents.has(commit)) continue;
      seen.add(commit);
      todo.push(...(parents.get(commit) ?? []));
    }
    return seen;
  };
  const there = reached(target);
  return new Map(
    commits.map((commit) => {
      const here = reached(commit);
      const both = [...here].filter((oid) => there.has(oid)).length;
      return [commit, { ahead: here.size - both, behind: there.size - both }];
    }),
  );
}

async function extentOf(
  call: GitCall,
  commits: readonly Oid[],
): Promise<ReadonlyMap<Oid, ReadonlyMap<string, number>>> {
  if (commits.length === 0) return new Map();
  const shape = ['--stdin', '-r', '-z', '--no-renames', '--numstat'];
  const { stdout } = await call(['diff-tree', ...shape], { input: `${commits.join('\n')}\n` });
  const found = [...sections(stdout, new Set(commits))];
  return new Map(found.map(([commit, rows]) => [commit, new Map(rows.map(countOf))]));
}

async function chainsOf(call: GitCall, heads: readonly Oid[], without: readonly Oid[]) {
  if (heads.length === 0) return [];
  const along = ['--first-parent', '--exclude-first-parent-only', '--date-order', '--reverse', '--ignore-missing'];
  const shape = ['--source', '--no-show-signature', '--format=%H %ct %S'];
  const input = `${[...heads, ...without.map((oid) => `^${oid}`)].join('\n')}\n`;
  const { stdout } = await call(['log', ...along, ...shape, '--stdin'], { input });
  return lines(stdout).map((line) => {
    const [oid = '', second = '', head = ''] = line.split(' ');
    return { oid, second: Number(second), head };
  });
}

/** A row of `git diff-tree --numstat -z`: lines that came, lines that went, path; dashes for a binary file. */
function countOf(row: string): readonly [string, number] {
  const [come, go, ...path] = row.split('\t');
  return [path.join('\t'), (Number(come) || 0) + (Number(go) || 0)];
}

/** The answer of `git diff-tree -r -z`, without rename detection. */
export function parseRaw(text: string): readonly TreeChange[] {
  const fields = text.split('\0');
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', oldOid = '', newOid = '', status = 'M'] = (fields[at] ?? '')
      .replace(/^:/, '')
      .split(' ');
    changes.push({
      path: fields[at + 1] ?? '',
      status: status[0] as TreeChange['status'],
      oldMode,
      newMode,
      oldOid,
      newOid,
    });
  }
  return changes;
}
