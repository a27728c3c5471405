import { join } from 'node:path';
import { failingIn } from '../../core/failing.ts';
import type { Verdict } from '../../core/gate.ts';
import { readIn } from '../../core/notes.ts';
import { writePrd } from '../../core/prd.ts';
import { joinedProgress, progressEntry } from '../../core/progress.ts';
import type { Proposals } from '../../core/proposal.ts';
import type { Trace } from '../../core/stops.ts';
import type { Task } from '../../core/task.ts';
import type { Trouble } from '../../core/trouble.ts';
import { addUsage, type Usage } from '../../core/usage.ts';
import { changeTask } from '../tasks.ts';
import type { Assignment } from './agent.ts';
import type { Left } from './collect.ts';
import { keepGround } from './ground.ts';
import { keepWorktree } from './keep.ts';
import { leaseOf } from './lease.ts';
import { copiedPrd } from './places.ts';
import type { LoopPorts, LoopRun } from './run.ts';
import type { Verified } from './verify.ts';
import type { Watched } from './watch.ts';

export interface Iterated {
  readonly work: Assignment;
  readonly end: Watched;
  readonly proposals: Proposals;
  readonly progressCopy: string | undefined;
  readonly left: readonly Left[];
  readonly verified: Verified;
  /** What the provider did to it. */
  readonly trouble?: Trouble;
}

/**
 * Writes one iteration into the ledger: flags, notes, journal, usage, all in one event; then the working copies are made
 * to say the same. Gives the task as it is now, and when the checkpoint of the worktree will be there: no agent may run
 * before.
 */
export async function record(
  ports: LoopPorts,
  loop: LoopRun,
  done: Iterated,
): Promise<{ readonly task: Task; readonly saved: Promise<void> }> {
  const { work, end, verified } = done;
  const { judgement, commits, now } = verified;
  const at = new Date(ports.clock.now()).toISOString();
  const docs: Record<string, string> = {};
  const { id: story } = work.story;
  const task = await changeTask(ports, loop.id, (before, known) => {
    docs['prd.json'] = flagged(known['prd.json'] ?? work.prd.text, done);
    const { heard, docs: notes } = heardIn(known, done);
    docs['progress.md'] = journal(known['progress.md'] ?? '', loop, { ...done, heard }, at);
    const { outcome, reason, verified } = judgement;
    const { head, tree } = now;
    const verdicts = done.verified.verdicts.map(provenBy);
    const told = { outcome, reason, verified, verdicts };
    const trouble = done.trouble ? { trouble: done.trouble.kind } : {};
    const { cheats, pinned } = done.verified;
    const facts = {
      story,
      ...told,
      ...trouble,
      ...(cheats.length > 0 ? { cheats } : {}),
      ...(pinned.length > 0 ? { pinned } : {}),
      ...oddities(done.verified),
      commits,
      seconds: end.seconds,
      usage: end.usage,
      head,
      tree,
    };
    return {
      event: { type: 'iteration.ended', at, task: loop.id, iteration: work.task.iteration, ...facts },
      change: {
        usage: addUsage(before.usage, end.usage),
        today: usedOn(before.today, at, end.usage),
        ...(before.lease?.run === loop.run ? { lease: leaseOf(ports, loop.run) } : {}),
      },
      docs: { ...docs, ...notes },
    };
  });
  if (judgement.passes) ports.report({ type: 'story.passed', at, task: loop.id, story, tree: now.tree });
  await copyOut(ports, loop, work.task, docs);
  // Only now is the iteration whole: one that was cut short before is found by this.
  await keepGround(ports, loop, done.verified.ground);
  const { iteration } = work.task;
  const { outcome } = judgement;
  const saved = keepWorktree(ports, work.task, `iteration ${iteration} ${outcome}`, { iteration, outcome });
  // Awaited later: until then a failure is nobody's.
  saved.catch(() => {});
  return { task, saved };
}

/** An agent that its provider, a person or a mishap ended may have read nothing: it is told again. */
function heardIn(docs: Readonly<Record<string, string>>, { work, verified, trouble }: Iterated) {
  const { outcome } = verified.judgement;
  if (trouble || outcome === 'stopped' || outcome === 'failed') return { heard: [], docs: {} };
  return readIn(docs, work.task.iteration);
}

/** What anomalies are found by, also by later loops. */
export function oddities({ paths, verdicts }: Verified): Pick<Trace, 'paths' | 'failing'> {
  const red = verdicts.find(({ passed }) => !passed);
  const count = red && failingIn(red.tail);
  const failing = red && count !== undefined ? { failing: { gate: red.gate, count } } : {};
  return { ...(paths.length > 0 ? { paths } : {}), ...failing };
}

/** What is kept of a verdict: enough to run the same again and to find what it printed. */
function provenBy({ gate, run, passed, code, seconds, tree, log, cached, inherited }: Verdict) {
  return {
    gate,
    passed,
    seconds,
    tree,
    code,
    ...(run ? { run } : {}),
    ...(log ? { log } : {}),
    ...(cached ? { cached } : {}),
    ...(inherited ? { inherited } : {}),
  };
}

function usedOn(before: Task['today'], at: string, usage: Usage): NonNullable<Task['today']> {
  const day = at.slice(0, 'yyyy-mm-dd'.length);
  return { day, usage: before?.day === day ? addUsage(before.usage, usage) : usage };
}

function flagged(ledger: string, { work, proposals, verified }: Iterated): string {
  // A note beside work that was not done explains nothing; written again beside a later attempt it is new.
  const taken = verified.judgement.outcome === 'empty' ? {} : proposals.notes;
  const notes = Object.entries(taken).map(([id, text]) => [id, { notes: text }] as const);
  const changes: Record<string, { passes?: boolean; notes?: string }> = Object.fromEntries(notes);
  if (verified.judgement.passes) changes[work.story.id] = { ...changes[work.story.id], passes: true };
  return writePrd(ledger, changes);
}

function journal(
  now: string,
  loop: LoopRun,
  { work, end, verified, left, progressCopy, heard }: Iterated & { readonly heard: readonly string[] },
  at: string,
): string {
  const { task, story } = work;
  const { judgement, verdicts, commits } = verified;
  const entry = progressEntry({
    at,
    iteration: task.iteration,
    story: story.id,
    title: story.title,
    outcome: judgement.outcome,
    reason: judgement.reason,
    agent: loop.agent,
    seconds: end.seconds,
    usage: end.usage,
    head: verified.now.head,
    commits,
    verdicts,
    left,
    cheats: verified.cheats,
    heard,
    said: end.text,
  });
  const written = { iteration: task.iteration, before: work.progress, copy: progressCopy };
  const joined = joinedProgress(now, written, entry);
  return now + loop.hide(joined.slice(now.length));
}

/** Makes the agent's working copies say what the ledger says. */
export async function copyOut(
  ports: LoopPorts,
  loop: LoopRun,
  task: Task,
  docs: Readonly<Record<string, string>>,
): Promise<void> {
  const { prd, progress } = task.seeds;
  const put = async (path: string, text: string | undefined) => {
    if (text !== undefined && (await ports.files.read(path)) !== text) await ports.files.jot(path, text);
  };
  await put(copiedPrd(loop.folder), docs['prd.json']);
  await Promise.all([
    put(join(task.worktree, prd), docs['prd.json']),
    put(join(task.worktree, progress), docs['progress.md']),
  ]);
}
