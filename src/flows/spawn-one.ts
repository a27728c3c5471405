import { dirname, join, relative } from 'node:path';
import { admit } from '../core/admission.ts';
import { clash } from '../core/claims.ts';
import type { Event } from '../core/event.ts';
import { inForce } from '../core/holding.ts';
import { document, taskOf } from '../core/records.ts';
import { abandoned } from '../core/recovery.ts';
import { Refusal } from '../core/refusal.ts';
import type { Task } from '../core/task.ts';
import type { Ports, RefMove } from '../ports.ts';
import { bring, setUp, wanted } from './bring.ts';
import { installHooks, refreshHooks } from './hooks.ts';
import { fromPool } from './pool.ts';
import { failureOf } from './queue/give-back.ts';
import { turnOver } from './queue/turn-over.ts';
import { recover, SPAWN_MARK, takeBack, witnessOf } from './recover.ts';
import { refreshAll, writeSeeds } from './seeds.ts';
import { branchesInTheWay, type Draft } from './spawn-draft.ts';
import { changeTask } from './tasks.ts';

/** How often somebody else may be faster before gwt gives up. */
const TRIES = 10;

/** Makes one task. Intent and branch come first, then the worktree, then the fact; what fails is taken back whole. */
export async function makeTask(ports: Ports, draft: Draft): Promise<Task> {
  const { task, notes } = draft;
  await begin(ports, draft);
  try {
    await build(ports, draft);
    const done = await finish(ports, task);
    for (const what of notes) ports.report({ type: 'task.changed', at: now(ports), task: task.id, what });
    return done;
  } catch (error) {
    await undo(ports, task, error);
    throw error;
  }
}

/** The reason of the failure is what the person needs: one more on the way back is only told, and mended later. */
async function undo(ports: Ports, task: Task, why: unknown): Promise<void> {
  try {
    await takeBack(ports, task, failureOf(why));
    if (task.owns.length > 0) await tellOthers(ports);
  } catch (error) {
    const what = `could not be taken back yet (${(error as Error).message}); the next gwt spawn does it`;
    ports.report({ type: 'task.changed', at: now(ports), task: task.id, what });
  }
}

/** Entry and branch appear together. */
async function begin(ports: Ports, draft: Draft): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const begun = await attemptBegin(ports, draft);
    if (begun.outcome === 'begun') return;
    if (begun.outcome === 'mend') await recover(ports, begun.tasks);
    else if (attempt >= TRIES) throw begun.refusal;
  }
}

type Begun =
  | { readonly outcome: 'begun' }
  | { readonly outcome: 'mend'; readonly tasks: readonly string[] }
  | { readonly outcome: 'moved'; readonly refusal: Refusal };

async function attemptBegin(ports: Ports, { task, prd, progress, together, planned }: Draft): Promise<Begun> {
  const { branchPrefix, ownership } = await ports.config.load();
  if (await occupied(ports, task)) await freeOrRefuse(ports, task);
  const branches = await branchesInTheWay(ports, branchPrefix);
  const key = `tasks/${task.id}` as const;
  const claims = task.owns.length > 0;
  const queued = `queue/${task.id}` as const;
  const zero = '0'.repeat(task.base.length);
  try {
    return await ports.ledger.transact<Begun>(
      { keys: [key, queued, ...(claims ? (['meta/claims'] as const) : [])], kinds: ['tasks'] },
      (view) => {
        const tasks = view.all('tasks').map((entry) => inForce(taskOf(entry), ports.clock.now()));
        const halves = inTheWay(task, abandoned(tasks, witnessOf(ports)), ownership.shared);
        if (halves.length > 0) return { writes: [], result: { outcome: 'mend', tasks: halves } };
        const { id, branch, base, worktree, owns } = task;
        const at = now(ports);
        const event = { type: 'task.spawning', at, task: id, branch, base, worktree } as const;
        const entry = turnOver(view, id, planned, event);
        admit(task, { tasks, branches, shared: ownership.shared, together });
        const docs = { 'task.json': document(task), 'prd.json': prd, 'progress.md': progress };
        return {
          writes: [
            { key, event, docs: { ...docs, ...entry.docs }, keeps: entry.keeps },
            ...entry.writes,
            ...(claims
              ? [{ key: 'meta/claims' as const, event: { type: 'claim.taken' as const, at, task: id, owns }, docs: {} }]
              : []),
          ],
          moves: [
            ...(task.adopted ? [] : [created(task)]),
            // Nobody plans work of this name at the same moment.
            ...(planned ? [] : [{ ref: `refs/gwt/${queued}`, from: zero, to: zero }]),
          ],
          result: { outcome: 'begun' },
        };
      },
    );
  } catch (error) {
    if (error instanceof Refusal && error.code === 'ledger.moved') return { outcome: 'moved', refusal: error };
    throw error;
  }
}

