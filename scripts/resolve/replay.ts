import { type Git, gitIn, read } from './git.ts';
import { pastOf } from './past.ts';

/** One file that git could not merge, with what the people who made the merge put there. */
export interface Case {
  readonly merge: string;
  readonly path: string;
  readonly base: Buffer;
  readonly ours: Buffer;
  readonly theirs: Buffer;
  /** Git's own merge, with diff3 markers that name the sides as `names` says. */
  readonly marked: Buffer;
  readonly names: { readonly ours: string; readonly theirs: string };
  /** Earlier versions of the file on each side since they parted, newest first. */
  readonly past: { readonly ours: readonly Buffer[]; readonly theirs: readonly Buffer[] };
  readonly human: Buffer;
}

export interface Replayed {
  readonly merges: number;
  /** Conflicted merges, each with the number of its conflicted files. */
  readonly conflicted: ReadonlyMap<string, number>;
  readonly cases: readonly Case[];
}

export interface ReplayOptions {
  /** A git directory; it is only read. */
  readonly gitDir: string;
  /** An empty folder for the objects that the replay makes. */
  readonly scratch: string;
  /** At most so many conflicted merges, the newest first. */
  readonly max: number;
}

/** Larger files are left out. */
const BYTES = 1_000_000;
const CHUNK = 200;

/** Merges again what was merged by hand, and gives each conflict that has three text sides and an answer. */
export function replay({ gitDir, scratch, max }: ReplayOptions): Replayed {
  const git = gitIn(gitDir, scratch);
  const all = mergesOf(git);
  const conflicted = new Map<string, number>();
  const cases: Case[] = [];
  const seen = new Set<string>();
  let merges = 0;
  for (let at = 0; at < all.length && conflicted.size < max; at += CHUNK) {
    const chunk = all.slice(at, at + CHUNK);
    const found: Conflicted[] = [];
    for (const [n, merge] of mergedAgain(git, chunk).entries()) {
      if (conflicted.size === max) break;
      merges += 1;
      if (!merge || merge.files.size === 0) continue;
      conflicted.set(chunk[n]?.commit ?? '', merge.files.size);
      found.push({ ...(chunk[n] as Merge), ...merge });
    }
    cases.push(...casesOf(git, found, seen));
    console.error(`${merges} merges, ${conflicted.size} conflicted, ${cases.length} cases`);
  }
  return { merges, conflicted, cases };
}

interface Merge {
  readonly commit: string;
  readonly ours: string;
  readonly theirs: string;
}
interface Remade {
  readonly tree: string;
  readonly files: ReadonlyMap<string, ReadonlyMap<number, { readonly mode: string; readonly oid: string }>>;
}
type Conflicted = Merge & Remade;

/** Every merge of two, newest first; the test merges that a forge makes by itself left out. */
function mergesOf(git: Git): readonly Merge[] {
  const out = git([
    'log',
    '--min-parents=2',
    '--max-parents=2',
    '--date-order',
    '--format=%H %P',
    '--exclude=refs/pull/*/merge',
    '--all',
  ]);
  return lines(out.toString()).map((line) => {
    const [commit = '', ours = '', theirs = ''] = line.split(' ');
    return { commit, ours, theirs };
  });
}

/** What git makes of each pair today; undefined where it gave up, as it does when a blob is missing. */
function mergedAgain(git: Git, chunk: readonly Merge[]): readonly (Remade | undefined)[] {
  const done: (Remade | undefined)[] = [];
  while (done.length < chunk.length) {
    const input = chunk
      .slice(done.length)
      .map(({ ours, theirs }) => `${ours} ${theirs}\n`)
      .join('');
    done.push(
      ...parse(
        git(['merge-tree', '--write-tree', '--allow-unrelated-histories', '-z', '--stdin'], input).toString('latin1'),
      ),
    );
    if (done.length < chunk.length) done.push(undefined);
  }
  return done.slice(0, chunk.length);
}

function parse(text: string): Remade[] {
  const fields = text.split('\0');
  const found: Remade[] = [];
  for (let at = 0; at + 2 < fields.length; at += 1) {
    const clean = fields[at] === '1';
    const tree = fields[at + 1] ?? '';
    const files = new Map<string, Map<number, { mode: string; oid: string }>>();
    at += 2;
    for (; !clean && fields[at]; at += 1) {
      const match = /^(\d+) ([0-9a-f]+) ([123])\t([\s\S]*)$/.exec(fields[at] ?? '');
      if (!match) return found;
      const [, mode = '', oid = '', stage, path = ''] = match;
      files.set(path, (files.get(path) ?? new Map()).set(Number(stage), { mode, oid }));
    }
    if (!clean) for (at += 1; fields[at]; at += Number(fields[at]) + 3);
    found.push({ tree, files });
  }
  return found;
}

/** The conflicts of a chunk that have three sides of text and an answer without markers, each once. */
function casesOf(git: Git, merges: readonly Conflicted[], seen: Set<string>): readonly Case[] {
  const wanted = merges.flatMap((merge) =>
    [...merge.files].flatMap(([raw, stages]) => {
      const path = Buffer.from(raw, 'latin1').toString('utf8');
      const regular = [1, 2, 3].every((stage) => /^100/.test(stages.get(stage)?.mode ?? ''));
      return regular && !path.includes('\n')
        ? [{ merge, path, oids: [1, 2, 3].map((n) => stages.get(n)?.oid ?? '') }]
        : [];
    }),
  );
  const found = read(
    git,
    wanted.flatMap(({ merge, path, oids }) => [...oids, `${merge.tree}:${path}`, `${merge.commit}:${path}`]),
  );
  const past = pastOf(git, wanted);
  return wanted.flatMap(({ merge, path }, at) => {
    const [base, ours, theirs, marked, human] = found.slice(5 * at, 5 * at + 5);
    if (!base || !ours || !theirs || !marked || !human) return [];
    if ([base, ours, theirs, human].some((text) => text.length > BYTES || text.includes(0))) return [];
    if (!holds(marked, `\n>>>>>>> ${merge.theirs}`) && !holds(marked, `>>>>>>> ${merge.theirs}`)) return [];
    if (left(human) && !left(ours) && !left(theirs)) return [];
    const key = [base, ours, theirs, human].map((text) => text.toString('latin1')).join('\0');
    if (seen.has(key)) return [];
    seen.add(key);
    const names = { ours: merge.ours, theirs: merge.theirs };
    return [
      {
        merge: merge.commit,
        path,
        base,
        ours,
        theirs,
        marked,
        names,
        past: past[at] ?? { ours: [], theirs: [] },
        human,
      },
    ];
  });
}

const holds = (text: Buffer, part: string): boolean => text.includes(part);
const left = (text: Buffer): boolean => /^<{7} [\s\S]*^>{7} /m.test(text.toString('latin1'));

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
