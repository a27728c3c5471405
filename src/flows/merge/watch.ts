import { join } from 'node:path';
import { Refusal } from '../../core/refusal.ts';
import type { Ports } from '../../ports.ts';
import { targetOf } from '../init.ts';
import { type Merged, type MergeInput, merge } from '../merge.ts';
import { allTasks } from '../tasks.ts';
import { tending } from '../tend.ts';

/** What a watch has to tell, one after the other. */
export type Step =
  | { readonly type: 'watching'; readonly target: string }
  | ({ readonly type: 'landed'; readonly target: string; readonly landing: string } & Merged['landed'][number])
  | ({ readonly type: 'escalated' } & Merged['escalated'][number])
  | ({ readonly type: 'bounced' } & Merged['bounced'][number])
  /** The gate is red on the target itself: nothing lands until that is mended. */
  | { readonly type: 'red'; readonly target: string; readonly gate: string; readonly output: string }
  | ({ readonly type: 'pushed' } & NonNullable<Merged['pushed']>)
  | { readonly type: 'waits'; readonly target: string; readonly holder: string }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'ended'; readonly target: string; readonly landed: number };

/** A change is often one of several. */
const SETTLE_MS = 200;
/** Where the system does not tell of changes, they are looked for this often; it costs no process. */
const POLL_MS = 5_000;
/** What was refused is tried again after so long, twice as long each time up to the most. */
const RETRY_MS = 5_000;
const RETRY_MOST_MS = 60_000;

/**
 * Lands what becomes finished until the person stops it. A refusal (a checkout in the way, somebody else landing) is
 * told and tried again; conflicts and red gates are dealt with as by any other landing, and the rest goes on.
 */
export async function watch(ports: Ports, input: MergeInput, tell: (step: Step) => void): Promise<number> {
  const target = input.into ?? (await targetOf(ports));
  const { common } = await ports.git.repo();
  const told = new Set<string>();
  let landed = 0;
  let seen = '';
  let again: number | undefined;
  let refused = false;
  let owed = false;
  const rest = tending(ports);
  tell({ type: 'watching', target });
  while (!ports.stop.aborted) {
    const bell = ports.files.watch(['refs/heads', 'refs/gwt/tasks', 'reftable'].map((name) => join(common, name)));
    const now = await refsText(ports);
    if (owed || ((now !== seen || again !== undefined) && (await anythingFinished(ports, target, input)))) {
      const pass = await onePass(ports, input, target);
      landed += pass.steps.filter(({ type }) => type === 'landed').length;
      for (const step of pass.steps) if (isNews(step, told)) tell(step);
      again = pass.again ? Math.min(again === undefined ? RETRY_MS : 2 * again, RETRY_MOST_MS) : undefined;
      owed = pass.owed;
      refused = owed || pass.steps.some(({ type }) => type === 'refused');
      if (!pass.again) told.clear();
    } else {
      again = undefined;
      refused = false;
    }
    seen = now;
    // An agent's every commit rings; what is in the way of a landing is not tried again for each of them.
    await Promise.race([...(refused ? [] : [bell.rung]), ports.clock.sleep(again ?? POLL_MS)]);
    bell.close();
    await ports.clock.sleep(SETTLE_MS);
  }
  rest();
  tell({ type: 'ended', target, landed });
  return landed;
}

/** All that a landing depends on, as one text; read without a process. */
async function refsText({ git }: Ports): Promise<string> {
  return JSON.stringify([...(await git.refs.heads(['refs/heads/', 'refs/gwt/tasks/']))]);
}

async function anythingFinished(ports: Ports, target: string, { into }: MergeInput): Promise<boolean> {
  const tasks = await allTasks(ports);
  return tasks.some((task) => task.state === 'finished' && (into !== undefined || task.target === target));
}

async function onePass(ports: Ports, input: MergeInput, target: string) {
  try {
    const merged = await merge(ports, input);
    const owed = merged.pushed?.outcome === 'failed' || merged.pushed?.outcome === 'outrun';
    const nothing = ports.stop.aborted && merged.landing === null;
    return { steps: nothing ? [] : stepsOf(merged), again: owed, owed };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const step: Step =
      error.code === 'merge.busy'
        ? { type: 'waits', target, holder: (error as Refusal<'merge.busy'>).facts.holder }
        : { type: 'refused', refusal: error };
    return { steps: [step], again: true, owed: false };
  }
}

function stepsOf({ target, landing, landed, escalated, bounced, inherited, pushed }: Merged): readonly Step[] {
  return [
    ...landed.map((one) => ({ type: 'landed' as const, target, landing: landing ?? '', ...one })),
    ...escalated.map((one) => ({ type: 'escalated' as const, ...one })),
    ...bounced.map((one) => ({ type: 'bounced' as const, ...one })),
    ...(pushed && pushed.outcome !== 'current' ? [{ type: 'pushed' as const, ...pushed }] : []),
    ...(inherited ? [{ type: 'red' as const, target, ...inherited }] : []),
  ];
}

/** What is refused again in the same words is not told again. */
function isNews(step: Step, told: Set<string>): boolean {
  const failed = step.type === 'pushed' && step.outcome !== 'pushed';
  if (step.type !== 'refused' && step.type !== 'waits' && !failed) return true;
  const words = JSON.stringify(step.type === 'refused' ? [step.refusal.code, step.refusal.facts] : step);
  if (told.has(words)) return false;
  told.add(words);
  return true;
}
