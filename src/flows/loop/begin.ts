import { gateOf } from '../../core/gate.ts';
import { offer } from '../../core/notes.ts';
import { readPrd, type Story } from '../../core/prd.ts';
import { changeTask } from '../tasks.ts';
import type { Assignment } from './agent.ts';
import { leaseOf } from './lease.ts';
import { targetNews } from './news.ts';
import { copyOut } from './record.ts';
import type { LoopPorts, LoopRun } from './run.ts';
import type { Standing } from './verify.ts';

/** The iteration's number and story stand in the ledger before anything runs. */
export async function begin(
  ports: LoopPorts,
  loop: LoopRun,
  { story, reason }: { readonly story: Story; readonly reason: string },
  { head, tree }: Standing,
  lost: boolean,
): Promise<Assignment> {
  const at = new Date(ports.clock.now()).toISOString();
  const news = await targetNews(ports, loop.id, { head, lost });
  let found: Pick<Assignment, 'prd' | 'progress' | 'notes'> | undefined;
  const task = await changeTask(ports, loop.id, (now, docs) => {
    const iteration = now.iteration + 1;
    const prd = readPrd(docs['prd.json'] ?? '', `prd.json of ${loop.id}`);
    const { notes, delivered } = notesFor(docs, iteration);
    found = { prd, progress: docs['progress.md'] ?? '', notes };
    const { id, title } = story;
    return {
      event: { type: 'iteration.started', at, task: loop.id, iteration, story: id, title, why: reason, tree },
      change: { iteration, lease: leaseOf(ports, loop.run) },
      docs: { ...delivered, ...news.docs },
      doing: 'go on with',
    };
  });
  const { prd, progress, notes } = found ?? { prd: { text: '', stories: [] }, progress: '', notes: [] };
  await copyOut(ports, loop, task, { 'prd.json': prd.text, 'progress.md': progress });
  const own = story.verify.map((line) => gateOf(line));
  const { text } = news;
  return {
    task,
    story,
    prd,
    progress,
    notes,
    ...(text ? { news: text } : {}),
    gates: task.thinking?.includes(story.id) ? own : [...loop.gates, ...own],
  };
}

/** What was not said in a prompt yet; whether it was read is written down when the iteration has ended. */
function notesFor(docs: Readonly<Record<string, string>>, iteration: number) {
  const handed =
    docs['handoff.md'] === undefined ? [] : ['A hand-over was written for you: read .gwt/handoff.md first.'];
  const { said, docs: delivered } = offer(docs, iteration);
  return { notes: [...handed, ...said], delivered };
}
