import { type Aside, asideIn } from '../../core/aside.ts';
import { document } from '../../core/records.ts';
import type { Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { openEscalation } from '../escalate.ts';
import { changeTask } from '../tasks.ts';
import type { LoopPorts, LoopRun, Memory } from './run.ts';

/**
 * Sets a story aside until a person has looked, and asks that person at once where something is asked, or where the
 * loop goes on with other stories: what nobody hears of waits for ever.
 */
export async function setAside(
  ports: LoopPorts,
  loop: LoopRun,
  task: Task,
  aside: Aside,
  { memory, others }: { readonly memory: Memory; readonly others: boolean },
): Promise<void> {
  const at = new Date(ports.clock.now()).toISOString();
  const { story, attempts, reason, question, advice = [] } = aside;
  await changeTask(ports, loop.id, (_, docs) => ({
    event: { type: 'story.aside', at, task: loop.id, story, attempts, reason },
    docs: { 'set-aside.json': document([...asideIn(docs).filter((one) => one.story !== story), aside]) },
  }));
  if (!others) return;
  const { last } = memory;
  await openEscalation(ports, {
    branch: task.branch,
    task: task.id,
    reason: question ? 'question' : 'stuck',
    summary: question ? `${story}: ${question}` : `story ${story} is set aside: ${reason}`,
    context: {
      tried: [`${story}: ${reason}`],
      ...(last?.story === story && last.output ? { output: last.output.slice(-4000) } : {}),
      notes: [...advice, `transcripts: gwt logs ${task.id}`, 'the loop goes on with other stories'],
    },
  });
}

/** A person has looked: what was set aside may be tried again, with all its attempts. */
export async function takeUpAgain(ports: Pick<Ports, 'ledger' | 'clock' | 'report'>, id: string): Promise<void> {
  const at = new Date(ports.clock.now()).toISOString();
  await changeTask(ports, id, (_, docs) => {
    const stories = asideIn(docs).map(({ story }) => story);
    if (stories.length === 0) return undefined;
    return { event: { type: 'story.again', at, task: id, stories }, docs: { 'set-aside.json': null } };
  });
}
