import { join } from 'node:path';
import { questionIn } from '../../core/aside.ts';
import type { Bound } from '../../core/bound.ts';
import { oneLine } from '../../core/event.ts';
import { groundBefore } from '../../core/ground.ts';
import type { Story } from '../../core/prd.ts';
import { type Proposals, proposalsOf } from '../../core/proposal.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Trace } from '../../core/stops.ts';
import { strayAdvice } from '../../core/stray.ts';
import type { Task } from '../../core/task.ts';
import { type Trouble, troubleIn } from '../../core/trouble.ts';
import { addUsage, type Usage } from '../../core/usage.ts';
import type { AgentEnd } from '../../ports.ts';
import { changeTask } from '../tasks.ts';
import { runAgent, transcriptOf } from './agent.ts';
import { begin } from './begin.ts';
import { claimsAfter } from './claims.ts';
import { collect } from './collect.ts';
import { freeDeadLocks } from './dead-locks.ts';
import { earlyNotes } from './early.ts';
import { keepGround, lookAt } from './ground.ts';
import { startPulse } from './heartbeat.ts';
import { headAndTail } from './output.ts';
import { outsideBefore, straysSince } from './outside.ts';
import { type Iterated, oddities, record } from './record.ts';
import type { LoopPorts, LoopRun, Memory } from './run.ts';
import { type Standing, type Verified, verify } from './verify.ts';

export interface Iteration {
  readonly trace: Trace;
  readonly memory: Memory;
  readonly standing: Standing;
  readonly task: Task;
  /** Uncommitted paths of other people that keep a story from being verified: only a person can move them. */
  readonly inTheWay: readonly string[];
}

/** What is worked on, and who hears of what the agent uses while it runs. */
export interface Next {
  readonly story: Story;
  readonly reason: string;
  readonly seen: (usage: Usage) => void;
  /** What its run may use up. */
  readonly bounds: readonly Bound[];
}

/** One iteration: a fresh agent on one story, what git shows of it, the gates, the verdict, all of it recorded. */
export async function iterate(
  ports: LoopPorts,
  loop: LoopRun,
  next: Next,
  memory: Memory,
  was: Standing,
): Promise<Iteration> {
  await earlyNotes(ports, loop);
  const work = await begin(ports, loop, next, was, memory.cut === true);
  const [ground, before] = await Promise.all([
    groundNow(ports, loop, work.task, memory),
    outsideBefore(ports, loop, work.task, memory.outside),
  ]);
  const pulse = startPulse(ports, loop, {
    story: next.story.id,
    iteration: work.task.iteration,
    before: work.task.usage,
    worktree: work.task.worktree,
    errors: memory.errors ?? 0,
  });
  try {
    await memory.saved;
    await freeDeadLocks(ports, work.task);
    const ran = await runAgent(ports, loop, work, memory, { pulse, seen: next.seen, bounds: next.bounds });
    if (ran.code !== 0) await freeDeadLocks(ports, work.task);
    const outside = straysSince(ports, loop, work.task, before, transcriptOf(loop, work.task));
    // Awaited below: until then a failure is nobody's.
    outside.catch(() => {});
    const proposals = proposalsOf(work.prd, await ports.files.read(join(work.task.worktree, work.task.seeds.prd)));
    const progressCopy = await ports.files.read(join(work.task.worktree, work.task.seeds.progress));
    const subject = oneLine(`${next.story.id}: ${next.story.title}`, 72);
    const now = await claimsAfter(ports, loop, work);
    const collected = await collect(ports, now.loop, now.work.task, ground, subject);
    const strayed = await outside;
    const wrote = progressCopy !== undefined && progressCopy.trim() !== work.progress.trim();
    const seen = { end: ran, collected, proposals, pulse, strayed, wrote };
    const verified = await verify(ports, now.loop, now.work, was, memory, seen);
    const end = { ...ran, usage: addUsage(ran.usage, verified.reviewUsage) };
    const trouble = troubleOf(ports, end, verified);
    const made = { work, end, proposals, progressCopy, left: collected.left, verified };
    const done: Iterated = { ...made, ...(trouble ? { trouble } : {}) };
    await pulse.recorded();
    const { task, saved } = await record(ports, loop, done);
    const output = loop.hide(await outputOf(ports, done));
    const outcome = outcomeOf(done, memory, output, strayAdvice(strayed.strays, loop.repo.root));
    const sight = verified.verdicts.length > 0 ? {} : { sight: collected.sight };
    const look = strayed.look ? { outside: strayed.look } : {};
    return { ...outcome, memory: { ...outcome.memory, ...sight, ...look, saved }, task };
  } catch (error) {
    // Nothing was cut short here: gwt itself would not go on.
    await keepGround(ports, loop, { ...ground, phase: 'rest' });
    if (error instanceof Refusal && error.code.startsWith('agent.')) await uncount(ports, work.task, error.code);
    throw error;
  } finally {
    await pulse.stop();
  }
}

