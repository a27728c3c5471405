import pLimit from 'p-limit';
import { agentIdentity } from '../../core/agent-env.ts';
import { lasting, type Outside, type Place, type Stray, speaksOf, straysBetween } from '../../core/stray.ts';
import { isActive, type Task } from '../../core/task.ts';
import { allTasks } from '../tasks.ts';
import { endedFile, pidFile } from './places.ts';
import type { LoopPorts, LoopRun } from './run.ts';

/** One look at what lies outside of the task's worktree, and when. */
export interface Look {
  readonly at: number;
  readonly seen: Outside;
}

/** A look this young is as good as a new one: nothing ran since. */
const FRESH_MS = 2_000;
/** A git command that is in the middle of something is done by then. */
const AGAIN_MS = 500;
/** Worktrees that are looked at besides, and paths in each. */
const MOST_PLACES = 10;
const MOST_PATHS = 2_000;

/** What lies outside before an agent runs; undefined where nobody wants to know. */
export async function outsideBefore(
  ports: LoopPorts,
  loop: LoopRun,
  task: Task,
  known: Look | undefined,
): Promise<Look | undefined> {
  if (loop.config.loop.strays === 'off') return undefined;
  return known && ports.clock.now() - known.at < FRESH_MS ? known : look(ports, loop, task.worktree);
}

/** What became another outside of the worktree while the agent ran, as far as it points to the agent. */
export interface Strayed {
  readonly strays: readonly Stray[];
  /** True when something says that it was the agent; a `command` agent's transcript says nothing of files. */
  readonly sure: boolean;
  readonly look?: Look;
}

/**
 * Who moved a branch its log says. Who wrote a file nobody can tell afterwards: it is held against an agent where its
 * transcript speaks of that place, or where it tells nothing of what it does.
 */
export async function straysSince(
  ports: LoopPorts,
  loop: LoopRun,
  task: Task,
  before: Look | undefined,
  transcript: string,
): Promise<Strayed> {
  if (!before) return { strays: [], sure: false };
  const now = await look(ports, loop, task.worktree);
  const seen = await untouched(ports, loop, before.seen, before.at);
  const found = await ofAgent(ports, loop, task, straysBetween(seen, now.seen), transcript);
  if (found.length === 0) return { strays: [], sure: false, look: now };
  await ports.clock.sleep(AGAIN_MS);
  const again = await look(ports, loop, task.worktree);
  const strays = lasting(found, straysBetween(seen, again.seen));
  return { strays, sure: !loop.exitSpeaks || strays.some((one) => !mayBePersons(loop, one)), look: again };
}

/** Files in the person's own checkout; in a task's worktree on which nobody works nobody else is expected. */
const mayBePersons = ({ repo }: LoopRun, one: Stray): boolean =>
  one.kind !== 'moved' && one.kind !== 'switched' && [repo.root, repo.top].includes(one.place);

async function look(ports: LoopPorts, loop: LoopRun, own: string): Promise<Look> {
  const { git, clock } = ports;
  const limit = pLimit(2);
  const paths = await placesOf(ports, loop, own);
  const [refs, ...places] = await Promise.all([
    git.refs.heads(['refs/heads/', 'refs/stash']),
    ...paths.map((path) =>
      limit(async (): Promise<Place | undefined> => ({ path, ...(await git.work.marks(path, MOST_PATHS)) })).catch(
        () => undefined,
      ),
    ),
  ]);
  return { at: clock.now(), seen: { refs, places: places.filter((one) => one !== undefined) } };
}

/** The person's checkout, and worktrees of other tasks on which neither an agent nor gwt works now. */
async function placesOf(ports: LoopPorts, { repo }: LoopRun, own: string): Promise<readonly string[]> {
  const persons = repo.bare ? [] : [repo.root, ...(repo.top ? [repo.top] : [])];
  const others = (await allTasks(ports)).filter(isActive);
  const idle = await Promise.all(
    others.map(async (task) =>
      !task.ready || (await ports.files.exists(pidFile(repo, task.id))) ? [] : [task.worktree],
    ),
  );
  return [...new Set([...persons, ...idle.flat()])].filter((path) => path !== own).slice(0, MOST_PLACES);
}

/** Without the worktrees of tasks whose loop began and ended meanwhile: what is new there is most likely its own. */
async function untouched(ports: LoopPorts, { repo }: LoopRun, seen: Outside, since: number): Promise<Outside> {
  const tasks = await allTasks(ports);
  const places = await Promise.all(
    seen.places.map(async (place) => {
      const owners = tasks.filter(({ worktree }) => worktree === place.path);
      const ends = await Promise.all(owners.map(({ id }) => ports.files.modified(endedFile(repo, id))));
      return ends.some((at) => at !== undefined && at >= since) ? [] : [place];
    }),
  );
  return { ...seen, places: places.flat() };
}

/** Those that the agent is known, or must be taken, to have made. */
async function ofAgent(
  ports: LoopPorts,
  loop: LoopRun,
  task: Task,
  found: readonly Stray[],
  transcript: string,
): Promise<readonly Stray[]> {
  const { name } = agentIdentity(task.agentId, await ports.git.config.identity());
  const places = new Set(found.flatMap((one) => (one.kind === 'moved' || one.kind === 'switched' ? [] : [one.place])));
  const spoken = loop.exitSpeaks ? places : await spokenOf(ports, [...places], transcript);
  const agents = async (ref: string) => (await ports.git.refs.mover(ref)) === name;
  const known = await Promise.all(
    found.map(async (one) => {
      if (one.kind === 'moved') return one.ref !== `refs/heads/${task.branch}` && agents(one.ref);
      if (one.kind === 'switched') return one.place === loop.repo.root && agents('HEAD');
      const committed = one.moved && one.kind !== 'new' && !(one.place === loop.repo.root && (await agents('HEAD')));
      return spoken.has(one.place) && !committed;
    }),
  );
  return found.filter((_, at) => known[at]);
}

/** The places that a transcript speaks of; their git directories are no such place. */
async function spokenOf(
  { files }: LoopPorts,
  places: readonly string[],
  transcript: string,
): Promise<ReadonlySet<string>> {
  const spoken = new Set<string>();
  let before = '';
  for (let [part, at] = [0, 0]; spoken.size < places.length; ) {
    const piece = Buffer.from(await files.readFrom(part === 0 ? transcript : `${transcript}.${part}`, at));
    if (piece.length === 0 && at === 0) break;
    if (piece.length === 0) [part, at] = [part + 1, 0];
    at += piece.length;
    const text = before + piece.toString('utf8');
    for (const place of places) if (speaksOf(text, place)) spoken.add(place);
    before = text.slice(-MOST_NAME);
  }
  return spoken;
}

/** A name longer than this may be overlooked where a piece of the transcript ends in it. */
const MOST_NAME = 4_096;
