import type { ClaimRequest } from '../../core/claim-request.ts';
import type { ClaimMode } from '../../core/holding.ts';
import { isActive, type Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { taskNamed } from '../tasks.ts';
import { tasksInForce } from './lapse.ts';
import { claimRequests } from './request.ts';
import { settleRequests } from './settle.ts';
import { catchUp } from './told.ts';

/** One pattern a task holds. */
export interface ClaimRow {
  readonly task: string;
  readonly state: Task['state'];
  readonly mode: ClaimMode;
  readonly pattern: string;
  readonly since: string;
  readonly until: string | null;
  readonly by: string | null;
  readonly why: string | null;
}
export interface Claims {
  readonly claims: readonly ClaimRow[];
  /** Those that wait for an answer; with `all` the others too. */
  readonly requests: readonly ClaimRequest[];
}

/** What every active task claims, and who asks for what. */
export async function claims(ports: Ports, input: { readonly task?: string; readonly all?: boolean }): Promise<Claims> {
  const only = input.task === undefined ? undefined : (await taskNamed(ports, input.task)).id;
  await settleRequests(ports);
  await catchUp(ports);
  const tasks = (await tasksInForce(ports)).filter((task) => isActive(task) && (only ?? task.id) === task.id);
  const requests = (await claimRequests(ports))
    .filter(({ state }) => input.all === true || state === 'open')
    .filter(({ task, parties }) => only === undefined || task === only || parties.some((one) => one.task === only));
  return { claims: tasks.flatMap(rowsOf), requests };
}

function rowsOf(task: Task): readonly ClaimRow[] {
  const row =
    (mode: ClaimMode) =>
    (pattern: string): ClaimRow => {
      const term = task.terms?.find((one) => one.pattern === pattern);
      const { since = task.createdAt, until = null, by = null, why = null } = term ?? {};
      return { task: task.id, state: task.state, mode, pattern, since, until, by, why };
    };
  return [...task.owns.map(row('exclusive')), ...(task.shares ?? []).map(row('shared'))];
}