/** An iteration whose agent could not be started is none. */
async function uncount(ports: LoopPorts, { id, iteration }: Task, why: string): Promise<void> {
  const at = new Date(ports.clock.now()).toISOString();
  await changeTask(ports, id, () => ({
    event: { type: 'task.changed', at, task: id, what: `iteration ${iteration} did not run (${why})` },
    change: { iteration: iteration - 1 },
  }));
}

async function groundNow(ports: LoopPorts, loop: LoopRun, task: Task, memory: Memory) {
  const { changes, head } = memory.sight ?? (await lookAt(ports, task));
  const ground = groundBefore(changes, memory.ground, head);
  await keepGround(ports, loop, ground);
  return ground;
}

function outcomeOf(
  done: Iterated,
  memory: Memory,
  output: string,
  advice: readonly string[],
): Omit<Iteration, 'task' | 'memory'> & { readonly memory: Omit<Memory, 'saved'> } {
  const { verified, end, work, proposals, left } = done;
  const { judgement, now, changed, ground } = verified;
  const { outcome, reason, passes } = judgement;
  const worked = new Set(memory.worked);
  if (passes) worked.delete(work.story.id);
  else if (changed) worked.add(work.story.id);
  const { trouble } = done;
  const idle = !changed && (outcome === 'empty' || outcome === 'unproposed');
  const question = idle ? questionIn(end.text) : undefined;
  return {
    trace: {
      outcome,
      reason,
      tree: now.tree,
      verdict: verdictLine(verified),
      story: work.story.id,
      usage: end.usage,
      seconds: end.seconds,
      ...oddities(verified),
      ...(verified.cheats.length > 0 ? { cheats: verified.cheats } : {}),
      ...(trouble ? { trouble } : {}),
      ...(advice.length > 0 ? { advice } : {}),
      ...(end.over ? { over: end.over } : {}),
      ...(question ? { question } : {}),
    },
    standing: now,
    memory: {
      errors: passes ? 0 : (memory.errors ?? 0) + 1,
      ...(passes ? {} : { last: { story: work.story.id, reason, output } }),
      warnings: warningsOf(proposals, left, work.story.id),
      worked,
      proven: passes ? new Map([...memory.proven, [work.story.id, now.head]]) : memory.proven,
      spent: memory.spent,
      steps: memory.steps,
      ground,
    },
    inTheWay: outcome === 'dirty' ? ground.foreign : [],
  };
}

/** What a gate that said no printed, else what the agent did that did not end well. */
async function outputOf({ files }: LoopPorts, { verified, end }: Iterated): Promise<string> {
  const red = verified.verdicts.find(({ passed }) => !passed);
  if (red) return headAndTail(files, red.log, red.tail);
  return verified.judgement.outcome === 'failed' ? end.tail : '';
}

/** What the provider did to the run; work that was judged, well or badly, was done all the same. */
function troubleOf({ clock, self }: LoopPorts, end: AgentEnd, { judgement, changed }: Verified): Trouble | undefined {
  if (
    judgement.passes ||
    judgement.outcome === 'stopped' ||
    judgement.outcome === 'budget' ||
    end.outcome === 'timeout' ||
    end.outcome === 'idle'
  )
    return undefined;
  const trouble = troubleIn(end, clock.now(), self.zone);
  // A notice in the output of a program that ended well is believed only where it did nothing.
  return end.wellFormed && changed ? undefined : trouble;
}

const verdictLine = ({ verdicts }: Verified): string =>
  verdicts.map(({ gate, outcome, code }) => `${gate}: ${outcome} ${code}`).join('; ');

/** What the agent did to its own files that did not count, for its next prompt. */
function warningsOf({ broken, altered, flipped }: Proposals, left: Iterated['left'], story: string): readonly string[] {
  const others = flipped.filter((id) => id !== story);
  return [
    ...(broken
      ? [`Your copy of the PRD could not be read (${broken}). It was put back; nothing you wrote in it counted.`]
      : []),
    ...(altered
      ? ['You changed stories in the PRD beyond "passes" and "notes". That was put back: only people change stories.']
      : []),
    ...(others.length > 0 ? [`You marked ${others.join(', ')} too. Only the story you were given can pass.`] : []),
    ...left.map(({ path, why }) => `${path} was not committed: ${why}`),
  ];
}
