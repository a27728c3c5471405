import { type Event, subjectOf } from '../../core/event.ts';
import type { Entry, Git, Key, Kind, Oid, Write } from '../../ports.ts';

/** Entries as commits: the tree holds the documents, the message the event. */
export interface Store {
  read(keys: readonly Key[]): Promise<readonly (Entry | undefined)[]>;
  list(kind: Kind, docs: readonly string[]): Promise<readonly Entry[]>;
  history(key: Key): Promise<readonly Event[]>;
  /** Writes the objects of one event on top of the entry as it was; the ref is not moved. */
  write(write: Write, before: Entry | undefined): Promise<Oid>;
  zero(): Promise<Oid>;
}

const IDENTITY = 'gwt <gwt@localhost>';

/** The store of the repository `git` is in. */
export function openStore(git: Git, clock: { now(): number }): Store {
  const known = documents(git);
  return {
    async read(keys) {
      const heads = await git.refs.heads(keys.map((key) => `refs/gwt/${key}`));
      const trees = await readTrees(
        git,
        keys.map((key) => heads.get(`refs/gwt/${key}`)),
      );
      return keys.map((key, at) => {
        const rev = heads.get(`refs/gwt/${key}`);
        return rev ? { key, rev, docs: trees[at] ?? {} } : undefined;
      });
    },
    async list(kind, docs) {
      const heads = [...(await git.refs.heads([`refs/gwt/${kind}/`]))];
      const names = heads.flatMap(([, rev]) => docs.map((doc) => `${rev}:${doc}`));
      const texts = await known(names);
      return heads.map(([ref, rev], at) => ({
        key: ref.slice('refs/gwt/'.length) as Key,
        rev,
        docs: Object.fromEntries(
          docs.flatMap((doc, n) => {
            const text = texts[at * docs.length + n];
            return text === undefined ? [] : [[doc, text]];
          }),
        ),
      }));
    },
    async history(key) {
      const head = await git.refs.heads([`refs/gwt/${key}`]);
      const commits = head.size === 0 ? [] : await git.objects.commits(['--first-parent', `refs/gwt/${key}`]);
      return commits.flatMap(({ message }) => eventIn(message) ?? []);
    },
    write: (write, before) => writeEntry(git, write, before, clock.now()),
    zero: async () => '0'.repeat((await git.repo()).objectFormat === 'sha256' ? 64 : 40),
  };
}

/** The event of a commit; one without a body is the beginning of an entry that keeps commits of the project. */
export function eventIn(message: string): Event | undefined {
  const body = message.indexOf('\n\n');
  if (body < 0) return undefined;
  return JSON.parse(Buffer.from(message.slice(body + 2), 'latin1').toString('utf8')) as Event;
}

/** What was listed before is not read again: a document of a commit never changes. Of what is not listed now, little is kept. */
function documents(git: Git): (names: readonly string[]) => Promise<readonly (string | undefined)[]> {
  const known = new Map<string, string | undefined>();
  return async (names) => {
    const missing = names.filter((name) => !known.has(name));
    const found = await git.objects.read(missing);
    const texts = new Map(
      missing.map((name, at) => {
        const body = found[at]?.body;
        return [name, body && utf8(body)];
      }),
    );
    const all = names.map((name) => (known.has(name) ? known.get(name) : texts.get(name)));
    if (known.size > 2 * names.length + MOST_KEPT) known.clear();
    for (const [at, name] of names.entries()) known.set(name, all[at]);
    return all;
  };
}

const MOST_KEPT = 1000;

async function writeEntry(git: Git, write: Write, before: Entry | undefined, now: number): Promise<Oid> {
  const docs: Record<string, string | null> = { ...before?.docs, ...write.docs };
  const rows: Buffer[] = [];
  for (const name of Object.keys(docs).sort()) {
    const text = docs[name];
    if (text === null || text === undefined) continue;
    const oid = await git.objects.write('blob', text);
    rows.push(Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(oid, 'hex')]));
  }
  const tree = await git.objects.write('tree', Buffer.concat(rows));
  const when = `${Math.floor(now / 1000)} +0000`;
  const make = (parents: readonly Oid[], message: string) => {
    const header = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`)];
    const people = [`author ${IDENTITY} ${when}`, `committer ${IDENTITY} ${when}`];
    return git.objects.write('commit', `${[...header, ...people].join('\n')}\n\n${message}\n`);
  };
  const keeps = write.keeps ?? [];
  // First parents are the entry's own history: what an entry keeps must not begin it.
  const begun = before?.rev ?? (keeps.length > 0 ? await make([], 'begun') : undefined);
  const parents = [...(begun ? [begun] : []), ...keeps];
  return make(parents, `${subjectOf(write.event)}\n\n${JSON.stringify(write.event)}`);
}

/** The documents of whole entries. A tree is read first for its names, then all blobs at once. */
async function readTrees(git: Git, revs: readonly (Oid | undefined)[]): Promise<readonly Record<string, string>[]> {
  const present = revs.filter((rev): rev is Oid => rev !== undefined);
  const trees = await git.objects.read(present.map((rev) => `${rev}^{tree}`));
  const listed = trees.map((tree) => (tree ? parseTree(tree.body, tree.oid.length / 2) : []));
  const blobs = await git.objects.read(listed.flat().map(({ oid }) => oid));
  let at = 0;
  const docs = new Map(
    present.map((rev, n) => [
      rev,
      Object.fromEntries((listed[n] ?? []).map(({ name }) => [name, utf8(blobs[at++]?.body ?? new Uint8Array())])),
    ]),
  );
  return revs.map((rev) => (rev ? (docs.get(rev) ?? {}) : {}));
}

function parseTree(body: Uint8Array, width: number): { name: string; oid: Oid }[] {
  const raw = Buffer.from(body).toString('latin1');
  const rows: { name: string; oid: Oid }[] = [];
  for (let at = 0; at < raw.length; ) {
    const space = raw.indexOf(' ', at);
    const nul = raw.indexOf('\0', space);
    const oid = Buffer.from(raw.slice(nul + 1, nul + 1 + width), 'latin1').toString('hex');
    rows.push({ name: Buffer.from(raw.slice(space + 1, nul), 'latin1').toString('utf8'), oid });
    at = nul + 1 + width;
  }
  return rows;
}

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
