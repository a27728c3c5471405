import { type Landing, lastStanding } from '../core/landing.ts';
import { parsed } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';
import { refreshHooks } from './hooks.ts';
import { targetOf } from './init.ts';
import { alone } from './merge/alone.ts';
import { takeBackLanding } from './merge/land.ts';
import { moveTarget } from './merge/move.ts';

export interface UndoInput {
  readonly into?: string;
  readonly dryRun?: boolean;
}
export interface Undone {
  readonly target: string;
  readonly landing: string;
  readonly before: string;
  readonly after: string;
  readonly branches: readonly string[];
  readonly dryRun: boolean;
}

/**
 * Takes the last landing on the target back: the target to where it was, its tasks to finished. What was landed stays
 * reachable from the landing's record. Refuses `undo.none`, `undo.built-on` and `undo.blocked`.
 */
export async function undo(ports: Ports, { into, dryRun = false }: UndoInput): Promise<Undone> {
  const target = into ?? (await targetOf(ports));
  return alone(ports, target, () => takenBack(ports, target, dryRun));
}

async function takenBack(ports: Ports, target: string, dryRun: boolean): Promise<Undone> {
  const entries = await ports.ledger.list('landings', ['landing.json']);
  const landing = lastStanding(
    entries.map((entry) => parsed<Landing>(entry, 'landing.json')),
    target,
  );
  if (!landing) throw new Refusal('undo.none', {});
  const { id, before, after, landed } = landing;
  const now = (await ports.git.refs.resolve(`refs/heads/${target}`)) ?? '';
  if (now !== after) throw new Refusal('undo.built-on', { landing: id, target, now });
  const result = {
    target,
    landing: id,
    before: after,
    after: before,
    branches: landed.map(({ branch }) => branch),
    dryRun,
  };
  if (dryRun) return result;
  const record = async () => takeBackLanding(ports, landing).then(() => true, outrun);
  const end = await moveTarget(ports, { target, from: after, to: before }, record, async () => {
    await ports.git.refs.move([{ ref: `refs/heads/${target}`, from: before, to: after }], 'gwt: undo taken back');
  });
  if (end.outcome === 'blocked')
    throw new Refusal('undo.blocked', { worktree: end.worktree, paths: end.paths.length > 0 ? end.paths : [end.why] });
  if (end.outcome === 'outrun')
    throw new Refusal('undo.built-on', {
      landing: id,
      target,
      now: (await ports.git.refs.resolve(`refs/heads/${target}`)) ?? '',
    });
  const at = new Date(ports.clock.now()).toISOString();
  ports.report({ type: 'landing.undone', at, target, landing: id, to: before });
  // What these tasks claim binds the others again.
  await refreshHooks(ports);
  return result;
}

function outrun(error: unknown): boolean {
  if (error instanceof Refusal && error.code === 'ledger.moved') return false;
  throw error;
}
