import { createHash } from 'node:crypto';
import type { Oid, SnapshotSpec } from '../../ports.ts';
import { adminFiles, namedCommits } from './admin.ts';
import { chainFrom } from './chain.ts';
import { oddModes, rawFiles } from './disk.ts';
import { lines } from './refs.ts';
import type { Place } from './snapshot.ts';
import type { Survey } from './survey.ts';
import { type TreeFile, writeTrees } from './tree.ts';

interface Seen {
  readonly survey: Survey;
  readonly head: Oid;
  readonly branch: string | undefined;
  readonly flagged: readonly (readonly [string, string])[];
  readonly left: readonly { readonly path: string; readonly why: string }[];
  readonly raw: readonly string[];
  readonly changed: readonly string[];
}

/**
 * What trees of files and index cannot say: `raw/` files byte for byte, `stages/` of a conflict, `admin/` what git is in
 * the middle of, `state.json` the branch, permissions and what is missing.
 */
export async function remainder(place: Place, seen: Seen): Promise<TreeFile[]> {
  const { admin, worktree, write } = place;
  const { branch, head, flagged, left, survey } = seen;
  const modes = oddModes(worktree, [...seen.changed, ...seen.raw]);
  const state = { branch, head, flagged, intended: survey.intended, left, modes };
  const files = admin ? adminFiles(admin) : new Map<string, Buffer>();
  const raw = await rawFiles(place, seen.raw);
  return [
    ...raw.map((file) => ({ ...file, path: `raw/${file.path}` })),
    ...survey.unmerged.flatMap(({ path, stages }) =>
      stages.flatMap(([mode, oid], at) => (/^0+$/.test(oid) ? [] : [{ path: `stages/${at + 1}/${path}`, mode, oid }])),
    ),
    ...[...files].map(([path, body]) => ({ path: `admin/${path}`, mode: '100644', oid: write('blob', body) })),
    { path: 'state.json', mode: '100644', oid: write('blob', JSON.stringify(state)) },
  ];
}

/** The same for two snapshots exactly when nothing a person would miss differs: logs and gwt's own files do not count. */
export function fingerprint(trees: readonly string[], rest: readonly TreeFile[]): string {
  const stable = rest.filter(({ path }) => !/^admin\/(logs\/|gwt\/|ORIG_HEAD|HEAD$)/.test(path));
  const rows = stable.map(({ path, mode, oid }) => `${path}\0${mode}\0${oid}`).sort();
  return createHash('sha256')
    .update([...trees, ...rows].join('\n'))
    .digest('hex');
}

interface Parts {
  readonly tree: Oid;
  readonly staged: Oid;
  readonly head: Oid;
  readonly branch: string | undefined;
  readonly rest: readonly TreeFile[];
  readonly state: string;
  /** Uncommitted files, and their bytes. */
  readonly size: readonly [number, number];
}

/** The snapshot as a commit with its three parents. */
export async function commitAll(
  place: Place,
  { message, trailers = [], keeps = [], identity, at }: SnapshotSpec,
  parts: Parts,
): Promise<Oid> {
  const { write, admin, common } = place;
  const who = `${identity.name} <${identity.email}> ${Math.floor(at / 1000)} +0000`;
  const commit = (tree: Oid, parents: readonly Oid[], text: string) => {
    const above = parents.map((parent) => `parent ${parent}\n`).join('');
    return write('commit', `tree ${tree}\n${above}author ${who}\ncommitter ${who}\n\n${text}\n`);
  };
  const files = admin ? adminFiles(admin) : new Map<string, Buffer>();
  const named = await unreachable(place, namedCommits(files, common, parts.branch), parts.head);
  const tree = writeTrees(parts.rest, (body) => write('tree', body));
  const index = commit(parts.staged, [parts.head], 'index');
  const rest = commit(tree, [...new Set([parts.head, ...named, ...keeps])], 'what trees cannot say');
  const facts = [...trailers, `Gwt-Size: ${parts.size.join(' ')}`, `Gwt-State: ${parts.state}`];
  return commit(parts.tree, [parts.head, index, rest], `${message}\n\n${facts.join('\n')}`);
}

/** Of these commits those that HEAD does not reach: they would be lost with the worktree's logs. */
async function unreachable({ bench, common }: Place, oids: readonly string[], head: Oid): Promise<readonly Oid[]> {
  const open = new Set(oids);
  chainFrom(common, head, (oid) => open.delete(oid) && open.size === 0);
  const others = [...open];
  if (others.length === 0) return [];
  const input = `${[...others, `^${head}`].join('\n')}\n`;
  const listed = new Set(lines(await bench(['rev-list', '--ignore-missing', '--stdin'], { input, ok: [0, 128] })));
  return others.filter((oid) => listed.has(oid)).slice(-100);
}
