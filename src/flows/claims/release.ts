import { givingUp, holdsAny } from '../../core/holding.ts';
import { fromTop, patternsOf } from '../../core/pattern.ts';
import { taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { keptOf } from './kept.ts';
import { tasksInForce } from './lapse.ts';
import { standing, taskWrites } from './record.ts';
import { settleRequests } from './settle.ts';
import { tellWorktrees } from './told.ts';
import { taskAndVoice } from './voice.ts';

export interface ReleaseInput {
  readonly patterns: readonly string[];
  readonly task?: string;
  /** All that the task claims, with others too. */
  readonly all?: boolean;
}
export interface Released {
  readonly task: string;
  readonly released: readonly string[];
  /** What it claims still, for itself alone and with others. */
  readonly owns: readonly string[];
  readonly shares: readonly string[];
  /** Committed there before: it may land as it is. */
  readonly kept: readonly string[];
}

/**
 * Gives paths up: they are not the task's to change any more. What it has committed there may land still, as it is now.
 * Refuses `claim.none` when it holds nothing of them.
 */
export async function release(ports: Ports, input: ReleaseInput): Promise<Released> {
  const { task: named } = await taskAndVoice(ports, input.task, 'release paths');
  const task = (await tasksInForce(ports)).find(({ id }) => id === named.id) ?? named;
  const patterns = input.all
    ? [...task.owns, ...(task.shares ?? [])].filter(isPlain)
    : input.patterns.map((one) => (heldAsTyped(task, one) ? one : fromTop(one)));
  checked(task, patterns, input.all === true);
  const kept = await keptOf(ports, task, patterns);
  const key = `tasks/${task.id}` as const;
  const at = new Date(ports.clock.now()).toISOString();
  const event = { type: 'claim.released', at, task: task.id, owns: patterns } as const;
  const after = await ports.ledger.transact<Task>({ keys: [key, 'meta/claims'] }, (view) => {
    const before = standing(view, task.id);
    if (!holdsAny(before, patterns)) return { writes: [], result: before };
    const now = { ...before, ...givingUp(before, patterns, kept) };
    return { writes: taskWrites(key, now, event), result: now };
  });
  ports.report(event);
  await tellWorktrees(ports);
  await settleRequests(ports);
  const entry = await ports.ledger.read(key);
  const { owns, shares = [] } = entry ? taskOf(entry) : after;
  return { task: task.id, released: patterns, owns, shares, kept: kept.map(({ path }) => path) };
}

/** What was claimed at the spawn is given up by the same words. */
const heldAsTyped = ({ owns, shares = [] }: Task, pattern: string): boolean =>
  owns.includes(pattern) || shares.includes(pattern);

const isPlain = (pattern: string): boolean => !pattern.startsWith('!');

function checked(task: Task, patterns: readonly string[], all: boolean): void {
  if (patterns.length === 0 && !all)
    throw new Refusal('usage.bad', { problem: 'say what to release, or --all', command: 'release' });
  if (patternsOf(patterns).some(({ negated }) => negated))
    throw new Refusal('usage.bad', { problem: 'name what to release, not what to keep', command: 'release' });
  const held = [...task.owns, ...(task.shares ?? [])];
  if (!holdsAny(task, patterns)) throw new Refusal('claim.none', { task: task.id, patterns, holds: held });
}
