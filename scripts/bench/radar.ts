import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { radar } from '../../src/flows/radar.ts';
import { openPorts } from '../../src/main.ts';
import { type Bench, ENV, gwt, repository, sideBySide } from './measure.ts';

const BRANCHES = 50;
const ROUNDS = 5;

/**
 * 50 branches of a 10,000-file repository, 1,225 pairs: the whole of `gwt conflicts` against one bare `git merge-tree --stdin`
 * of the same branches, in a scratch object folder as it needs one too. Once with nothing known (against those pairs that
 * share a path, and against all), once after one branch moved (against the 49 pairs of that branch): a look as `--watch` and loops
 * have it, where node, grammars and the repository are known already, and the whole program from its start.
 */
export const bench: Bench = async (scratch) => {
  const repo = repository(join(scratch, 'repo'), 10_000);
  const names = branches(repo);
  await gwt(repo, 'init');
  const look = () => gwt(repo, 'conflicts', '--branches', 'work-*', '--json');
  const all = names.flatMap((a, at) => names.slice(at + 1).map((b) => [a, b] as const));
  const sharing = sharingOf(repo, all);
  const kept = join(repo, '.git/gwt/radar');
  const forget = () => rmSync(kept, { recursive: true, force: true });
  const cold = async () => {
    forget();
    await look();
  };
  const [first, every] = [
    await sideBySide(ROUNDS, cold, () => bare(repo, scratch, sharing)),
    await sideBySide(ROUNDS, cold, () => bare(repo, scratch, all)),
  ];
  const mine = all.filter((pair) => pair.includes('work-0'));
  const next = await sideBySide(
    ROUNDS * 3,
    async () => look(),
    async (n) => {
      await bare(repo, scratch, mine);
      move(repo, n);
    },
  );
  const open = openPorts({ cwd: repo, json: true, quiet: true, yes: true }, () => {}, new AbortController().signal, '');
  const watched = await sideBySide(
    ROUNDS * 3,
    () => radar(open, { branches: ['work-*'] }),
    async (n) => {
      await bare(repo, scratch, mine);
      move(repo, 100 - n);
    },
  );
  const what = `gwt conflicts, ${BRANCHES} branches of 10,000 files`;
  return [
    {
      what: `${what}, nothing known, against merge-tree --stdin of the ${sharing.length} pairs that share a path`,
      ...first,
      bar: { ratio: 3 },
    },
    {
      what: `${what}, nothing known, against merge-tree --stdin of all ${all.length} pairs`,
      ...every,
      bar: { ratio: 3 },
    },
    {
      what: `${what}, one moved, a look of a watch against merge-tree --stdin of its ${mine.length} pairs`,
      ...watched,
      bar: { ratio: 1.5 },
    },
    {
      what: `${what}, one moved, the whole program against merge-tree --stdin of its ${mine.length} pairs`,
      ...next,
      bar: { ratio: 1.5 },
    },
  ];
};

const run = (cwd: string, args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): string =>
  execFileSync('git', args, { cwd, env: { ...ENV, ...env }, input, encoding: 'utf8', maxBuffer: 1e9 });

async function bare(repo: string, scratch: string, pairs: readonly (readonly [string, string])[]): Promise<void> {
  const objects = join(scratch, 'objects');
  mkdirSync(objects, { recursive: true });
  const env = { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(repo, '.git/objects') };
  run(repo, ['merge-tree', '--write-tree', '--stdin'], pairs.map(([a, b]) => `${a} ${b}\n`).join(''), env);
  rmSync(objects, { recursive: true });
}

function sharingOf(repo: string, pairs: readonly (readonly [string, string])[]) {
  const paths = new Map<string, Set<string>>();
  for (const name of new Set(pairs.flat()))
    paths.set(
      name,
      new Set(
        run(repo, ['diff', '--name-only', `main...${name}`])
          .split('\n')
          .filter(Boolean),
      ),
    );
  return pairs.filter(([a, b]) => [...(paths.get(a) ?? [])].some((path) => paths.get(b)?.has(path)));
}

const who = 'committer Ada <ada@example.com> 1700000000 +0000';

/** Each of three commits that change ten files, some of them among a hundred that many work on; from the same numbers every time. */
function branches(repo: string): readonly string[] {
  let seed = 7;
  const chance = (most: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * most);
  };
  const names = Array.from({ length: BRANCHES }, (_, n) => `work-${n}`);
  const input = names.flatMap((name) =>
    [1, 2, 3].map((step) => {
      const files = Array.from({ length: 10 }, (_, at) => (at < 2 ? chance(100) * 97 : chance(10_000)));
      const changes = [...new Set(files)].map((n) => change(n, chance(10), `${name} ${step}`)).join('');
      const from = step === 1 ? 'from refs/heads/main^0\n' : '';
      return `commit refs/heads/${name}\n${who}\ndata 4\nwork\n${from}${changes}\n`;
    }),
  );
  run(repo, ['fast-import', '--quiet'], input.join(''));
  return names;
}

function move(repo: string, n: number): void {
  const text = `commit refs/heads/work-0\n${who}\ndata 4\nmove\nfrom refs/heads/work-0^0\n${change(97 * (n + 1), n % 10, `moved ${n}`)}\n`;
  run(repo, ['fast-import', '--quiet'], text);
}

function change(n: number, line: number, word: string): string {
  const lines = Array.from({ length: 10 }, (_, at) => `export const value${n} = ${at === line ? `'${word}'` : n};\n`);
  const text = lines.join('');
  const path = `src/m${Math.floor(n / 1000)}/p${Math.floor(n / 50)}/f${n}.ts`;
  return `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
}