/** Half-made tasks that would make this one be refused; others are left to their own name, or to `gwt doctor`. */
function inTheWay(task: Task, halves: readonly Task[], shared: readonly string[]): readonly string[] {
  return halves
    .filter(
      (half) =>
        half.id === task.id ||
        half.branch === task.branch ||
        half.worktree === task.worktree ||
        clash(task, [half], shared) !== undefined,
    )
    .map(({ id }) => id);
}

const created = ({ branch, base }: Task): RefMove => ({
  ref: `refs/heads/${branch}`,
  from: '0'.repeat(base.length),
  to: base,
});

/** An empty folder is as good as none. */
async function occupied({ files }: Ports, { worktree }: Task): Promise<boolean> {
  return (await files.exists(worktree)) && (await files.list(worktree)).length > 0;
}

/** What lies there may be a task's, and then that is what the person is told; or half-made, and then it is mended. */
async function freeOrRefuse(ports: Ports, task: Task): Promise<void> {
  await recover(ports, [task.id]);
  const tasks = (await ports.ledger.list('tasks', ['task.json'])).map(taskOf);
  const known = tasks.find(({ id, worktree }) => id === task.id || worktree === task.worktree);
  if (known) throw new Refusal('task.exists', { task: known.id, state: known.state });
  if (await occupied(ports, task)) throw new Refusal('path.exists', { path: task.worktree });
}

/** Checking the files out takes most of the time; what needs none of them is done meanwhile. */
async function build(ports: Ports, draft: Draft): Promise<void> {
  const { task, checkout } = draft;
  const { worktree: path, branch } = task;
  const { worktrees } = ports.git;
  const env = { [SPAWN_MARK]: task.lease?.run ?? '' };
  await hideInside(ports, task);
  const warm = checkout === undefined && (await fromPool(ports, task, env));
  if (!warm) await worktrees.add({ path, branch, checkout: false, env });
  const filled = warm ? Promise.resolve() : worktrees.fill(path, env, checkout ?? {});
  const [, { brought, hook }] = await both(filled, prepare(ports, draft));
  await bring(ports, task, brought);
  if ((await ports.config.load()).worktrees.submodules) await worktrees.submodules(path, env);
  if (hook) await worktrees.announce(path, task.base, env);
  await setUp(ports, task);
}

/**
 * Seeds, hooks, and the word to all others. Gives what is to be brought along, and whether the project has a hook for
 * a fresh checkout: git runs it only when it checks the files out by itself.
 */
async function prepare(
  ports: Ports,
  { task, prd, progress }: Draft,
): Promise<{ readonly brought: readonly string[]; readonly hook: boolean }> {
  const brought = await wanted(ports);
  await writeSeeds(ports, task, { prd, progress, brought });
  const told = task.owns.length > 0 ? tellOthers(ports) : Promise.resolve();
  const [{ projectFolder }] = await both(installHooks(ports, task), told);
  return { brought, hook: await ports.files.exists(join(projectFolder, 'post-checkout')) };
}

async function tellOthers(ports: Ports): Promise<void> {
  // A task with a claim of its own goes by that, whatever others claim.
  const open = ({ owns, after }: Task) => owns.length === 0 || after.length > 0;
  await both(refreshAll(ports), refreshHooks(ports, open));
}

/** Both to their end, also when one fails: nobody may write any more when what was made is taken back. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<readonly [A, B]> {
  const ends = await Promise.allSettled([a, b]);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return [await a, await b];
}

async function finish(ports: Ports, task: Task): Promise<Task> {
  const { id, branch, worktree } = task;
  const event: Event = { type: 'task.spawned', at: now(ports), task: id, branch, worktree };
  return changeTask(ports, id, (before) => {
    if (before.lease?.run !== task.lease?.run)
      throw new Refusal('task.busy', { task: id, holder: before.lease?.holder ?? 'another spawn' });
    const { lease: _, ...rest } = before;
    return { event, change: { ...rest, ready: true, lease: undefined } };
  });
}

/** Worktrees that lie inside the repository are none of its files. */
async function hideInside({ git, files }: Ports, { worktree }: Task): Promise<void> {
  const { root, bare, common } = await git.repo();
  const below = relative(root, dirname(worktree));
  if (bare || below.startsWith('..') || below === '' || below === '.git' || below.startsWith('.git/')) return;
  const path = join(common, 'info', 'exclude');
  const before = (await files.read(path)) ?? '';
  const line = `/${below}/`;
  if (!before.split('\n').includes(line))
    await files.append(path, `${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`);
}

const now = ({ clock }: Pick<Ports, 'clock'>): string => new Date(clock.now()).toISOString();
