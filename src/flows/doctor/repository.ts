import { join } from 'node:path';
import { type Finding, ill, well } from '../../core/finding.ts';
import { parsed } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import { atLeast, OLDEST_GIT, OLDEST_NODE } from '../../core/version.ts';
import type { Kind, Ports } from '../../ports.ts';
import { commonFacts } from '../hooks.ts';
import { metaOf } from '../init.ts';
import { cutShort } from '../merge/cut.ts';
import { settingsNeeded } from '../prepare.ts';

/** Git writes its locks and takes them away within seconds; one this old was left by a process that died. */
const OLD_LOCK_MS = 60_000;

const DOCUMENTS: Readonly<Record<Exclude<Kind, 'meta'>, string>> = {
  tasks: 'task.json',
  requests: 'request.json',
  escalations: 'escalation.json',
  messages: 'message.json',
  landings: 'landing.json',
  leases: 'lease.json',
  resolutions: 'resolution.json',
  decisions: 'decision.json',
  queue: 'entry.json',
};

/** What is wrong with the tools, the repository, and what gwt remembers. */
export async function aboutRepository(ports: Ports): Promise<readonly Finding[]> {
  const found = [await git(ports), node(ports), ...(await prepared(ports)), ...(await shared(ports))];
  return [...found, ...(await ledger(ports)), ...(await landing(ports)), ...(await locks(ports))];
}

async function git({ git }: Ports): Promise<Finding> {
  const found = await git.version();
  if (atLeast(found, OLDEST_GIT)) return well('git', found);
  return ill('git', found, `git ${found} is too old`, `install git ${OLDEST_GIT} or newer`);
}

function node({ self }: Ports): Finding {
  if (atLeast(self.node, OLDEST_NODE)) return well('node', self.node);
  return ill('node', self.node, `node ${self.node} is too old`, `install node ${OLDEST_NODE} or newer`);
}

async function prepared(ports: Ports): Promise<readonly Finding[]> {
  const { root } = await ports.git.repo();
  const meta = metaOf(await ports.ledger.read('meta/repository'));
  if (!meta?.prepared) return [ill('repository', root, 'gwt is not set up here', 'gwt init')];
  if ((await settingsNeeded(ports)).length > 0)
    return [ill('repository', root, 'worktrees may not have settings of their own, so no hook binds them', 'gwt init')];
  const target = (await ports.config.load()).target ?? meta.target;
  if (await ports.git.refs.resolve(`refs/heads/${target}`)) return [well('repository', root)];
  return [ill('repository', root, `the target branch ${target} is gone`, 'gwt init --target <branch>')];
}

/** A setting for all worktrees that switches hooks off, also the project's own. */
async function shared(ports: Ports): Promise<readonly Finding[]> {
  const { hooks, set } = await commonFacts(ports);
  if (set !== hooks && set !== '/dev/null') return [];
  const why = set === hooks ? "gwt's hooks bind the whole repository" : 'no hook of the project runs any more';
  return [ill('settings', 'core.hooksPath', why, 'git config --show-origin core.hooksPath   and take it out there')];
}

async function ledger({ ledger }: Ports): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const [kind, document] of Object.entries(DOCUMENTS) as [Kind, string][])
    for (const entry of await ledger.list(kind, [document])) {
      const problem = unreadable(() => parsed(entry, document));
      const cure = `git log -p refs/gwt/${entry.key}`;
      found.push(problem ? ill('ledger', entry.key, problem, cure) : well('ledger', entry.key));
    }
  return found;
}

function unreadable(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'ledger.broken') return (error.facts as { why: string }).why;
    throw error;
  }
}

/** A landing that a crash cut short: the next one finishes its move, but somebody should know. */
async function landing(ports: Ports): Promise<readonly Finding[]> {
  const cut = await cutShort(ports);
  if (!cut) return [];
  const where = cut.move ? `, and checkouts of ${cut.target} may not show it yet` : '';
  return [ill('landing', cut.target, `a landing was cut short${where}`, 'gwt merge --continue, or gwt merge --abort')];
}

/** Locks of git that nobody holds any more stop every later command; only a person can know that none is running. */
async function locks({ git, files, clock }: Ports): Promise<readonly Finding[]> {
  const { common } = await git.repo();
  const worktrees = (await files.list(join(common, 'worktrees'))).map((name) => join(common, 'worktrees', name));
  const paths = [
    ...['packed-refs.lock', 'config.lock'].map((name) => join(common, name)),
    ...[common, ...worktrees].flatMap((folder) => ['index.lock', 'HEAD.lock'].map((name) => join(folder, name))),
  ];
  const found = await Promise.all(paths.map(async (path) => ({ path, at: await files.modified(path) })));
  return found
    .filter(({ at }) => at !== undefined && clock.now() - at > OLD_LOCK_MS)
    .map(({ path }) => ill('lock', path, 'a lock that git left behind', `rm '${path}'   when no git runs there`));
}
