import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Oid, Repo, Snapshot, SnapshotSpec } from '../../ports.ts';
import { adminFiles, adminOf, lastHead, namedCommits } from './admin.ts';
import type { GitCall } from './call.ts';
import { type Bench, oddModes, onDisk, rawFiles, readable, utf8 } from './disk.ts';
import { writeLoose } from './loose.ts';
import { lines } from './refs.ts';
import { oddLineEnds, parseFlags, parseSurvey, type Survey } from './survey.ts';
import { type TreeFile, writeTrees } from './tree.ts';

/** No hook and no monitor of the project runs for a snapshot, and its line-end warnings do not stop one. */
const QUIET = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.safecrlf=false',
  'core.splitIndex=false',
].flatMap((setting) => ['-c', setting]);

interface Place {
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

async function snapshotIn(place: Place, scratch: string, spec: SnapshotSpec): Promise<Snapshot> {
  const { bench, admin, worktree, write } = place;
  await copyIndex(place, scratch, spec);
  const survey = parseSurvey(
    await bench([
      'status',
      '--porcelain=v2',
      '-z',
      '--branch',
      '--untracked-files=all',
      '--no-renames',
      '--ignore-submodules=none',
    ]),
  );
  const head = (admin ? (survey.head ?? lastHead(admin)) : undefined) ?? spec.head;
  const { flagged, attributes } = parseFlags(await bench(['ls-files', '-v', '-z']));
  const special = survey.unmerged.length + survey.intended.length + flagged.length > 0;
  const index = existsSync(scratch) ? readFileSync(scratch) : undefined;
  const staged = await stagedTree(place, survey);
  const hidden = await unhide(place, flagged);
  const changed = [...new Set([...survey.changed, ...hidden])];
  const { tree, left } = await filesTree(place, changed, staged);
  const exact = await needExactBytes(place, attributes, flagged.length > 0, changed);
  const odd = exact === undefined ? [] : oddLineEnds(await bench(['ls-files', '--eol', '-z']), exact.windows);
  const kept = [
    ...new Set([...(exact ? changed : []), ...odd, ...spec.extra.map((path) => Buffer.from(path).toString('latin1'))]),
  ];
  const raw = await rawFiles(place, kept);
  const names = [...survey.nested.map((path) => ({ path, why: 'nested' as const })), ...left];
  const facts = {
    branch: admin ? survey.branch : spec.branch,
    head,
    flagged,
    intended: survey.intended,
    left: names,
    modes: oddModes(worktree, [...changed, ...kept]),
  };
  const files = admin ? adminFiles(admin) : new Map<string, Buffer>();
  const rest: TreeFile[] = [
    ...raw.map((file) => ({ ...file, path: `raw/${file.path}` })),
    ...survey.unmerged.flatMap(({ path, stages }) =>
      stages.flatMap(([mode, oid], at) => (/^0+$/.test(oid) ? [] : [{ path: `stages/${at + 1}/${path}`, mode, oid }])),
    ),
    ...[...files].map(([path, body]) => ({ path: `admin/${path}`, mode: '100644', oid: write('blob', body) })),
    { path: 'state.json', mode: '100644', oid: write('blob', JSON.stringify(facts)) },
  ];
  const state = fingerprint([tree, staged, head], rest);
  // Where the sizes in it say what git takes for changed, or a tree cannot hold it, the index itself is kept.
  if (index && admin && (special || exact)) rest.push({ path: 'index', mode: '100644', oid: write('blob', index) });
  const named = await unreachable(place, namedCommits(files, place.common, survey.branch), head);
  const commit = commitAll(place, spec, {
    tree,
    staged,
    head,
    rest: writeTrees(rest, (body) => write('tree', body)),
    named,
    state,
  });
  return {
    commit,
    head,
    branch: facts.branch,
    tree,
    state,
    left: names.map(({ path, why }) => ({ path: utf8(path), why })),
  };
}

/** A split index is joined, so that a copy of one file is all of it. */
async function copyIndex({ bench, admin }: Place, scratch: string, spec: SnapshotSpec): Promise<void> {
  const index = admin ? join(admin, 'index') : '';
  if (existsSync(index)) copyFileSync(index, scratch);
  else if (!admin) await bench(['read-tree', spec.head]);
  if (admin && readdirSync(admin).some((name) => name.startsWith('sharedindex.')))
    await bench(['update-index', '--no-split-index']);
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

/** Undefined where what git stores is what a checkout writes, so that no bytes need to be kept beside the tree. */
async function needExactBytes(
  { bench, common }: Place,
  attributes: boolean,
  flagged: boolean,
  changed: readonly string[],
): Promise<{ windows: boolean } | undefined> {
  const settings = await bench(['config', '--get-regexp', '^core\\.(autocrlf|eol|attributesfile)$'], { ok: [0, 1] });
  const own = join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'git/attributes');
  const converts = attributes || settings !== '' || changed.some((path) => path.endsWith('.gitattributes'));
  if (!converts && !flagged && !existsSync(join(common, 'info/attributes')) && !existsSync(own)) return undefined;
  return { windows: /^core\.(autocrlf (true|yes|on|1)|eol crlf)$/im.test(settings) };
}

function fingerprint(trees: readonly string[], rest: readonly TreeFile[]): string {
  const stable = rest.filter(({ path }) => !/^admin\/(logs\/|ORIG_HEAD|HEAD$)/.test(path));
  const rows = stable.map(({ path, mode, oid }) => `${path}\0${mode}\0${oid}`).sort();
  return createHash('sha256')
    .update([...trees, ...rows].join('\n'))
    .digest('hex');
}

/** Of these commits those that HEAD does not reach: they would be lost with the worktree's logs. */
async function unreachable({ bench }: Place, oids: readonly string[], head: Oid): Promise<readonly Oid[]> {
  const others = oids.filter((oid) => oid !== head);
  if (others.length === 0) return [];
  const input = `${[...others, `^${head}`].join('\n')}\n`;
  const listed = new Set(lines(await bench(['rev-list', '--ignore-missing', '--stdin'], { input, ok: [0, 128] })));
  return others.filter((oid) => listed.has(oid)).slice(-100);
}

interface Parts {
  readonly tree: Oid;
  readonly staged: Oid;
  readonly head: Oid;
  readonly rest: Oid;
  readonly named: readonly Oid[];
  readonly state: string;
}

function commitAll({ write }: Place, { message, identity, at }: SnapshotSpec, parts: Parts): Oid {
  const who = `${identity.name} <${identity.email}> ${Math.floor(at / 1000)} +0000`;
  const commit = (tree: Oid, parents: readonly Oid[], text: string) =>
    write(
      'commit',
      `tree ${tree}\n${parents.map((parent) => `parent ${parent}\n`).join('')}author ${who}\ncommitter ${who}\n\n${text}\n`,
    );
  const index = commit(parts.staged, [parts.head], 'index');
  const rest = commit(parts.rest, [parts.head, ...parts.named], 'what trees cannot say');
  return commit(parts.tree, [parts.head, index, rest], `${message}\n\nGwt-State: ${parts.state}`);
}
