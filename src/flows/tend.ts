import { join } from 'node:path';
import { document } from '../core/records.ts';
import { expired, type Task } from '../core/task.ts';
import type { Key, Ports } from '../ports.ts';
import { escalationOf, escalations, openEscalation } from './escalate.ts';
import { exportFresh } from './export.ts';
import { loopLog, runsFolder } from './loop/places.ts';
import { stop } from './stop.ts';
import { allTasks, changeTask } from './tasks.ts';

export interface TendInput {
  /** False where the caller starts the loops of tasks that are in the queue again. */
  readonly start?: boolean;
}
export interface Tended {
  /** Questions that were told again. */
  readonly reminded: readonly string[];
  /** Loops without a sign of life, and what was done about them. */
  readonly stale: readonly {
    readonly task: string;
    readonly minutes: number;
    readonly did: 'alert' | 'takeBack' | 'reassign';
    readonly agent?: string;
  }[];
}

/** Whoever works for longer calls this so often. */
export const TEND_MS = 60_000;

/** Sees that nothing waits in silence: questions nobody answers are told again, loops that are silent are dealt with. */
export async function tend(ports: Ports, { start = true }: TendInput = {}): Promise<Tended> {
  await exportFresh(ports);
  return { reminded: await remind(ports), stale: await tendLoops(ports, start) };
}

/** Tells again what has been open for longer than `inbox.again`; of several processes one does. */
async function remind(ports: Ports): Promise<readonly string[]> {
  const { again } = (await ports.config.load()).inbox;
  if (again === 0) return [];
  const now = ports.clock.now();
  const isDue = (at: string) => now - Date.parse(at) >= again * 60_000;
  const told: string[] = [];
  for (const one of await escalations(ports)) {
    if (one.state !== 'open' || !isDue(one.remindedAt ?? one.openedAt)) continue;
    const key: Key = `escalations/${one.id}`;
    const at = new Date(now).toISOString();
    const minutes = Math.round((now - Date.parse(one.openedAt)) / 60_000);
    const { id: escalation, branch, reason } = one;
    const event = { type: 'escalation.waiting', at, escalation, branch, reason, minutes } as const;
    const done = await ports.ledger.transact({ keys: [key] }, (view) => {
      const entry = view.entry(key);
      const known = entry && escalationOf(entry);
      if (known?.state !== 'open' || !isDue(known.remindedAt ?? known.openedAt)) return { writes: [], result: false };
      const docs = { 'escalation.json': document({ ...known, remindedAt: at }) };
      return { writes: [{ key, event, docs }], result: true };
    });
    if (done) ports.report(event);
    if (done) told.push(escalation);
  }
  return told;
}

async function tendLoops(ports: Ports, start: boolean): Promise<Tended['stale']> {
  const { stale: minutes } = (await ports.config.load()).heartbeat;
  const dealt: Tended['stale'][number][] = [];
  for (const task of await allTasks(ports)) {
    if (task.state !== 'running' || !task.lease) continue;
    const beat = await beatOf(ports, task);
    const silent = ports.clock.now() - beat;
    if (silent < minutes * 60_000 || !(await isSeenTwice(ports, task, beat))) continue;
    dealt.push(...(await dealWith(ports, task, Math.round(silent / 60_000), start)));
  }
  return dealt;
}

/** The last beat of the loop itself, not of what its agent prints: agents may think for long. */
async function beatOf(ports: Ports, { id, lease }: Task): Promise<number> {
  const path = join(runsFolder(await ports.git.repo(), id), 'heartbeat.json');
  return Math.max((await ports.files.modified(path)) ?? 0, lease?.beat ?? 0);
}

/** A machine that slept wakes with beats that all are old: only one that stays as it is is silent. */
const TWICE_MS = 15_000;

async function isSeenTwice(ports: Ports, { id }: Task, beat: number): Promise<boolean> {
  const path = join(runsFolder(await ports.git.repo(), id), 'silent');
  const now = ports.clock.now();
  const [known = 0, at = now] = ((await ports.files.read(path)) ?? '').split(' ').map(Number);
  if (known === beat) return now - at >= TWICE_MS;
  await ports.files.jot(path, `${beat} ${now}`);
  return false;
}

async function dealWith(ports: Ports, task: Task, minutes: number, start: boolean): Promise<Tended['stale']> {
  const { policy } = (await ports.config.load()).heartbeat;
  // What runs elsewhere cannot be ended from here: its lease has to run out.
  const elsewhere = task.lease?.host !== ports.self.host && !(task.lease && expired(task.lease, ports.clock.now()));
  if (policy === 'alert' || elsewhere) return alerted(ports, task, minutes);
  const back = await takenBack(ports, task, minutes, policy === 'reassign');
  if (!back) return [];
  const { agent } = back;
  if (policy === 'takeBack') return [{ task: task.id, minutes, did: 'takeBack' }];
  if (start) await begun(ports, task.id);
  return [{ task: task.id, minutes, did: 'reassign', agent }];
}

/** A person is asked, once for each silence. */
async function alerted(ports: Ports, { id: task, branch, lease }: Task, minutes: number): Promise<Tended['stale']> {
  const open = await escalations(ports);
  if (open.some((one) => one.state === 'open' && one.reason === 'stale' && one.task === task)) return [];
  const at = new Date(ports.clock.now()).toISOString();
  await changeTask(ports, task, () => ({ event: { type: 'task.stale', at, task, minutes, what: 'a person is told' } }));
  const summary = `the loop of ${task} has given no sign of life for ${minutes} minutes (${lease?.holder ?? 'nobody holds it'})`;
  const context = { notes: [`what its agent last did: gwt logs ${task}`, `to end it by hand: gwt stop ${task}`] };
  await openEscalation(ports, { branch, task, reason: 'stale', summary, context });
  return [{ task, minutes, did: 'alert' }];
}

/** Ends what is left of the loop and puts the task back; undefined where it came to life, or somebody else has it by now. */
async function takenBack(ports: Ports, { id, lease, agent: before }: Task, minutes: number, another: boolean) {
  const { heartbeat, loop } = await ports.config.load();
  const agent = another ? (heartbeat.agent ?? loop.fallback.find((name) => name !== before) ?? before) : before;
  await stop(ports, { tasks: [id] });
  const at = new Date(ports.clock.now()).toISOString();
  const what = agent === before ? 'taken back' : `taken back, for ${agent}`;
  let done = false;
  await changeTask(ports, id, (now) => {
    // Ended by `stop` it is in the queue; nobody else may have taken it since.
    done = now.state === 'queued' || (now.state === 'running' && now.lease?.run === lease?.run);
    if (!done) return undefined;
    return {
      event: { type: 'task.stale', at, task: id, minutes, what },
      state: 'queued',
      change: { lease: undefined, ...(agent === before ? {} : { agent, agentId: `${id}-${agent}` }) },
    };
  });
  return done ? { agent } : undefined;
}

/** In the background, as `gwt loop --detach` would; what cannot begin waits in the queue. */
async function begun({ git, self, person, processes }: Ports, task: string): Promise<void> {
  const repo = await git.repo();
  const command = [...self.command, ...(person.approves ? ['--yes'] : []), 'loop', '--', task];
  await processes.background(command, repo.root, loopLog(repo, task));
}

/** Tends now and again until the returned function is called; what goes wrong there never hurts the work. */
export function tending(ports: Ports, input: TendInput = {}): () => void {
  let under = Promise.resolve<unknown>(undefined);
  return ports.clock.every(TEND_MS, () => {
    under = under.then(() => tend(ports, input)).catch(() => {});
  });
}
