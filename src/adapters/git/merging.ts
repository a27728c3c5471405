import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommitFacts, Conflicted, GitMerging, Oid, Picked, Repo } from '../../ports.ts';
import { attributesIn } from './attributes.ts';
import type { GitCall } from './call.ts';
import type { Diffs } from './diffs.ts';
import { writeLoose } from './loose.ts';
import { bytesOfName, nameOf } from './names.ts';
import { openQuick } from './quick.ts';
import { parseMerges } from './radar/merges.ts';
import { lines } from './refs.ts';
import { signCommit } from './sign.ts';
import { synthetic } from './synthetic.ts';

const NUL = Buffer.from([0]);

const EMPTY_TREE = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/** Rebasing without a checkout. */
export function gitMerging(call: GitCall, repo: () => Promise<Repo>, diffs: Diffs): GitMerging {
  const committerNow = committerOf(call);
  const quick = openQuick(call, repo, diffs);
  return {
    prepare: async (onto, commits) => void (await Promise.all([quick.prepare(onto, commits), committerNow()])),
    /**
     * Git before 2.40 knows no `--merge-base`: a commit that has the tree of `onto` and the parent of the picked one
     * makes that parent the merge base, which is what a cherry-pick is.
     */
    async pick(commit, tree) {
      const put = await quick.put(commit, tree);
      if (put !== undefined) return { outcome: 'clean', tree: put };
      const { common, objectFormat } = await repo();
      const write = (body: string) => writeLoose(common, 'commit', body, objectFormat);
      const parent = commit.parents[0] ?? write(synthetic(EMPTY_TREE[objectFormat]));
      const ours = write(synthetic(tree, parent));
      const theirs = commit.parents.length === 1 ? commit.oid : write(synthetic(commit.tree, parent));
      const { stdout, code } = await call(
        ['-c', 'merge.conflictStyle=diff3', 'merge-tree', '--write-tree', '-z', '--messages', ours, theirs],
        { ok: [0, 1], binary: true },
      );
      const picked = parseMergeTree(stdout, code, { ours, theirs });
      return picked.outcome === 'conflicts' && picked.files.length === 0 ? unplaced(call, picked, commit) : picked;
    },
    async conflicts(pairs) {
      if (pairs.length === 0) return [];
      const input = pairs.map(([a, b]) => `${a} ${b}\n`).join('');
      const { stdout } = await call(['merge-tree', '--write-tree', '--stdin'], { input, binary: true });
      return parseMerges(stdout).map(({ files }) => files.map(({ path }) => path));
    },
    attributes: async (tree, paths) => attributesIn(call, await repo(), tree, paths),
    async put(tree, entries) {
      const { common } = await repo();
      const index = join(common, 'gwt', `put-${randomBytes(6).toString('hex')}`);
      const git = async (args: readonly string[], input: string | Uint8Array = '') =>
        (await call(['--git-dir', common, ...args], { input, env: { GIT_INDEX_FILE: index } })).stdout.trim();
      mkdirSync(dirname(index), { recursive: true });
      try {
        await git(['read-tree', tree]);
        // Taken out first: a file may come where a folder goes.
        const line = (what: string, path: string) => Buffer.concat([Buffer.from(`${what}\t`), bytesOfName(path), NUL]);
        const gone = entries.map(({ path }) => line(`0 ${'0'.repeat(tree.length)}`, path));
        const come = entries.flatMap(({ path, mode, oid }) => (oid ? [line(`${mode} ${oid}`, path)] : []));
        await git(['update-index', '-z', '--index-info'], Buffer.concat([...gone, ...come]));
        return await git(['write-tree']);
      } finally {
        rmSync(index, { force: true });
        rmSync(`${index}.lock`, { force: true });
      }
    },
    sign: (commit, parents) => signCommit(call, commit, parents),
    copyNotes: (pairs) => copyNotes(call, pairs),
    join: (a, b) => joined(call, a, b),
    base: async (head, others) => baseOf(call, await repo(), head, others),
    async recommit(commit, tree, parents) {
      const { common, objectFormat } = await repo();
      const committer = await committerNow();
      const encoding = commit.encoding ? `encoding ${commit.encoding}\n` : '';
      const above = parents.map((parent) => `parent ${parent}\n`).join('');
      const body = `tree ${tree}\n${above}author ${commit.author || committer}\ncommitter ${committer}\n${encoding}\n${commit.message}`;
      return writeLoose(common, 'commit', Buffer.from(body, 'latin1'), objectFormat);
    },
  };
}

