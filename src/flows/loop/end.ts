import { join } from 'node:path';
import { type Prd, readPrd } from '../../core/prd.ts';
import { Refusal } from '../../core/refusal.ts';
import type { LoopOutcome, Trace } from '../../core/stops.ts';
import type { Task } from '../../core/task.ts';
import { addUsage, NO_USAGE } from '../../core/usage.ts';
import { closeQuestions, type EscalationInput, openEscalation } from '../escalate.ts';
import { changeTask } from '../tasks.ts';
import type { LoopPorts, LoopRun, Memory, TaskLooped } from './run.ts';

/** How far a loop came. */
export interface Progress {
  readonly task: Task;
  readonly memory: Memory;
  readonly traces: readonly Trace[];
}
export interface Stop {
  readonly outcome: LoopOutcome;
  readonly reason: string;
}

const STATES: Readonly<Record<LoopOutcome, 'finished' | 'queued' | 'blocked'>> = {
  complete: 'finished',
  max: 'queued',
  budget: 'queued',
  limit: 'queued',
  interrupted: 'queued',
  stuck: 'blocked',
  blocked: 'blocked',
  failed: 'blocked',
};

/** Moves the task on, gives its lease back and tells how the loop ended; asks a person where one is needed. */
export async function ended(
  ports: LoopPorts,
  loop: LoopRun,
  now: Progress,
  prd: Prd,
  { outcome, reason }: Stop,
): Promise<TaskLooped> {
  const { task, traces } = now;
  const asked = await askedOf(ports, now, { outcome, reason });
  const at = new Date(ports.clock.now()).toISOString();
  const after = await changeTask(ports, loop.id, (known, docs) => ({
    event: { type: 'loop.ended', at, task: loop.id, outcome, iterations: traces.length },
    // Somebody else may have moved it on meanwhile: then it stays where they put it.
    ...(known.state === 'running' ? { state: grown(prd, docs) ? 'queued' : STATES[outcome] } : {}),
    change: known.lease?.run === loop.run ? { lease: undefined } : {},
  }));
  const escalation = asked ?? after.blocked?.escalation;
  return {
    id: task.id,
    outcome,
    iterations: traces.length,
    stories: { total: prd.stories.length, passing: prd.stories.filter(({ passes }) => passes).length },
    usage: traces.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
    gates: loop.gates.length,
    cheats: traces.findLast(({ cheats }) => cheats)?.cheats ?? [],
    reason,
    branch: task.branch,
    worktree: task.worktree,
    ...(escalation ? { escalation } : {}),
  };
}

/** The question to a person, where one is needed. What is used up does not keep a task from being taken up again. */
async function askedOf(ports: LoopPorts, now: Progress, { outcome, reason }: Stop): Promise<string | undefined> {
  if (now.task.state !== 'running') return undefined;
  if (outcome === 'budget') return ask(ports, now, { reason: 'budget', summary: reason, blocks: false });
  await closeQuestions(ports, now.task.id, ['budget', 'stale'], 'gwt loop');
  if (STATES[outcome] !== 'blocked') return undefined;
  return ask(ports, now, { reason: 'stuck', summary: reason, blocks: true });
}

/** A story came into the ledger since the loop last looked: then it is not finished, nor is a person needed first. */
const grown = (prd: Prd, { 'prd.json': now }: Readonly<Record<string, string>>): boolean =>
  now !== undefined && readPrd(now, 'prd.json').stories.length > prd.stories.length;

/** Asks a person, and names what was tried and how to go on. */
async function ask(
  ports: LoopPorts,
  { task, traces, memory }: Progress,
  question: Pick<EscalationInput, 'reason' | 'summary' | 'blocks'>,
): Promise<string> {
  const { id } = await openEscalation(ports, {
    branch: task.branch,
    task: task.id,
    ...question,
    context: {
      tried: traces.map(({ outcome, reason }, at) => `iteration ${at + 1}: ${outcome}, ${reason}`),
      ...(memory.last?.output ? { output: memory.last.output.slice(-4000) } : {}),
      notes: [...(traces.at(-1)?.advice ?? []), `transcripts: gwt logs ${task.id}`, `to go on: gwt loop ${task.id}`],
    },
  });
  return id;
}

/** After something that ends gwt: the task is free again. */
export async function giveBack(ports: LoopPorts, id: string, run: string, before: Task): Promise<void> {
  const at = new Date(ports.clock.now()).toISOString();
  await changeTask(ports, id, (now) =>
    now.lease?.run === run
      ? {
          event: { type: 'loop.ended', at, task: id, outcome: 'failed', iterations: now.iteration - before.iteration },
          ...(now.state === 'running' ? { state: 'queued' } : {}),
          change: { lease: undefined },
        }
      : undefined,
  );
}

/** A worktree or a ledger that somebody deleted in the middle of it is told as that. */
export async function explained({ files }: LoopPorts, { id, worktree }: Task, error: unknown): Promise<unknown> {
  if (!(error instanceof Refusal)) return error;
  if (error.code === 'task.unknown') return new Refusal('ledger.gone', { task: id });
  const gone =
    (error.code === 'path.missing' || error.code === 'git.failed') && !(await files.exists(join(worktree, '.git')));
  return gone ? new Refusal('path.missing', { path: worktree, what: `the worktree of ${id}` }) : error;
}
