import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FollowedOn, Oid, TreeChange } from '../../ports.ts';
import type { GitCall } from './call.ts';
import { bytesOf, onDisk, quoted, utf8 } from './disk.ts';
import { parseRaw } from './history.ts';
import { lines } from './refs.ts';
import { gitDirOf } from './worktrees.ts';

/** Brings index and files from one commit to the other, as `git read-tree -m -u`; false when it refuses. */
type Follow = (from: Oid, to: Oid) => Promise<boolean>;

/** A way to `goal` that was cut short: on from `other`, or back after it had gone towards `other`. */
interface Way {
  readonly how: 'on' | 'back';
  readonly other: Oid;
  readonly goal: Oid;
}
interface Place {
  readonly call: GitCall;
  readonly cwd: string;
  readonly quiet: readonly string[];
}
/** A path on which both commits differ. `yours`: a file that is neither's, nor the beginning of either's. */
interface Spot extends TreeChange {
  readonly is: 'other' | 'goal' | 'part' | 'yours';
  /** What stands in the index, by stage; stage 0 where nothing is unmerged. */
  readonly index: ReadonlyMap<number, { readonly mode: string; readonly oid: Oid }>;
}

/**
 * Makes a checkout in which a way between two commits was cut short show `goal`, however far it had come and whichever
 * way it went. A file that is missing, or holds the beginning of what either commit has, was being written. Any other
 * is somebody's: it stays as it is, and the index says that it is unmerged, so that nobody commits it unawares and
 * takes back what landed; `git checkout -m -- <path>` merges it.
 */
export async function converge(place: Place, { how, other, goal }: Way, follow: Follow): Promise<FollowedOn> {
  const spots = await spotsBetween(place, other, goal);
  // Git writes the index last, and as a whole: where nothing of it is as before, the way had been gone to its end.
  if (how === 'on' && !spots.some((spot) => stands(spot, oldSide(spot)))) return { done: true, yours: [] };
  const rows: string[] = [];
  for (const spot of spots) {
    if (spot.is === 'part') rmSync(bytesOf(place.cwd, spot.path), { force: true });
    const wanted = spot.is === 'goal' || spot.is === 'yours' ? newSide(spot) : oldSide(spot);
    if (!stands(spot, wanted)) rows.push(row(spot, 0, wanted));
  }
  await indexed(place, rows);
  const open = spots.some(({ is }) => is === 'other' || is === 'part');
  if (open && !(await follow(await treeAs(place, other, spots), goal))) return { done: false, yours: [] };
  const marked = spots.filter((spot) => spot.is === 'yours' && !stands(spot, newSide(spot)));
  await indexed(place, await unmerged(place, marked));
  return { done: true, yours: marked.map(({ path }) => utf8(path)) };
}

type Side = { readonly mode: string; readonly oid: Oid } | undefined;

const oldSide = ({ status, oldMode, oldOid }: TreeChange): Side =>
  status === 'A' ? undefined : { mode: oldMode, oid: oldOid };
const newSide = ({ status, newMode, newOid }: TreeChange): Side =>
  status === 'D' ? undefined : { mode: newMode, oid: newOid };

/** True when the index has exactly this for it. */
function stands({ index }: Spot, side: Side): boolean {
  const now = index.get(0);
  return index.size === (side ? 1 : 0) && now?.oid === side?.oid && now?.mode === side?.mode;
}

const row = ({ path, newOid }: TreeChange, stage: number, side: Side): string =>
  side ? `${side.mode} ${side.oid} ${stage}\t${path}\0` : `0 ${'0'.repeat(newOid.length)}\t${path}\0`;

async function indexed({ call, cwd, quiet }: Place, rows: readonly string[]): Promise<void> {
  if (rows.length === 0) return;
  await call([...quiet, 'update-index', '-z', '--index-info'], { cwd, input: Buffer.from(rows.join(''), 'latin1') });
}

/** `other` with what is somebody's as it is in `goal`, so that git finds nothing to do there. */
async function treeAs({ call, cwd }: Place, other: Oid, spots: readonly Spot[]): Promise<Oid> {
  const yours = spots.filter(({ is }) => is === 'yours');
  if (yours.length === 0) return other;
  const scratch = join(await gitDirOf(call, cwd), 'gwt-converging');
  const env = { GIT_INDEX_FILE: scratch };
  try {
    await call(['read-tree', other], { cwd, env });
    const input = Buffer.from(yours.map((spot) => row(spot, 0, newSide(spot))).join(''), 'latin1');
    await call(['update-index', '-z', '--index-info'], { cwd, env, input });
    return (await call(['write-tree'], { cwd, env })).stdout.trim();
  } finally {
    for (const path of [scratch, `${scratch}.lock`]) rmSync(path, { force: true });
  }
}

