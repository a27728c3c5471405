import { type Ground, type Start, type TaskRequest, taskId } from '../core/draft.ts';
import { prdFromPrompt } from '../core/prd.ts';
import { Refusal } from '../core/refusal.ts';
import type { Task } from '../core/task.ts';
import type { Ports } from '../ports.ts';
import { storiesAt } from './prd-file.ts';
import type { Planning } from './queue/turn-over.ts';

/** A task that may be made: its record, its documents, and what the person should know of it. */
export interface Draft {
  readonly task: Task;
  readonly prd: string;
  readonly progress: string;
  readonly notes: readonly string[];
  /** Ids of all tasks of the same call. */
  readonly together: readonly string[];
  /** Set for work that was taken from the queue. */
  readonly planned?: Planning;
  /** Settings of git for the checkout alone. */
  readonly checkout?: Readonly<Record<string, string>>;
}

const SEEDS = ['CLAUDE.local.md', 'prd.json', 'progress.md'];

type DraftPorts = Pick<Ports, 'git' | 'files' | 'self'>;

/** Where a task begins: commit and branch, and what of the seeds' names that commit tracks. */
export async function startOf(
  ports: DraftPorts,
  request: TaskRequest,
  { config, target }: Ground,
  adopt: boolean,
): Promise<{ readonly start: Start } & Pick<Draft, 'notes' | 'checkout'>> {
  const branch = adopt
    ? await adopted(ports, request.title, config.branchPrefix)
    : `${config.branchPrefix}${taskId(request.title)}`;
  const from = adopt ? `refs/heads/${branch}` : (request.base ?? target);
  const found = /[\0\n]/.test(from)
    ? []
    : await ports.git.objects.read([
        `${from}^{commit}`,
        `${from}:.gitattributes`,
        ...SEEDS.map((seed) => `${from}:${seed}`),
      ]);
  const [commit, attributes, ...seeds] = found;
  if (!commit) throw new Refusal('base.unknown', { base: from });
  const tracked = new Set(SEEDS.filter((_, at) => seeds[at] !== undefined));
  const base = adopt ? ((await ports.git.history.mergeBase(target, commit.oid)) ?? commit.oid) : commit.oid;
  const notes = [...tracked].map((seed) => `${seed} is tracked, so gwt's own lies in .gwt/${seed}`);
  const large = await lfsFor(ports, attributes?.body, config.worktrees.lfs);
  return {
    start: { base, branch, adopted: adopt, tracked },
    notes: [...notes, ...large.notes],
    ...(large.checkout ? { checkout: large.checkout } : {}),
  };
}

/** Without its filters, git checks out what is in the repository: the pointers. */
const POINTERS = { 'filter.lfs.smudge': '', 'filter.lfs.process': '', 'filter.lfs.required': 'false' };

/** What files kept by git-lfs ask for. Refuses `lfs.missing` where they should come whole and git-lfs is not there. */
async function lfsFor(
  { git }: DraftPorts,
  attributes: Uint8Array | undefined,
  wish: 'auto' | 'skip',
): Promise<Pick<Draft, 'notes' | 'checkout'>> {
  const lines = Buffer.from(attributes ?? [])
    .toString('utf8')
    .split('\n');
  const paths = lines.filter((line) => /\sfilter=lfs(\s|$)/.test(line)).map((line) => line.split(/\s/)[0] ?? '');
  if (paths.length === 0) return { notes: [] };
  if (wish === 'skip')
    return { notes: [`files kept by git-lfs stay pointers: ${paths.join(', ')}`], checkout: POINTERS };
  if (!(await git.lfs())) throw new Refusal('lfs.missing', { paths });
  return { notes: [] };
}

/** A branch by the very name, else the one gwt would make. Refuses `branch.unknown` and `branch.elsewhere`. */
async function adopted({ git }: DraftPorts, title: string, prefix: string): Promise<string> {
  const names = [title, `${prefix}${taskId(title)}`];
  const heads = await git.refs.heads(
    names.filter((name) => !/[\0\n*?[\\]/.test(name)).map((name) => `refs/heads/${name}`),
  );
  const branch = names.find((name) => heads.has(`refs/heads/${name}`));
  if (branch === undefined) throw new Refusal('branch.unknown', { branch: title });
  const elsewhere = (await git.worktrees.list()).find((worktree) => worktree.branch === branch);
  if (elsewhere) throw new Refusal('branch.elsewhere', { branch, worktree: elsewhere.path });
  return branch;
}

/** The documents a task begins with. Refuses `path.missing`, and `prd.invalid` with line and column. */
export async function draftDocs(
  { files, self }: DraftPorts,
  { prd: file, stories }: TaskRequest,
  { title, prompt }: Task,
): Promise<Pick<Draft, 'prd' | 'progress'>> {
  const progress = `# Progress of ${title.replace(/\s+/g, ' ')}\n`;
  if (stories !== undefined) return { prd: stories, progress };
  if (file === undefined) return { prd: prdFromPrompt(title, prompt), progress };
  const { text } = await storiesAt({ files, self }, file);
  return { prd: text, progress };
}

/** Short names of branches that could stand in the way of gwt's own: those under the first part of its prefix. */
export async function branchesInTheWay({ git }: Pick<Ports, 'git'>, prefix: string): Promise<readonly string[]> {
  const first = prefix.includes('/') ? (prefix.split('/')[0] ?? '') : '';
  const heads = await git.refs.heads([first === '' ? 'refs/heads/' : `refs/heads/${first}`]);
  return [...heads.keys()].map((ref) => ref.slice('refs/heads/'.length));
}
