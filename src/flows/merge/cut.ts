import { basename, join } from 'node:path';
import type { Landing } from '../../core/landing.ts';
import { standsFor } from '../../core/lease.ts';
import { document, parsed } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Ports } from '../../ports.ts';
import { refreshHooks } from '../hooks.ts';
import { aloneAsIs } from './alone.ts';
import type { Merged, MergeInput } from './answer.ts';
import { takeBackLandings } from './back.ts';
import { type Hold, leaseOn } from './lease.ts';
import { finishMove, type Move, pendingMove } from './move.ts';

/** A landing that was begun. The note lies in a file while it goes on: one that is found later was cut short. */
export interface Note {
  readonly version: 1;
  readonly target: string;
  /** ISO time. */
  readonly at: string;
  readonly input: MergeInput;
}

type NotePorts = Pick<Ports, 'git' | 'files'>;

/** Does the work of a landing with its note beside it. */
export async function noted<T>(
  ports: NotePorts & Pick<Ports, 'clock'>,
  target: string,
  input: MergeInput,
  work: () => Promise<T>,
): Promise<T> {
  const file = await noteFile(ports);
  const note: Note = { version: 1, target, at: new Date(ports.clock.now()).toISOString(), input };
  await ports.files.jot(file, document(note));
  try {
    return await work();
  } finally {
    await ports.files.remove(file);
  }
}

/** What was cut short here, if anything was: undefined too while whoever began it is still at it. */
export async function cutShort(ports: NotePorts & Pick<Ports, 'ledger' | 'clock' | 'self'>) {
  const text = await ports.files.read(await noteFile(ports));
  const note = text === undefined ? undefined : (JSON.parse(text) as Note);
  const move = await pendingMove(ports);
  const target = move?.target ?? note?.target;
  if (target === undefined) return undefined;
  const lease = await leaseOn(ports, target);
  const { clock, self } = ports;
  if (lease && standsFor(lease, { now: clock.now(), host: self.host, processStart: self.processStart }))
    return undefined;
  return { target, note, move };
}

/**
 * Goes on with a landing that was cut short, as it was asked for: what moved already is finished, the rest lands.
 * `land` is how landings are made. Refuses `merge.nothing` where none was cut short.
 */
export async function goOn(ports: Ports, land: (ports: Ports, input: MergeInput) => Promise<Merged>): Promise<Merged> {
  const cut = await cutShort(ports);
  if (!cut) throw new Refusal('merge.nothing', {});
  const { note, target } = cut;
  if (!note) return land(ports, { names: [], into: target });
  const merged = await land(ports, note.input);
  const earlier = (await landingsOn(ports, target)).filter(({ at, undone }) => at >= note.at && !undone);
  const mine = earlier.filter(({ id }) => id !== merged.landing).flatMap(({ landed }) => landed);
  const done = new Set(mine.flatMap(({ branch, task }) => [branch, ...(task ? [task] : [])]));
  const skipped = merged.skipped.filter(({ branch }) => !done.has(branch));
  const incomplete = merged.bounced.length > 0 || (note.input.names.length > 0 && skipped.some(({ there }) => !there));
  return { ...merged, skipped, incomplete, earlier: mine.map(({ branch }) => branch) };
}

/** What became of a landing that was given up. */
export interface GivenUp {
  readonly target: string;
  /** The landing that was under way and is taken back; null when none had come so far. */
  readonly landing: string | null;
  readonly branches: readonly string[];
}

/**
 * Gives a landing up that was cut short: a move of the target that was under way is put back, with every checkout of it.
 * What had landed as a whole stays: that is for `gwt undo`. Refuses `merge.nothing`.
 */
export async function giveUp(ports: Ports): Promise<GivenUp> {
  const cut = await cutShort(ports);
  if (!cut) throw new Refusal('merge.nothing', {});
  const { target, move } = cut;
  const given = await aloneAsIs(ports, target, async (hold) => {
    await ports.files.remove(await noteFile(ports));
    const landing = (await landingsOn(ports, target)).find(
      ({ before, after, undone }) => move && !undone && before === move.from && after === move.to,
    );
    const back = move && landing && (await refBack(ports, landing, move, hold));
    await finishMove(ports);
    await freeBenches(ports);
    // Others have built on it since: then it has landed, and stays.
    if (!back) return { target, landing: null, branches: [] };
    return { target, landing: landing.id, branches: landing.landed.map(({ branch }) => branch) };
  });
  if (given.landing !== null) await refreshHooks(ports);
  return given;
}

/** Nothing runs in gwt's own worktrees for landing any more: what a killed git had locked there is free. */
async function freeBenches({ git, files }: NotePorts): Promise<void> {
  for (const { path } of await git.worktrees.list()) {
    const admin = basename(path).startsWith('.integration') && (await git.worktrees.admin(path));
    if (admin && (await files.exists(join(admin, 'gwt/bench.json')))) await files.remove(join(admin, 'index.lock'));
  }
}

/** The target alone, which checkouts then follow from wherever they stand; false where it is elsewhere already. */
async function refBack(ports: Ports, landing: Landing, { target, from, to }: Move, hold: Hold): Promise<boolean> {
  try {
    await takeBackLandings(ports, [landing], { target, from: to, to: from, hold });
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'ledger.moved') return false;
    throw error;
  }
}

async function landingsOn({ ledger }: Pick<Ports, 'ledger'>, target: string): Promise<readonly Landing[]> {
  const entries = await ledger.list('landings', ['landing.json']);
  return entries.map((entry) => parsed<Landing>(entry, 'landing.json')).filter((one) => one.target === target);
}

const noteFile = async ({ git }: NotePorts): Promise<string> => join((await git.repo()).common, 'gwt', 'train.json');
