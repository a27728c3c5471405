import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { areRivals } from '../../core/collision.ts';
import { notesOf, withNote } from '../../core/notes.ts';
import { earlyNote } from '../../core/radar/note.ts';
import { type RadarFile, radarFile } from '../../core/radar/radar.ts';
import { Refusal } from '../../core/refusal.ts';
import { isActive, type Task } from '../../core/task.ts';
import type { Meeting, Oid } from '../../ports.ts';
import { describer } from '../radar.ts';
import { allTasks, changeTask } from '../tasks.ts';
import type { LoopPorts, LoopRun } from './run.ts';

/** Pairs that are merged for it; each task's own are far fewer. */
const PAIRS = 500;
/** So many others one task hears of before an iteration. */
const OTHERS = 5;

/**
 * Tells the agents of two tasks that they are about to conflict, before either of them runs again: each what the other
 * changes there, once for that change. Looks only when a branch or a checkpoint moved since the last look; what cannot be
 * told stops no loop.
 */
export async function earlyNotes(ports: LoopPorts, loop: LoopRun): Promise<void> {
  if (!loop.config.radar.notes) return;
  try {
    const heads = await ports.git.refs.heads(['refs/heads/', 'refs/gwt/checkpoints/']);
    const seen = join(loop.folder, 'radar');
    const state = digest(JSON.stringify([...heads]));
    if ((await ports.files.read(seen)) === state) return;
    await look(ports, loop, heads);
    await ports.files.jot(seen, state);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

async function look(ports: LoopPorts, loop: LoopRun, heads: ReadonlyMap<string, Oid>): Promise<void> {
  const tasks = (await allTasks(ports)).filter((one) => one.ready && isActive(one));
  const own = tasks.find(({ id }) => id === loop.id);
  const at = own && heads.get(`refs/heads/${own.target}`);
  const live = tasks.filter((one) => one.target === own?.target && heads.has(`refs/heads/${one.branch}`));
  const mine = live.findIndex(({ id }) => id === loop.id);
  if (!at || mine < 0 || live.length < 2) return;
  const tips = await tipsOf(ports, live, heads);
  const { pairs } = await ports.git.foresight.foresee(at, tips, { most: PAIRS, of: mine, describe: describer(ports) });
  for (const { a, b, files } of pairs.slice(0, OTHERS)) {
    const [one, other] = [live[a], live[b]];
    if (!one || !other || areRivals(one, other)) continue;
    // The first of a pair is what git calls ours.
    await tell(ports, loop, one, other, files, 3);
    await tell(ports, loop, other, one, files, 2);
  }
}

/** Each branch as its newest checkpoint has it, where that stands on the branch's head: that is without any look at a worktree. */
async function tipsOf(
  { git }: LoopPorts,
  live: readonly Task[],
  heads: ReadonlyMap<string, Oid>,
): Promise<readonly Oid[]> {
  const newest = live.map(({ id }) => {
    const folder = `refs/gwt/checkpoints/${id}/`;
    const numbers = [...heads.keys()]
      .filter((ref) => ref.startsWith(folder))
      .map((ref) => Number(ref.slice(folder.length)));
    return heads.get(`${folder}${Math.max(0, ...numbers.filter(Number.isInteger))}`);
  });
  const facts = await git.objects.facts(newest.filter((oid) => oid !== undefined));
  return live.map(({ branch, base }, at) => {
    const head = heads.get(`refs/heads/${branch}`) ?? base;
    const kept = facts.find(({ oid }) => oid === newest[at]);
    return kept && kept.parents[0] === head ? kept.oid : head;
  });
}

/** Tells `to` what `other` does, unless it was told of that very change; one that is not worked on any more hears nothing. */
async function tell(
  ports: LoopPorts,
  loop: LoopRun,
  to: Task,
  other: Task,
  met: readonly Meeting[],
  stage: 2 | 3,
): Promise<void> {
  const about = `conflict ${other.id} ${digest(JSON.stringify(met.map((one) => [one.path, wanted(one, stage)])))}`;
  const entry = await ports.ledger.read(`tasks/${to.id}`);
  const known = (docs: Readonly<Record<string, string>>) => notesOf(docs).some((note) => note.about === about);
  if (!entry || known(entry.docs) || to.state === 'finished') return;
  const files = await Promise.all(met.map((one) => withDiff(ports, loop, one, stage)));
  const said = {
    at: new Date(ports.clock.now()).toISOString(),
    from: 'gwt',
    text: loop.hide(earlyNote({ other: other.id, state: other.state, files })),
    about,
  };
  await changeTask(ports, to.id, (_, docs) =>
    known(docs)
      ? undefined
      : {
          event: { type: 'note.added', at: said.at, task: to.id, from: said.from, text: said.text },
          docs: { 'notes.json': withNote(docs, said) },
        },
  );
}

/** What that side wants in the conflict; where its text was not looked into, its whole file. */
function wanted({ spots, stages }: Meeting, side: 2 | 3): string {
  if (spots) return side === 2 ? spots.ours : spots.theirs;
  return stages.find(({ stage }) => stage === side)?.oid ?? 'gone';
}

async function withDiff(
  { git }: LoopPorts,
  loop: LoopRun,
  met: Meeting,
  side: 2 | 3,
): Promise<RadarFile & { readonly diff: string }> {
  const [base, theirs] = [1, side].map((wanted) => met.stages.find(({ stage }) => stage === wanted)?.oid);
  const shown = base && theirs && !loop.secret(met.path);
  return { ...radarFile(met), diff: shown ? (await git.foresight.diff(base, theirs)).trimEnd() : '' };
}
