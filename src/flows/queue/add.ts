import { refuseCircle } from '../../core/admission.ts';
import { type TaskRequest, taskId } from '../../core/draft.ts';
import { nearest } from '../../core/near.ts';
import { patternsOf } from '../../core/pattern.ts';
import { noProfile } from '../../core/profile.ts';
import type { Planned } from '../../core/queue.ts';
import { document, taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Key, Ports, RefMove, Write } from '../../ports.ts';
import { planFile } from '../plan-file.ts';
import { storiesAt } from '../prd-file.ts';
import { plannedOf, type QueuePorts } from './look.ts';

export interface AddInput extends Omit<TaskRequest, 'title'> {
  readonly titles: readonly string[];
  /** A plan; what stands beside holds for each of its tasks that does not say otherwise. */
  readonly fromFile?: string;
}
export interface Added {
  readonly added: readonly Planned[];
}

type AddPorts = QueuePorts & Pick<Ports, 'files' | 'git' | 'agents'>;

/** Puts work into the queue: all of it, or nothing. Refuses what a spawn would refuse before it makes anything. */
export async function add(ports: AddPorts, input: AddInput): Promise<Added> {
  const { titles, fromFile, ...common } = input;
  const planned = fromFile === undefined ? [] : await planFile(ports, fromFile);
  const all = [...titles.map((title) => ({ title })), ...planned];
  if (all.length === 0) throw new Refusal('usage.bad', { problem: 'no task is named', command: 'queue' });
  return {
    added: await enqueue(
      ports,
      all.map((one) => ({ ...common, ...one })),
    ),
  };
}

/** As add, for whoever has read the plan already. */
export async function enqueue(ports: AddPorts, requests: readonly TaskRequest[]): Promise<readonly Planned[]> {
  const now = ports.clock.now();
  const drafts: { entry: Planned; stories?: string }[] = [];
  for (const [at, request] of requests.entries()) {
    await refuseUnknown(ports, request);
    const { prd, stories, ...rest } = request;
    const text = stories ?? (prd === undefined ? undefined : (await storiesAt(ports, prd)).text);
    // One behind the other, in the order given.
    drafts.push({ entry: entryOf(rest, now + at / 1000), ...(text === undefined ? {} : { stories: text }) });
  }
  const ids = drafts.map(({ entry }) => entry.id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined)
    throw new Refusal('usage.bad', { problem: `two of the tasks would be called ${twice}`, command: 'queue' });
  refuseCircle(drafts.map(({ entry }) => entry));
  await write(ports, drafts);
  return drafts.map(({ entry }) => entry);
}

async function refuseUnknown(ports: AddPorts, { agent, profile, owns = [] }: TaskRequest): Promise<void> {
  const config = await ports.config.load();
  await ports.agents.find(agent ?? config.loop.agent);
  const wrong = profile === undefined ? undefined : noProfile(config, profile);
  if (wrong) throw new Refusal('usage.bad', { problem: wrong, command: 'queue' });
  patternsOf(owns);
}

function entryOf(request: Omit<TaskRequest, 'prd' | 'stories'>, since: number): Planned {
  const { title, prompt = title, owns = [], after = [], priority = 0, epic, ...more } = request;
  return {
    version: 1,
    id: taskId(title),
    title,
    prompt,
    owns,
    after: after.map(taskId),
    priority,
    ...more,
    ...(epic === undefined ? {} : { epic }),
    state: 'waiting',
    since,
    attempts: [],
    createdAt: new Date(since).toISOString(),
  };
}

async function write(
  ports: AddPorts,
  drafts: readonly { readonly entry: Planned; readonly stories?: string }[],
): Promise<void> {
  const { objectFormat } = await ports.git.repo();
  const zero = '0'.repeat(objectFormat === 'sha256' ? 64 : 40);
  // The names stay free until they are taken: no task and no other entry comes in between.
  const free = drafts.map(({ entry }): RefMove => ({ ref: `refs/gwt/tasks/${entry.id}`, from: zero, to: zero }));
  const writes = drafts.map(({ entry, stories }): Write => {
    const at = new Date(ports.clock.now()).toISOString();
    const docs = { 'entry.json': document(entry), ...(stories === undefined ? {} : { 'prd.json': stories }) };
    return { key: `queue/${entry.id}`, event: { type: 'queue.added', at, task: entry.id }, docs };
  });
  const keys = drafts.flatMap(({ entry }): Key[] => [`queue/${entry.id}`, `tasks/${entry.id}`]);
  await ports.ledger.transact({ keys, kinds: ['tasks', 'queue'] }, (view) => {
    for (const { entry } of drafts) {
      const there = view.entry(`queue/${entry.id}`);
      const task = view.entry(`tasks/${entry.id}`);
      if (there) throw new Refusal('task.exists', { task: entry.id, state: plannedOf(there).state });
      if (task) throw new Refusal('task.exists', { task: entry.id, state: taskOf(task).state });
    }
    const known = [...view.all('tasks'), ...view.all('queue')].map(({ key }) => key.slice(key.indexOf('/') + 1));
    refusePredecessors(
      drafts.map(({ entry }) => entry),
      known,
    );
    return { writes, moves: free, result: undefined };
  });
  for (const { event } of writes) ports.report(event);
}

/** Refuses `task.unknown` for a predecessor that is nowhere: nothing would ever come of waiting for it. */
function refusePredecessors(entries: readonly Planned[], known: readonly string[]): void {
  const ids = [...known, ...entries.map(({ id }) => id)];
  const names = new Set(ids);
  for (const { after } of entries)
    for (const name of after) {
      if (names.has(name)) continue;
      const near = nearest(name, ids);
      throw new Refusal('task.unknown', { task: name, known: near.length > 0 ? near : ids.slice(0, 10) });
    }
}
