import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';
import { init, targetOf } from './init.ts';
import { alone } from './merge/alone.ts';
import type { Merged, MergeInput } from './merge/answer.ts';
import { goOn, noted } from './merge/cut.ts';
import type { Ends } from './merge/fallen.ts';
import { doubt } from './merge/learn.ts';
import type { Hold } from './merge/lease.ts';
import { catchUp, farOf, type Pushed, pushTarget } from './merge/push.ts';
import { oneRound } from './merge/round.ts';
import { openTools } from './merge/tools.ts';
import { fillPool } from './pool/withdraw.ts';
import { remove } from './remove.ts';
import { allTasks } from './tasks.ts';

export type { Merged, MergeInput, Planned } from './merge/answer.ts';

/** Somebody else may move the target while gates run: so often is the train built anew before gwt gives up. */
const ROUNDS = 5;

/** Lands what is finished, or what is named, on the target; all that can land does, and for the rest it says why not. */
export async function merge(ports: Ports, input: MergeInput): Promise<Merged> {
  if (input.dryRun) return inRounds(ports, input, input.into ?? (await targetUnprepared(ports)));
  const target = input.into ?? (await targetOf(ports));
  return alone(ports, target, (hold) =>
    noted(ports, target, input, async () => {
      const merged = await inRounds(ports, input, target, hold);
      const clean = input.clean ?? (await ports.config.load()).merge.clean;
      // What has landed has landed, whatever keeps its worktree from being handed on.
      await fillPool(ports).catch(() => undefined);
      return clean ? { ...merged, ...(await cleaned(ports, merged)) } : merged;
    }),
  );
}

/** Goes on with a landing that was cut short. Refuses `merge.nothing` where none was. */
export async function resume(ports: Ports): Promise<Merged> {
  return goOn(ports, merge);
}

/** Takes worktree and branch of what landed away, as `gwt rm` does; what is in use stays. */
async function cleaned(ports: Ports, { landed }: Merged): Promise<Pick<Merged, 'removed' | 'kept'>> {
  const removed: string[] = [];
  const kept: { task: string; why: string }[] = [];
  for (const task of landed.flatMap((one) => one.task ?? [])) {
    try {
      await remove(ports, { tasks: [task] });
      removed.push(task);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      kept.push({ task, why: error.code });
    }
  }
  return { removed, kept };
}

/** The target, without preparing the repository for it. */
async function targetUnprepared(ports: Ports): Promise<string> {
  return (await ports.config.load()).target ?? (await init(ports, { dryRun: true })).target;
}

/** With a remote the train is built on what is there, and built anew when somebody pushed first. */
async function inRounds(ports: Ports, input: MergeInput, target: string, hold?: Hold): Promise<Merged> {
  const far = hold && (await farOf(ports, target, input.push));
  const opened = await openTools(ports, {
    ...input,
    ...(hold ? { run: hold.run } : {}),
    target,
    tasks: await allTasks(ports),
  });
  let ends: Ends = { escalated: [], bounced: [], skipped: [] };
  let { names } = input;
  for (let round = 1; ; round += 1) {
    const start = far && hold && (await catchUp(ports, far, hold));
    if (start && start.again.length > 0) names = await withAgain(ports, names, start.again, target);
    const done = await oneRound(ports, { ...input, names }, target, { ...opened, hold });
    if (done !== 'outrun') {
      for (const { resolutions, why } of opened.settler.doubted()) await doubt(ports, resolutions, why);
      const merged = joined(done, ends);
      if (!far || !start) return merged;
      const pushed = await pushTarget(ports, far, start.expected);
      if (pushed.outcome !== 'outrun' || round === ROUNDS) return { ...merged, undo: undoOf(merged, pushed), pushed };
      tellOutrun(ports, target, `${far.remote}: ${pushed.why}`);
      ends = ended(merged);
    } else {
      if (round === ROUNDS) throw new Refusal('ledger.moved', { refs: [`refs/heads/${target}`] });
      tellOutrun(ports, target, 'it or a branch was moved by somebody else');
    }
  }
}

/** What was pushed others may have: it is taken back with commits on top alone. */
const undoOf = ({ undo }: Merged, { outcome }: Pushed): string | null =>
  undo !== null && outcome === 'pushed' ? `${undo} --revert` : undo;

const ended = ({ escalated, bounced, skipped }: Merged): Ends => ({ escalated, bounced, skipped });

/** What was decided about branches in earlier rounds belongs into the answer; what a later round says of them again does not. */
function joined(merged: Merged, before: Ends): Merged {
  const { escalated, bounced } = joinEnds(before, ended(merged));
  const told = new Set([...escalated, ...bounced].map(({ branch }) => branch));
  const skipped = merged.skipped.filter(({ branch }) => !told.has(branch));
  return { ...merged, escalated, bounced, skipped, incomplete: merged.incomplete || before.bounced.length > 0 };
}

function joinEnds(before: Ends, now: Ends): Ends {
  const later = new Set([...now.escalated, ...now.bounced].map(({ branch }) => branch));
  const still = <T extends { readonly branch: string }>(all: readonly T[]) =>
    all.filter(({ branch }) => !later.has(branch));
  return {
    escalated: [...still(before.escalated), ...now.escalated],
    bounced: [...still(before.bounced), ...now.bounced],
    skipped: now.skipped,
  };
}

/** What had to be taken back, since somebody else pushed first, lands again with the rest. */
async function withAgain(ports: Ports, names: readonly string[], again: readonly string[], target: string) {
  const tasks = await allTasks(ports);
  const all = tasks.filter((task) => task.state === 'finished' && task.target === target).map(({ id }) => id);
  return [...new Set([...(names.length > 0 ? names : all), ...again])];
}

function tellOutrun(ports: Ports, target: string, why: string): void {
  ports.report({ type: 'landing.outrun', at: new Date(ports.clock.now()).toISOString(), target, why });
}
