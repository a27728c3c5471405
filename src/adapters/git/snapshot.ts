import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { Oid, Repo, Snapshot, SnapshotSpec } from '../../ports.ts';
import { adminOf, lastHead } from './admin.ts';
import type { GitCall } from './call.ts';
import { type Bench, onDisk, rawFiles, readable, utf8 } from './disk.ts';
import { converted, needExactBytes } from './exact.ts';
import { readLoose, writeLoose } from './loose.ts';
import { commitAll, fingerprint, remainder } from './remainder.ts';
import { parseFlags, parseSurvey, type Survey } from './survey.ts';

/** No hook and no monitor of the project runs for a snapshot, and its line-end warnings do not stop one. */
export const QUIET = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.safecrlf=false',
  'core.splitIndex=false',
].flatMap((setting) => ['-c', setting]);

/** One worktree while it is snapshot. */
export interface Place {
  readonly worktree: string;
  readonly admin: string | undefined;
  readonly common: string;
  readonly bench: Bench;
  readonly write: (type: 'blob' | 'tree' | 'commit', body: string | Buffer) => Oid;
  readonly stderr: { text: string };
}

/**
 * A worktree as a commit that `unpack` makes the same worktree of: tree the files, first parent HEAD, second the
 * index, third what trees cannot say (see `remainder`). The worktree's own index is only read, without its lock.
 */
export async function takeSnapshot(call: GitCall, repo: Repo, worktree: string, spec: SnapshotSpec): Promise<Snapshot> {
  const admin = adminOf(worktree, repo.common);
  const scratch = join(admin ?? repo.common, `gwt-snapshot-${randomBytes(4).toString('hex')}`);
  const stderr = { text: '' };
  const place: Place = {
    worktree,
    admin,
    common: repo.common,
    stderr,
    write: (type, body) => writeLoose(repo.common, type, body, repo.objectFormat),
    bench: async (args, options = {}) => {
      const at = ['--git-dir', admin ?? repo.common, '--work-tree', worktree];
      const env = { GIT_INDEX_FILE: scratch, GIT_LITERAL_PATHSPECS: '1' };
      const ran = await call([...at, ...QUIET, ...args], { cwd: worktree, binary: true, env, ...options });
      stderr.text += ran.stderr;
      return ran.stdout;
    },
  };
  try {
    return await snapshotIn(place, scratch, spec);
  } finally {
    for (const path of [scratch, `${scratch}.lock`]) rmSync(path, { force: true });
  }
}

/**
 * The files of a worktree as a tree, given what its index is to begin with; undefined where nothing differs from HEAD.
 * What is written goes where `place` writes. Files that `skip` names are left out.
 */
export async function filesOf(
  place: Place,
  scratch: string,
  spec: Pick<SnapshotSpec, 'head'>,
  skip: (path: string) => boolean,
): Promise<{ readonly tree: Oid; readonly head: Oid } | undefined> {
  const survey = await look(place);
  const head = survey.head ?? spec.head;
  const changed = survey.changed.filter((path) => !skip(path));
  if (!survey.staged && changed.length === 0) return undefined;
  await copyIndex(place, scratch, spec);
  const staged = treeOfHead(place, survey) ?? (await stagedTree(place, survey));
  return { head, tree: (await filesTree(place, changed, staged)).tree };
}

async function snapshotIn(place: Place, scratch: string, spec: SnapshotSpec): Promise<Snapshot> {
  const { bench, admin, worktree, write } = place;
  await copyIndex(place, scratch, spec);
  const [survey, listed, settings] = await Promise.all([
    look(place),
    bench(['ls-files', '-v', '-z']),
    bench(['config', '--get-regexp', '^core\\.(autocrlf|eol|attributesfile)$'], { ok: [0, 1] }),
  ]);
  const head = (admin ? (survey.head ?? lastHead(admin)) : undefined) ?? spec.head;
  const branch = admin ? survey.branch : spec.branch;
  const { flagged, attributes } = parseFlags(listed);
  const index = existsSync(scratch) ? readFileSync(scratch) : undefined;
  const staged = treeOfHead(place, survey) ?? (await stagedTree(place, survey));
  const changed = [...new Set([...survey.changed, ...(await unhide(place, flagged))])];
  const { tree, left: unread } = await filesTree(place, changed, staged);
  const strange =
    admin !== undefined &&
    admin !== place.common &&
    lstatSync(join(worktree, '.git'), { throwIfNoEntry: false })?.isDirectory();
  const nested = [...survey.nested, ...(strange ? ['.git'] : [])];
  const left = [...nested.map((path) => ({ path, why: 'nested' as const })), ...unread];
  const exact = needExactBytes(place, settings, attributes || flagged.length > 0, changed);
  const odd = exact ? await converted(place, exact.windows) : [];
  const extra = spec.extra.map((path) => Buffer.from(path).toString('latin1'));
  const raw = [...new Set([...(exact ? changed : []), ...odd, ...extra])];
  const rest = await remainder(place, { survey, head, branch, flagged, left, raw, changed });
  const state = fingerprint([tree, staged, head], rest);
  // Where a tree cannot say all that it does, or its sizes say what git takes for changed, the index itself is kept.
  const special = survey.unmerged.length + survey.intended.length + flagged.length > 0;
  if (index && admin && (special || exact)) rest.push({ path: 'index', mode: '100644', oid: write('blob', index) });
  const commit = await commitAll(place, spec, {
    tree,
    staged,
    head,
    branch,
    rest,
    state,
    size: sizeOf(worktree, changed),
  });
  return { commit, head, branch, tree, state, left: left.map(({ path, why }) => ({ path: utf8(path), why })) };
}

