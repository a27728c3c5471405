import { Refusal } from '../../core/refusal.ts';
import type { CommitFacts, Found, GitObjects, Repo } from '../../ports.ts';
import type { GitCall } from './call.ts';
import { readLoose, writeLoose } from './loose.ts';

/** Objects of the repository: written in process, read through one `git cat-file --batch`. */
export function gitObjects(call: GitCall, repo: () => Promise<Repo>): GitObjects {
  return {
    async write(type, body) {
      const { common, objectFormat } = await repo();
      return writeLoose(common, type, body, objectFormat);
    },
    read: async (names) => readObjects(call, (await repo()).common, names),
    async text(rev, path) {
      const [found] = await catFile(call, [`${rev}:${path}`]);
      return found?.type === 'blob' ? Buffer.from(found.body).toString('utf8') : undefined;
    },
    async commits(range, paths = []) {
      if (range.length === 0) return [];
      const { stdout } = await call(['rev-list', '--reverse', '--topo-order', ...range, '--', ...paths]);
      const oids = stdout.split('\n').filter(Boolean);
      return factsOf(oids, await readObjects(call, (await repo()).common, oids));
    },
    facts: async (oids) => factsOf(oids, await readObjects(call, (await repo()).common, oids)),
    treeOf: async (rev) =>
      readLoose((await repo()).common, `${rev}^{tree}`)?.oid ??
      (await call(['rev-parse', '--verify', '--end-of-options', `${rev}^{tree}`])).stdout.trim(),
  };
}

/** A few objects are read in process where that is possible; many are cheaper through one process of git's. */
async function readObjects(
  call: GitCall,
  common: string,
  names: readonly string[],
): Promise<readonly (Found | undefined)[]> {
  const near = names.map((name) => (names.length <= FEW ? readLoose(common, name) : undefined));
  const far = [
    ...(await catFile(
      call,
      names.filter((_, at) => near[at] === undefined),
    )),
  ];
  return near.map((found) => (found === undefined ? far.shift() : (found ?? undefined)));
}

const FEW = 200;

/** The commits with these names, in this order. */
export async function readCommits(call: GitCall, oids: readonly string[]): Promise<readonly CommitFacts[]> {
  return factsOf(oids, await catFile(call, oids));
}

function factsOf(oids: readonly string[], found: readonly (Found | undefined)[]): readonly CommitFacts[] {
  return found.map((object, at) => {
    if (object?.type !== 'commit')
      throw new Refusal('git.failed', {
        command: `git cat-file commit ${oids[at]}`,
        code: 128,
        message: 'no such commit',
      });
    return parseCommit(oids[at] ?? '', Buffer.from(object.body).toString('latin1'));
  });
}

/** Header values and message are kept byte for byte (as latin1): the message may be in any encoding. */
export function parseCommit(oid: string, raw: string): CommitFacts {
  const end = raw.indexOf('\n\n');
  const header = end < 0 ? raw : raw.slice(0, end);
  const message = end < 0 ? '' : raw.slice(end + 2);
  const values = (name: string) =>
    header
      .split('\n')
      .filter((line) => line.startsWith(`${name} `))
      .map((line) => line.slice(name.length + 1));
  const subject = Buffer.from(message.split('\n\n')[0] ?? '', 'latin1')
    .toString('utf8')
    .replace(/\n/g, ' ')
    .trim();
  return {
    oid,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: values('author')[0] ?? '',
    committer: values('committer')[0] ?? '',
    encoding: values('encoding')[0],
    signed: values('gpgsig').length + values('gpgsig-sha256').length > 0,
    message,
    subject,
  };
}

/** Objects by any name git understands, undefined where there is none. One process for all. */
export async function catFile(call: GitCall, names: readonly string[]): Promise<readonly (Found | undefined)[]> {
  if (names.length === 0) return [];
  const { stdout } = await call(['cat-file', '--batch'], { input: `${names.join('\n')}\n`, binary: true });
  const found: (Found | undefined)[] = [];
  let at = 0;
  while (found.length < names.length) {
    const line = stdout.indexOf('\n', at);
    if (line < 0) break;
    const [oid = '', type = '', size = ''] = stdout.slice(at, line).split(' ').slice(-3);
    const present = /^\d+$/.test(size) && (type === 'blob' || type === 'tree' || type === 'commit' || type === 'tag');
    const length = present ? Number(size) : 0;
    found.push(
      present ? { type, oid, body: Buffer.from(stdout.slice(line + 1, line + 1 + length), 'latin1') } : undefined,
    );
    at = line + 1 + (present ? length + 1 : 0);
  }
  return found;
}
