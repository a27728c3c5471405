import { createHash } from 'node:crypto';
import type { Foreseen, ForeseeSpec, GitForesight, Meeting, Oid, Repo } from '../../../ports.ts';
import type { GitCall } from '../call.ts';
import { nameOf } from '../names.ts';
import { inScratch, type Scratch } from '../scratch.ts';
import { sections } from '../sections.ts';
import { synthetic } from '../synthetic.ts';
import { afoot } from './afoot.ts';
import { type Kept, type Known, openKept, type Put } from './kept.ts';
import { markedIn } from './marked.ts';
import { type Merged, merged } from './merges.ts';

/** Predictions by merges in memory. */
export function gitForesight(call: GitCall, repo: () => Promise<Repo>): GitForesight {
  return {
    async foresee(onto, heads, spec) {
      if (heads.length === 0) return { alone: [], nothing: [], paths: [], pairs: [], sharing: 0, unknown: 0 };
      const looked = async () => foreseen({ call, repo: await repo(), onto, heads, spec });
      const { retry, ...seen } = await looked();
      if (!retry) return seen;
      const { retry: _, ...again } = await looked();
      return again;
    },
    afoot: async (worktree) => {
      const place = await repo();
      return afoot(openKept(call, place).scratch, place, worktree);
    },
    async diff(from, to) {
      const { scratch } = openKept(call, await repo());
      const ran = await scratch.call(['diff', '--no-color', '--no-ext-diff', from, to], { ok: [0, 1, 128] });
      const at = ran.stdout.indexOf('\n@@ ');
      return at < 0 ? '' : ran.stdout.slice(at + 1);
    },
  };
}

interface Look {
  readonly call: GitCall;
  readonly repo: Repo;
  readonly onto: Oid;
  readonly heads: readonly Oid[];
  readonly spec: ForeseeSpec;
}

/** `retry`: something that was kept is not there any more, and all of it was thrown away. */
async function foreseen({ call, repo, onto, heads, spec }: Look): Promise<Foreseen & { readonly retry: boolean }> {
  const kept = openKept(call, repo);
  const known = kept.load();
  const wasEmpty = known.alone.size === 0;
  const put = known.put;
  const puts = await putAll(kept, known, onto, heads);
  const sharing = pairsOf(puts, spec.of);
  const keys = sharing.map(([a, b]) => `${puts[a]?.print} ${puts[b]?.print}`);
  const fresh = sharing.flatMap((pair, at) => (known.pairs.has(keys[at] ?? '') ? [] : [{ pair, key: keys[at] ?? '' }]));
  const tried = fresh.slice(0, spec.most);
  const gone = tried.length > 0 ? await meet({ call, repo, kept, known, puts, spec }, tried) : false;
  if (gone && !wasEmpty) kept.forget();
  else if (known.put > put || tried.length > 0) kept.save(known);
  const unknown = keys.filter((key) => !known.pairs.has(key)).length + puts.filter((put) => put === undefined).length;
  return {
    retry: gone && !wasEmpty,
    alone: puts.map((put) => put?.clashes ?? []),
    nothing: puts.map((put) => put?.paths.length === 0 && put.clashes.length === 0),
    paths: puts.map((put) => put?.paths ?? []),
    pairs: sharing.flatMap(([a, b], at) => {
      const files = known.pairs.get(keys[at] ?? '') ?? [];
      return files.length > 0 ? [{ a, b, files }] : [];
    }),
    sharing: sharing.length,
    unknown,
  };
}

/** Every head put on the commit: those not known yet in one merge process and one diff. */
async function putAll(
  { scratch }: Kept,
  known: Known,
  onto: Oid,
  heads: readonly Oid[],
): Promise<readonly (Put | undefined)[]> {
  const keyOf = (head: Oid) => `${onto} ${head}`;
  const fresh = [...new Set(heads)].filter((head) => !known.alone.has(keyOf(head)));
  if (fresh.length > 0) {
    const answers = await merged(
      scratch,
      fresh.map((head) => [onto, head]),
    );
    const made = answers.map((answer) => answer && scratch.write('commit', synthetic(answer.tree, onto)));
    const changes = await changesOf(scratch, onto, made);
    for (const [at, answer] of answers.entries()) {
      const put = made[at];
      if (!answer || !put) continue;
      known.alone.set(keyOf(fresh[at] ?? ''), putOf(put, answer, changes.get(put) ?? []));
      known.put += 1;
    }
  }
  return heads.map((head) => {
    const put = known.alone.get(keyOf(head));
    // What was used now is the newest.
    if (put && known.alone.delete(keyOf(head))) known.alone.set(keyOf(head), put);
    return put;
  });
}