/** Only what `notes.rewriteRef` names is copied; by default that is nothing. (git-config(1), notes.rewriteRef) */
async function copyNotes(call: GitCall, pairs: readonly (readonly [Oid, Oid])[]): Promise<void> {
  const input = pairs.map(([from, to]) => `${from} ${to}\n`).join('');
  await call(['notes', 'copy', '--for-rewrite=rebase', '--stdin'], { input, ok: [0, 1, 128] });
}

type Stuck = Extract<Picked, { readonly outcome: 'conflicts' }>;

/**
 * A folder that one side split up and the other added files to is a conflict for which git lists no file: it leaves them
 * where the folder was, and only says so. They are what a person is to be asked about.
 */
async function unplaced(call: GitCall, picked: Stuck, { oid }: CommitFacts): Promise<Stuck> {
  const folders = picked.messages.flatMap((text) => /where to rename ([\s\S]+?) to; it was/.exec(text)?.[1] ?? []);
  const listed = async (tree: Oid) => {
    const { stdout } = await call(['ls-tree', '-r', '-z', '--full-tree', tree], { binary: true });
    const rows = stdout.split('\0').flatMap((line) => {
      const [, mode = '', oid = '', bytes = ''] = /^(\d+) \w+ ([0-9a-f]+)\t([\s\S]+)$/.exec(line) ?? [];
      const path = nameOf(bytes);
      return folders.some((folder) => path.startsWith(`${folder}/`)) ? [[path, { mode, oid }] as const] : [];
    });
    return new Map(rows);
  };
  const [left, theirs] = [await listed(picked.tree), await listed(oid)];
  const files = [...left].map(([path, entry]) => ({
    path,
    stages: [{ stage: theirs.has(path) ? (3 as const) : (2 as const), ...entry }],
  }));
  return { ...picked, files };
}

async function joined(call: GitCall, a: Oid, b: Oid): Promise<{ readonly clean: boolean; readonly tree: Oid }> {
  const args = ['merge-tree', '--write-tree', '-z', '--no-messages', '--allow-unrelated-histories'];
  const { stdout, code } = await call([...args, a, b], { ok: [0, 1] });
  return { clean: code === 0, tree: stdout.split('\0')[0] ?? '' };
}

async function baseOf(call: GitCall, { common, objectFormat }: Repo, head: Oid, others: readonly Oid[]) {
  const { stdout } = await call(['merge-base', '--all', head, ...others], { ok: [0, 1] });
  const [first, ...more] = lines(stdout);
  let base = first;
  for (const next of more) {
    const { tree } = await joined(call, base ?? next, next);
    base = writeLoose(common, 'commit', synthetic(tree, base ?? next, next), objectFormat);
  }
  return base;
}

/** Who commits, asked again only when the second has changed: a train commits dozens of times in one. */
function committerOf(call: GitCall): () => Promise<string> {
  let known: { readonly second: number; readonly ident: string } | undefined;
  return async () => {
    const second = Math.floor(Date.now() / 1000);
    if (known?.second === second) return known.ident;
    const { stdout, code } = await call(['var', 'GIT_COMMITTER_IDENT'], { ok: [0, 128] });
    known = { second, ident: code === 0 ? stdout.trim() : `gwt <gwt@localhost> ${second} +0000` };
    return known.ident;
  };
}

/** The answer of `git merge-tree --write-tree -z --messages`, byte for byte (latin1). */
export function parseMergeTree(text: string, code: number, names: { ours: string; theirs: string }): Picked {
  const [tree = '', ...rest] = text.split('\0');
  if (code === 0) return { outcome: 'clean', tree };
  const end = rest.indexOf('');
  const files = new Map<string, Conflicted['stages'][number][]>();
  for (const field of rest.slice(0, end)) {
    const match = /^(\d+) ([0-9a-f]+) ([123])\t([\s\S]*)$/.exec(field);
    if (!match) continue;
    const [, mode = '', oid = '', stage, bytes = ''] = match;
    const path = nameOf(bytes);
    files.set(path, [...(files.get(path) ?? []), { stage: Number(stage) as 1 | 2 | 3, mode, oid }]);
  }
  return {
    outcome: 'conflicts',
    tree,
    files: [...files].map(([path, stages]) => ({ path, stages })),
    messages: messagesOf(rest.slice(end + 1)),
    names,
  };
}

/** Each message is: number of paths, the paths, its type, its text. */
function messagesOf(fields: readonly string[]): string[] {
  const messages: string[] = [];
  for (let at = 0; at < fields.length && fields[at] !== ''; ) {
    const paths = Number(fields[at]);
    messages.push(nameOf(fields[at + paths + 2] ?? '').trim());
    at += paths + 3;
  }
  return messages;
}
