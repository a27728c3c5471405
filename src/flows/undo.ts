import { builtOn, chosen, type Landing, standing, type Which } from '../core/landing.ts';
import { parsed } from '../core/records.ts';
import { Refusal } from '../core/refusal.ts';
import type { Oid, Ports } from '../ports.ts';
import { refreshHooks } from './hooks.ts';
import { targetOf } from './init.ts';
import { alone } from './merge/alone.ts';
import { type Back, moveBack } from './merge/back.ts';
import type { Hold } from './merge/lease.ts';
import { revertLandings } from './merge/revert.ts';
import { signedLine } from './merge/sign.ts';

export interface UndoInput extends Which {
  readonly into?: string;
  /** With commits on top instead of putting the target back. */
  readonly revert?: boolean;
  readonly dryRun?: boolean;
}
export interface Undone {
  readonly target: string;
  /** The newest of the landings that were taken back. */
  readonly landing: string;
  /** All of them, newest first. */
  readonly landings: readonly string[];
  readonly before: string;
  readonly after: string;
  readonly branches: readonly string[];
  /** The commits that were put on top; none where the target was put back. */
  readonly reverts: readonly string[];
  /** The remote that has what was taken back by commits, and has not got these yet. */
  readonly push: string | null;
  readonly dryRun: boolean;
}

/**
 * Takes landings on the target back: the target to where it was, or by commits on top, and their tasks to finished.
 * What was landed stays reachable from the landing's record. Refuses `undo.none`, `undo.unknown`, `undo.built-on`,
 * `undo.pushed`, `undo.conflict` and `undo.blocked`; then nothing was changed.
 */
export async function undo(ports: Ports, input: UndoInput): Promise<Undone> {
  const target = input.into ?? (await targetOf(ports));
  return alone(ports, target, (hold) => takenBack(ports, target, input, hold));
}

async function takenBack(ports: Ports, target: string, input: UndoInput, hold: Hold): Promise<Undone> {
  const { revert = false, dryRun = false } = input;
  const landings = await landingsFor(ports, target, input);
  const from = (await ports.git.refs.resolve(`refs/heads/${target}`)) ?? '';
  const made = revert ? await revertLandings(ports, landings, target, from) : [];
  const reverts = dryRun ? made : await signedLine(ports, made);
  const push = revert ? await firstPushed(ports, landings) : undefined;
  const to = revert ? (reverts.at(-1) ?? from) : await putBack(ports, landings, target, from);
  const result = {
    target,
    landing: landings[0]?.id ?? '',
    landings: landings.map(({ id }) => id),
    before: from,
    after: to,
    branches: landings.flatMap(({ landed }) => landed.map(({ branch }) => branch)),
    reverts,
    push: push ?? null,
    dryRun,
  };
  if (dryRun) return result;
  await apply(ports, landings, { target, from, to, revert, hold });
  const at = new Date(ports.clock.now()).toISOString();
  for (const { id } of landings) ports.report({ type: 'landing.undone', at, target, landing: id, to });
  // What these tasks claim binds the others again.
  await refreshHooks(ports);
  return result;
}

async function landingsFor(ports: Ports, target: string, input: UndoInput): Promise<readonly Landing[]> {
  const entries = await ports.ledger.list('landings', ['landing.json']);
  const stands = standing(
    entries.map((entry) => parsed<Landing>(entry, 'landing.json')),
    target,
  );
  if (stands.length === 0) throw new Refusal('undo.none', {});
  const landings = chosen(stands, input, input.revert === true);
  if (landings) return landings;
  const wanted = input.id ?? `number ${input.count}`;
  throw new Refusal('undo.unknown', { landing: wanted, target, known: stands.map(({ id }) => id).slice(0, 10) });
}

/** Where the target stood before them; refuses when others may have built on it, here or elsewhere. */
async function putBack(ports: Ports, landings: readonly Landing[], target: string, now: Oid): Promise<Oid> {
  const stuck = builtOn(landings, now);
  if (stuck) throw new Refusal('undo.built-on', { landing: stuck.id, target, now });
  for (const landing of landings) {
    const remote = await pushedTo(ports, landing);
    if (remote !== undefined) throw new Refusal('undo.pushed', { landing: landing.id, target, remote });
  }
  return landings.at(-1)?.before ?? now;
}

async function firstPushed(ports: Ports, landings: readonly Landing[]): Promise<string | undefined> {
  for (const landing of landings) {
    const remote = await pushedTo(ports, landing);
    if (remote !== undefined) return remote;
  }
  return undefined;
}

/** The remote that has it as far as this repository knows, whoever pushed it. */
async function pushedTo({ git }: Ports, { target, before, after, pushed }: Landing): Promise<string | undefined> {
  if (pushed) return pushed.remote;
  if (before === after) return undefined;
  for (const [ref, tip] of await git.refs.heads(['refs/remotes/'])) {
    const remote = ref.slice('refs/remotes/'.length, -(target.length + 1));
    if (ref === `refs/remotes/${remote}/${target}` && (await git.history.isAncestor(after, tip))) return remote;
  }
  return undefined;
}

async function apply(ports: Ports, landings: readonly Landing[], back: Back): Promise<void> {
  const [newest] = landings;
  const end = await moveBack(ports, landings, back);
  const { target } = back;
  if (end.outcome === 'blocked')
    throw new Refusal('undo.blocked', { worktree: end.worktree, paths: end.paths.length > 0 ? end.paths : [end.why] });
  if (end.outcome === 'outrun')
    throw new Refusal('undo.built-on', {
      landing: newest?.id ?? '',
      target,
      now: (await ports.git.refs.resolve(`refs/heads/${target}`)) ?? '',
    });
}