function putOf(put: Oid, { files }: Merged, changes: readonly string[]): Put {
  const clashes = files.map(({ path }) => path);
  const paths = changes.filter((_, at) => at % 2 === 1).map(nameOf);
  const print = createHash('sha1').update(changes.join('\0')).digest('hex').slice(0, 20);
  return { put, clashes, paths, print };
}

/** Modes, blobs, status and path of all that each commit changes, as git gives them (latin1). */
async function changesOf({ call }: Scratch, onto: Oid, commits: readonly (Oid | undefined)[]) {
  const there = [...new Set(commits.filter((commit) => commit !== undefined))];
  if (there.length === 0) return new Map<Oid, readonly string[]>();
  const input = there.map((commit) => `${commit} ${onto}\n`).join('');
  const { stdout } = await call(['diff-tree', '--stdin', '-r', '-z', '--no-renames', '--no-abbrev'], {
    input,
    binary: true,
  });
  return sections(stdout, new Set(there));
}

/** Those that change a common path which neither of them has in conflict already; the same two are always the same way round. */
function pairsOf(puts: readonly (Put | undefined)[], of?: number): readonly (readonly [number, number])[] {
  const sets = puts.map((put) => new Set(put?.paths.filter((path) => !put.clashes.includes(path))));
  const shares = (a: number, b: number) => {
    const [few, many] = (sets[a]?.size ?? 0) < (sets[b]?.size ?? 0) ? [sets[a], sets[b]] : [sets[b], sets[a]];
    for (const path of few ?? []) if (many?.has(path)) return true;
    return false;
  };
  return puts
    .flatMap((_, a) => puts.slice(a + 1).map((_, at) => [a, a + 1 + at] as const))
    .filter((pair) => of === undefined || pair.includes(of))
    .filter(([a, b]) => shares(a, b))
    .map(([a, b]) => ((puts[a]?.print ?? '') <= (puts[b]?.print ?? '') ? ([a, b] as const) : ([b, a] as const)));
}

interface Meet {
  readonly call: GitCall;
  readonly repo: Repo;
  readonly kept: Kept;
  readonly known: Known;
  readonly puts: readonly (Put | undefined)[];
  readonly spec: ForeseeSpec;
}

/** Merges the pairs and remembers what came of it; true when git could not merge one of them. */
async function meet(
  { call, repo, kept, known, puts, spec }: Meet,
  tried: readonly { readonly pair: readonly [number, number]; readonly key: string }[],
): Promise<boolean> {
  return inScratch(
    call,
    repo,
    async (scratch) => {
      // Grammars take as long to load as the merges take.
      const looking = spec.describe?.(
        commonPaths(
          puts,
          tried.map(({ pair }) => pair),
        ),
      );
      looking?.catch(() => {});
      const answers = await merged(
        scratch,
        tried.map(({ pair: [a, b] }) => [puts[a]?.put ?? '', puts[b]?.put ?? '']),
      );
      const met = tried.flatMap(({ pair, key }, at) => {
        const answer = answers[at];
        const old = new Set(pair.flatMap((one) => puts[one]?.clashes ?? []));
        return answer ? [{ key, tree: answer.tree, files: answer.files.filter(({ path }) => !old.has(path)) }] : [];
      });
      const described = await describe(scratch, met, looking);
      for (const { key, files } of met)
        known.pairs.set(
          key,
          files.map((file) => described.get(file) ?? file),
        );
      return answers.includes(undefined);
    },
    [kept.objects],
  );
}

/** Files of one pair, and of all, that are looked into: one of these can take longer than a merge. */
const EACH = 20;
const ALL = 400;

async function describe(
  scratch: Scratch,
  met: readonly { readonly tree: Oid; readonly files: readonly Meeting[] }[],
  looking: ReturnType<NonNullable<ForeseeSpec['describe']>> | undefined,
): Promise<ReadonlyMap<Meeting, Meeting>> {
  const files = met.flatMap(({ tree, files }) => files.slice(0, EACH).map((file) => ({ tree, file }))).slice(0, ALL);
  if (!looking || files.length === 0) return new Map();
  const texts = await markedIn(
    scratch,
    files.map(({ tree, file }) => ({ tree, path: file.path })),
  );
  const look = await looking;
  return new Map(
    files.flatMap(({ file }, at) => {
      const text = texts[at];
      const spots = text === undefined ? undefined : look({ path: file.path, text });
      return spots ? [[file, { ...file, spots }] as const] : [];
    }),
  );
}

function commonPaths(
  puts: readonly (Put | undefined)[],
  pairs: readonly (readonly [number, number])[],
): readonly string[] {
  const found = new Set<string>();
  for (const [a, b] of pairs) {
    const others = new Set(puts[b]?.paths);
    for (const path of puts[a]?.paths ?? []) if (others.has(path)) found.add(path);
  }
  return [...found];
}
