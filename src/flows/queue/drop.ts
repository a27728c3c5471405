import { revived } from '../../core/queue.ts';
import { Refusal } from '../../core/refusal.ts';
import { slugOf } from '../../core/slug.ts';
import { placesOf } from '../../core/turns.ts';
import type { Key, Oid, Ports } from '../../ports.ts';
import { idsOf } from './change.ts';
import { writeOf } from './give-back.ts';
import { lookAt, plannedOf, type QueuePorts, standing } from './look.ts';

type DropPorts = QueuePorts & Pick<Ports, 'git'>;

export interface Dropped {
  /** `kept` is the ref under which all of it still is. */
  readonly dropped: readonly { readonly id: string; readonly kept: string }[];
}

const KEPT = 'refs/gwt/dropped/';

/** Takes planned work out of the queue; `gwt queue retry` brings it back. A task with a worktree is `gwt rm`'s. */
export async function drop(ports: DropPorts, names: readonly string[]): Promise<Dropped> {
  const places = placesOf((await lookAt(ports)).scene);
  const ids = idsOf(places, names);
  const task = places.find(({ id, kind }) => kind === 'task' && ids.includes(id));
  if (task)
    throw new Refusal('usage.bad', {
      problem: `${task.id} has a worktree: gwt rm ${task.id} takes it away`,
      command: 'queue',
    });
  const dropped: Dropped['dropped'][number][] = [];
  for (const id of ids) dropped.push({ id, kept: await dropOne(ports, id) });
  return { dropped };
}

async function dropOne(ports: DropPorts, id: string): Promise<string> {
  const key: Key = `queue/${id}`;
  const now = ports.clock.now();
  const kept = `${KEPT}${id}/${now}`;
  const event = { type: 'queue.dropped', at: new Date(now).toISOString(), task: id, kept } as const;
  await ports.ledger.transact({ keys: [key] }, (view) => {
    const found = view.entry(key);
    if (!found) throw new Refusal('queue.absent', { task: id, known: [] });
    const { takenBy } = plannedOf(found);
    if (takenBy && standing(ports)(takenBy)) throw new Refusal('task.busy', { task: id, holder: takenBy.holder });
    return {
      writes: [{ key, event, docs: {}, remove: true }],
      moves: [{ ref: kept, from: '0'.repeat(found.rev.length), to: found.rev }],
      result: undefined,
    };
  });
  ports.report(event);
  return kept;
}

/** Brings back what was dropped last under each of these names that the queue does not have; gives the names. */
export async function undrop(ports: DropPorts, names: readonly string[]): Promise<readonly string[]> {
  const back: string[] = [];
  for (const id of names.flatMap(idOf)) if (await undropOne(ports, id)) back.push(id);
  return back;
}

const idOf = (name: string): readonly string[] => {
  const made = slugOf(name);
  return 'slug' in made ? [made.slug] : [];
};

async function undropOne(ports: DropPorts, id: string): Promise<boolean> {
  const [queued, task]: readonly Key[] = [`queue/${id}`, `tasks/${id}`];
  const last = [...(await ports.git.refs.heads([`${KEPT}${id}/`]))].sort(byTime).at(-1);
  if (!last || !queued || !task) return false;
  const [ref, rev] = last;
  const docs = await documentsAt(ports, rev);
  const at = new Date(ports.clock.now()).toISOString();
  const event = { type: 'queue.changed', at, task: id, what: 'brought back to the queue' } as const;
  const zero = '0'.repeat(rev.length);
  const done = await ports.ledger.transact<boolean>({ keys: [queued, task] }, (view) => {
    if (view.entry(queued) || view.entry(task)) return { writes: [], result: false };
    const entry = { key: queued, rev, docs };
    const one = { ...view, entry: (key: Key) => (key === queued ? entry : undefined) };
    const write = writeOf(one, id, revived(plannedOf(entry)), event);
    return {
      writes: [{ ...write, docs: { ...docs, ...write.docs }, keeps: [rev] }],
      moves: [
        { ref, from: rev, to: zero },
        { ref: `refs/gwt/${task}`, from: zero, to: zero },
      ],
      result: true,
    };
  });
  if (done) ports.report(event);
  return done;
}

const byTime = ([a]: readonly [string, Oid], [b]: readonly [string, Oid]): number => timeIn(a) - timeIn(b);
const timeIn = (ref: string): number => Number(ref.slice(ref.lastIndexOf('/') + 1));

async function documentsAt({ git }: DropPorts, rev: Oid): Promise<Readonly<Record<string, string>>> {
  const names = ['entry.json', 'prd.json'];
  const texts = await Promise.all(names.map((name) => git.objects.text(rev, name)));
  return Object.fromEntries(names.flatMap((name, at) => (texts[at] === undefined ? [] : [[name, texts[at]]])));
}