/** As git leaves a merge of the three that nobody settled; what was staged there is the third where something was. */
async function unmerged(place: Place, spots: readonly Spot[]): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const spot of spots) {
    const staged = spot.index.get(3) ?? spot.index.get(0);
    const own = staged && ![spot.oldOid, spot.newOid].includes(staged.oid) ? staged : await written(place, spot.path);
    const sides = [oldSide(spot), newSide(spot), own];
    rows.push(row(spot, 0, undefined), ...sides.flatMap((side, at) => (side ? [row(spot, at + 1, side)] : [])));
  }
  return rows;
}

async function written({ call, cwd }: Place, path: string): Promise<Side> {
  const stat = onDisk(cwd, path);
  const link = stat?.isSymbolicLink() === true;
  const from = link ? ['--stdin'] : ['--stdin-paths'];
  const input = link ? readlinkSync(bytesOf(cwd, path), 'buffer') : Buffer.from(`${quoted(path)}\n`, 'latin1');
  const oid = (await call(['hash-object', '-w', ...from], { cwd, input })).stdout.trim();
  const mode = link ? '120000' : (stat?.mode ?? 0) & 0o100 ? '100755' : '100644';
  return { mode, oid };
}

async function spotsBetween(place: Place, other: Oid, goal: Oid): Promise<readonly Spot[]> {
  const { call, cwd } = place;
  const differing = await call(['diff-tree', '-r', '-z', '--no-renames', other, goal], { cwd, binary: true });
  const changes = parseRaw(differing.stdout).filter(({ oldMode, newMode }) => ![oldMode, newMode].includes('160000'));
  const index = await indexOf(place);
  const files = changes.map(({ path }) => path).filter((path) => onDisk(cwd, path)?.isFile());
  const hashes = await hashed(place, files);
  const spots: Spot[] = [];
  for (const change of changes) {
    const is = await whichSide(place, change, hashes.get(change.path), { other, goal });
    spots.push({ ...change, is, index: index.get(change.path) ?? new Map() });
  }
  return spots;
}

async function whichSide(
  place: Place,
  change: TreeChange,
  hash: Oid | undefined,
  { other, goal }: Pick<Way, 'other' | 'goal'>,
): Promise<Spot['is']> {
  const { path, status, oldOid, newOid, newMode, oldMode } = change;
  const stat = onDisk(place.cwd, path);
  if (!stat || stat.isDirectory()) return status === 'A' ? 'other' : status === 'D' ? 'goal' : 'part';
  const regular = (mode: string) => mode.startsWith('100');
  if (hash !== undefined && oldOid === newOid && hash === newOid)
    return (newMode === '100755') === ((stat.mode & 0o100) !== 0) ? 'goal' : 'other';
  if (hash !== undefined && hash === newOid && regular(newMode)) return 'goal';
  if (hash !== undefined && hash === oldOid && regular(oldMode)) return 'other';
  const here = hash === undefined ? readlinkSync(bytesOf(place.cwd, path), 'buffer') : undefined;
  for (const [is, mode, rev] of [
    ['goal', newMode, goal],
    ['other', oldMode, other],
  ] as const) {
    if (here ? mode !== '120000' : !regular(mode)) continue;
    const text = await shown(place, `${rev}:${path}`);
    if (here && text.equals(here)) return is;
    if (!here && begins(text, readFileSync(bytesOf(place.cwd, path)))) return 'part';
  }
  return 'yours';
}

/** What a checkout writes for it, filters and line ends applied; nothing for a name that is no text. */
async function shown({ call, cwd }: Place, name: string): Promise<Buffer> {
  const ran = await call(['cat-file', '--filters', utf8(name)], { cwd, binary: true, ok: [0, 128] });
  return Buffer.from(ran.code === 0 ? ran.stdout : '', 'latin1');
}

const begins = (text: Buffer, part: Buffer): boolean =>
  part.length < text.length && text.subarray(0, part.length).equals(part);

async function hashed({ call, cwd }: Place, paths: readonly string[]): Promise<ReadonlyMap<string, Oid>> {
  if (paths.length === 0) return new Map();
  const input = Buffer.from(paths.map((path) => `${quoted(path)}\n`).join(''), 'latin1');
  const found = lines((await call(['hash-object', '--stdin-paths'], { cwd, input })).stdout);
  return new Map(paths.map((path, at) => [path, found[at] ?? '']));
}

async function indexOf({ call, cwd }: Place): Promise<ReadonlyMap<string, Spot['index']>> {
  const { stdout } = await call(['ls-files', '-s', '-z'], { cwd, binary: true });
  const found = new Map<string, Map<number, { mode: string; oid: Oid }>>();
  for (const line of stdout.split('\0').filter(Boolean)) {
    const tab = line.indexOf('\t');
    const [mode = '', oid = '', stage = ''] = line.slice(0, tab).split(' ');
    const path = line.slice(tab + 1);
    found.set(path, (found.get(path) ?? new Map()).set(Number(stage), { mode, oid }));
  }
  return found;
}
