import { type ClaimRequest, partiesOf } from '../../core/claim-request.ts';
import { overlap } from '../../core/claims.ts';
import type { EventOf } from '../../core/event.ts';
import { type ClaimMode, missing, taking } from '../../core/holding.ts';
import { fromTop, pathOf, patternsOf } from '../../core/pattern.ts';
import { taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { tasksInForce } from './lapse.ts';
import { standing, taskWrites, termOf } from './record.ts';
import { askForPaths, claimRequests } from './request.ts';
import { type Rules, rulesFor } from './rules.ts';
import { settleRequests } from './settle.ts';
import { catchUp, tellWorktrees } from './told.ts';
import { taskAndVoice, type Voice } from './voice.ts';

export interface ClaimInput {
  readonly patterns: readonly string[];
  /** Undefined: the task whose worktree gwt stands in. */
  readonly task?: string;
  readonly mode: ClaimMode;
  /** How long it is to hold, in milliseconds; undefined: as long as the task. */
  readonly ttl?: number;
  readonly why?: string;
}
export interface Claimed {
  readonly task: string;
  readonly mode: ClaimMode;
  /** Taken now. */
  readonly taken: readonly string[];
  readonly until: string | null;
  /** The task had it already. */
  readonly held: readonly string[];
  /** Config lets every task change it: there is nothing to claim. */
  readonly common: readonly string[];
  /** Somebody else has to agree first. */
  readonly request: ClaimRequest | null;
}

/**
 * Claims paths for a task. What is free is taken at once, by one of several that ask at the same time; for the rest its
 * owners, approvers or a person are asked. Refuses `claim.invalid`, `claim.foreign`, `task.none`, and `task.state` for
 * a task that is over.
 */
export async function claim(ports: Ports, given: ClaimInput): Promise<Claimed> {
  const patterns = given.patterns.map(fromTop);
  if (patternsOf(patterns).every(({ negated }) => negated))
    throw new Refusal('usage.bad', { problem: 'no path is named', command: 'claim' });
  const { task, voice } = await taskAndVoice(ports, given.task, 'claim paths');
  const input = { ...given, patterns, files: await filesAmong(ports, task, patterns) };
  await tasksInForce(ports);
  const taken = await takeFree(ports, task, input, voice, await rulesFor(ports, task.target));
  if (taken.patterns.length > 0) await tellWorktrees(ports);
  else await catchUp(ports);
  const { asked } = taken;
  const request = asked.length > 0 ? await askForPaths(ports, { ...input, task, voice, patterns: asked }) : undefined;
  await settleRequests(ports);
  const asking = request && (await claimRequests(ports)).find(({ id }) => id === request.id);
  const { mode } = input;
  const { held, common, until = null } = taken;
  return { task: task.id, mode, taken: taken.patterns, until, held, common, request: asking ?? null };
}

interface Taken {
  readonly patterns: readonly string[];
  readonly until?: string;
  readonly held: readonly string[];
  readonly common: readonly string[];
  readonly asked: readonly string[];
}

/** Patterns that name a file the branch has: such a one cannot meet a claim by what lies below it. */
async function filesAmong({ git }: Ports, { branch }: Task, patterns: readonly string[]): Promise<readonly string[]> {
  const named = patterns.filter((pattern) => !/[\n\r]/.test(pathOf(pattern) ?? '\n'));
  const found = await git.objects.read(named.map((pattern) => `refs/heads/${branch}:${pathOf(pattern)}`));
  return named.filter((_, at) => found[at]?.type === 'blob');
}

type Input = ClaimInput & { readonly files: readonly string[] };

async function takeFree(ports: Ports, { id }: Task, input: Input, voice: Voice, rules: Rules): Promise<Taken> {
  const key = `tasks/${id}` as const;
  const now = ports.clock.now();
  let event: EventOf<'claim.taken'> | undefined;
  const taken = await ports.ledger.transact<Taken>({ keys: [key, 'meta/claims'], kinds: ['tasks'] }, (view) => {
    event = undefined;
    const task = standing(view, id);
    const sorted = sortedOut(task, input, view.all('tasks').map(taskOf), rules);
    const { free, ...rest } = sorted;
    const terms = free.map((pattern) => termOf(pattern, input, voice, now));
    const until = terms[0]?.until;
    const result = { ...rest, patterns: free, ...(until ? { until } : {}) };
    if (free.length === 0) return { writes: [], result };
    event = eventOf(id, input, free, until, now);
    return { writes: taskWrites(key, { ...task, ...taking(task, input.mode, terms) }, event), result };
  });
  if (event) ports.report(event);
  return taken;
}

/** A list with exceptions is one thing; else each pattern is taken or asked for by itself. */
function sortedOut(task: Task, { patterns, mode, files }: Input, tasks: readonly Task[], rules: Rules) {
  const units = patterns.some((pattern) => pattern.startsWith('!')) ? [patterns] : patterns.map((one) => [one]);
  const sorted = { free: [] as string[], held: [] as string[], common: [] as string[], asked: [] as string[] };
  for (const unit of units) {
    const wanted = { task: task.id, patterns: unit, mode, files };
    if (missing(task, unit, mode).length === 0) sorted.held.push(...unit);
    else if (partiesOf(wanted, { tasks, ...rules }).length > 0) sorted.asked.push(...unit);
    else if (overlap(unit, ['**'], rules.shared)) sorted.free.push(...unit);
    else sorted.common.push(...unit);
  }
  return sorted;
}

function eventOf(
  task: string,
  { mode, why = '' }: ClaimInput,
  owns: readonly string[],
  until: string | undefined,
  now: number,
): EventOf<'claim.taken'> {
  const how = { ...(mode === 'shared' ? { shared: true } : {}), ...(until ? { until } : {}), ...(why ? { why } : {}) };
  return { type: 'claim.taken', at: new Date(now).toISOString(), task, owns, ...how };
}