function sizeOf(worktree: string, paths: readonly string[]): readonly [number, number] {
  const stats = paths.flatMap((path) => onDisk(worktree, path) ?? []);
  return [paths.length, stats.reduce((sum, stat) => sum + (stat.isDirectory() ? 0 : stat.size), 0)];
}

async function look({ bench }: Place): Promise<Survey> {
  const format = [
    '--porcelain=v2',
    '-z',
    '--branch',
    '--untracked-files=all',
    '--no-renames',
    '--ignore-submodules=none',
  ];
  return parseSurvey(await bench(['status', ...format]));
}

/**
 * A file that changed in the very moment the index was written looks unchanged, and git knows by the time of the index
 * which files it must look into (its documentation calls them racily clean): a copy must not be younger.
 */
export function copyWithTime(from: string, to: string): void {
  const { atime, mtime } = statSync(from);
  copyFileSync(from, to);
  utimesSync(to, atime, mtime);
}

/** A split index is joined, so that a copy of one file is all of it. */
async function copyIndex({ bench, admin }: Place, scratch: string, spec: Pick<SnapshotSpec, 'head'>): Promise<void> {
  const index = admin ? join(admin, 'index') : '';
  if (existsSync(index)) copyWithTime(index, scratch);
  else if (!admin) await bench(['read-tree', spec.head]);
  if (admin && readdirSync(admin).some((name) => name.startsWith('sharedindex.')))
    await bench(['update-index', '--no-split-index']);
}

/** The index as a tree where it is just what HEAD is and that commit lies loose: then no process is needed. */
function treeOfHead({ admin, common }: Place, { staged, head }: Survey): Oid | undefined {
  return admin && head && !staged ? readLoose(common, `${head}^{tree}`)?.oid : undefined;
}

/** The index as a tree; unmerged paths have none and are kept as stages. */
async function stagedTree({ bench }: Place, { unmerged }: Survey): Promise<Oid> {
  if (unmerged.length > 0) {
    const zero = '0'.repeat(unmerged[0]?.stages[0]?.[1].length ?? 40);
    const input = Buffer.from(unmerged.map(({ path }) => `0 ${zero}\t${path}\0`).join(''), 'latin1');
    await bench(['update-index', '-z', '--index-info'], { input });
  }
  return (await bench(['write-tree'])).trim();
}

/** Paths git was told to overlook but that lie on disk: they may hold work. */
async function unhide({ bench, worktree }: Place, flagged: readonly (readonly [string, string])[]): Promise<string[]> {
  const there = flagged.map(([, path]) => path).filter((path) => onDisk(worktree, path) !== undefined);
  const input = Buffer.from(there.map((path) => `${path}\0`).join(''), 'latin1');
  if (there.length > 0)
    for (const flag of ['--no-assume-unchanged', '--no-skip-worktree'])
      await bench(['update-index', flag, '-z', '--stdin'], { input });
  return there;
}

async function filesTree(place: Place, changed: readonly string[], staged: Oid) {
  const left = changed
    .filter((path) => !readable(place.worktree, path))
    .map((path) => ({ path, why: 'unreadable' as const }));
  for (const [, folder = ''] of place.stderr.text.matchAll(/could not open directory '([^\n]*?)\/?':/g))
    left.push({ path: Buffer.from(folder).toString('latin1'), why: 'unreadable' });
  const out = new Set(left.map(({ path }) => path));
  const paths = changed.filter((path) => !out.has(path));
  if (paths.length === 0) return { tree: staged, left };
  const add = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
  const inputOf = (some: readonly string[]) => Buffer.from(some.map((path) => `${path}\0`).join(''), 'latin1');
  try {
    await place.bench(add, { input: inputOf(paths) });
  } catch {
    for (const path of paths) await addAlone(place, add, path, inputOf([path]));
  }
  return { tree: (await place.bench(['write-tree'])).trim(), left };
}

/** A file whose clean filter fails goes in as it is. */
async function addAlone(place: Place, add: string[], path: string, input: Buffer): Promise<void> {
  try {
    await place.bench(add, { input });
  } catch {
    const [file] = await rawFiles(place, [path]);
    const line = file && Buffer.from(`${file.mode} ${file.oid}\t${path}\0`, 'latin1');
    if (line) await place.bench(['update-index', '-z', '--index-info'], { input: line });
  }
}
