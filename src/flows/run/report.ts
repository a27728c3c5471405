import { type Epic, epicsOf } from '../../core/epic.ts';
import { taskOf } from '../../core/records.ts';
import type { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import { type Idleness, idleness } from '../../core/timeline.ts';
import type { Usage } from '../../core/usage.ts';
import type { Ports } from '../../ports.ts';
import { partOf } from '../epics.ts';
import type { Supervised } from './supervise.ts';

/** How a run ended. Times in the timeline are seconds since it began. */
export interface Ran {
  readonly plan: string | null;
  readonly target: string;
  readonly outcome: 'done' | 'waits' | 'left' | 'interrupted';
  readonly landed: readonly RanTask[];
  /** Finished, and not on the target. */
  readonly finished: readonly (RanTask & { readonly why: string | null })[];
  /** What waits for a person, and what to type. */
  readonly escalated: readonly (RanTask & { readonly why: string; readonly next: string })[];
  /** What was not finished, and why. */
  readonly left: readonly { readonly id: string; readonly why: string }[];
  /** Tasks sent back to their agents by landings. */
  readonly bounced: number;
  /** Of the loops of this run. */
  readonly usage: Usage;
  readonly seconds: number;
  readonly slots: number;
  readonly idle: Idleness;
  readonly timeline: readonly {
    readonly slot: number;
    readonly task: string;
    readonly from: number;
    readonly to: number;
    /** How long it waited while nothing but a slot was missing. */
    readonly waited: number;
    readonly outcome: string;
  }[];
  readonly epics: readonly Epic[];
  /** What kept the last landing from being made. */
  readonly refusal: Refusal | null;
}
export interface RanTask {
  readonly id: string;
  readonly branch: string;
  readonly iterations: number;
  readonly costUsd: number;
}

export interface Reported {
  readonly plan?: string;
  readonly target: string;
  readonly only?: ReadonlySet<string>;
  readonly merge: boolean;
}

/** What came of a run, read back from the ledger. */
export async function reportOf(ports: Ports, run: Supervised, input: Reported): Promise<Ran> {
  const entries = (await ports.ledger.list('tasks', ['task.json', 'prd.json'])).filter((entry) => {
    const task = taskOf(entry);
    return input.only ? input.only.has(task.id) : isOfRun(task, run);
  });
  const tasks = entries.map(taskOf);
  const blocked = tasks.filter(({ state }) => state === 'blocked');
  const landed = tasks.filter(({ state }) => state === 'landed').map(rowOf);
  const finished = tasks.filter(({ state }) => state === 'finished');
  const asked = [...blocked.map(escalatedOf), ...deadOf(run, tasks)];
  const left = leftOf(run, tasks, input.only);
  return {
    plan: input.plan ?? null,
    target: input.target,
    outcome: outcomeOf(ports, { asked: asked.length, open: left.length + (input.merge ? finished.length : 0) }),
    landed,
    finished: finished.map((task) => ({ ...rowOf(task), why: run.lane?.why.get(task.branch) ?? null })),
    escalated: asked,
    left,
    bounced: run.lane?.bounced() ?? 0,
    usage: run.usage,
    seconds: seconds(run.ended - run.begun),
    slots: Math.max(0, ...run.floor.opened.map(({ slots }) => slots)),
    idle: idleness(run.floor.spans, run.floor.opened, { from: run.begun, to: lastEnd(run), full: run.floor.full }),
    timeline: timelineOf(run),
    epics: epicsOf([...entries.map(partOf), ...waitingIn(run)]),
    refusal: run.lane?.refusal() ?? null,
  };
}

/** Without a plan it is about what it worked on and what it landed. */
function isOfRun({ id, landed }: Task, { floor, begun }: Supervised): boolean {
  return floor.spans.some(({ task }) => task === id) || (landed !== undefined && Date.parse(landed.at) >= begun);
}

function outcomeOf({ stop }: Ports, { asked, open }: { asked: number; open: number }): Ran['outcome'] {
  if (stop.aborted) return 'interrupted';
  if (asked > 0) return 'waits';
  return open > 0 ? 'left' : 'done';
}

const rowOf = ({ id, branch, iteration, usage }: Task): RanTask => ({
  id,
  branch,
  iterations: iteration,
  costUsd: usage.costUsd,
});

function escalatedOf(task: Task): Ran['escalated'][number] {
  const { blocked, turn, id } = task;
  const next = blocked?.escalation
    ? `gwt inbox show ${blocked.escalation}`
    : turn?.state === 'dead'
      ? `gwt queue retry ${id}`
      : `gwt show ${id}`;
  return { ...rowOf(task), why: blocked?.reason ?? 'blocked', next };
}

/** What failed so often before it was a task that only a person takes it up again. */
function deadOf({ places }: Supervised, tasks: readonly Task[]): Ran['escalated'] {
  const dead = places.filter(({ id, state }) => state === 'dead' && !tasks.some((task) => task.id === id));
  return dead.map(({ id, attempts }) => ({
    ...{ id, branch: '', iterations: 0, costUsd: 0 },
    why: attempts.at(-1)?.reason ?? 'failed too often',
    next: `gwt queue retry ${id}`,
  }));
}

function leftOf({ places }: Supervised, tasks: readonly Task[], only: Reported['only']): Ran['left'] {
  const waiting = places
    .filter(({ state }) => state !== 'dead')
    .map(({ id, why = 'its turn did not come' }) => ({ id, why }));
  const known = new Set([...waiting, ...places].map(({ id }) => id));
  const others = tasks.filter(({ id, state }) => (state === 'queued' || state === 'running') && !known.has(id));
  const dropped = tasks.filter(({ id, state }) => state === 'dropped' && only?.has(id));
  return [
    ...waiting,
    ...others.map(({ id, state }) => ({ id, why: `${state}` })),
    ...dropped.map(({ id }) => ({ id, why: 'dropped: gwt restore brings it back' })),
  ];
}

function timelineOf({ floor, begun }: Supervised): Ran['timeline'] {
  return [...floor.spans]
    .sort((a, b) => a.from - b.from)
    .map(({ slot, task, from, to, ready, outcome }) => ({
      ...{ slot, task, from: seconds(from - begun), to: seconds(to - begun), waited: seconds(from - ready), outcome },
    }));
}

/** Slots are not idle while the last landings are made and nothing is left to do. */
const lastEnd = ({ floor, begun }: Supervised): number => Math.max(begun, ...floor.spans.map(({ to }) => to));

const waitingIn = ({ places }: Supervised) =>
  places.flatMap(({ kind, epic }) => (kind === 'planned' && epic ? [{ epic, state: 'waiting' as const }] : []));

const seconds = (ms: number): number => Math.round(ms / 10) / 100;
