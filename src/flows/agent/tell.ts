import { join } from 'node:path';
import { handoffsIn } from '../../core/export.ts';
import { type Note, notesOf, withNote } from '../../core/notes.ts';
import { readPrd } from '../../core/prd.ts';
import { document, taskOf } from '../../core/records.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { isHeld } from '../loop/lease.ts';
import { runsFolder } from '../loop/places.ts';
import { send } from '../messages/send.ts';
import { speaker } from '../messages/speaker.ts';
import { refreshSeeds } from '../seeds.ts';
import { changeTask, taskNamed, taskNamedOrHere } from '../tasks.ts';

export interface NoteInput {
  readonly task?: string;
  readonly text: string;
}

/** Tells a task something: its agent reads it with its next prompt. */
export async function note(ports: Ports, { task: name, text }: NoteInput): Promise<{ readonly task: string } & Note> {
  if (text.trim() === '') throw new Refusal('usage.bad', { problem: 'a note needs a text', command: 'note' });
  const task = await taskNamedOrHere(ports, name, 'tell something');
  const { id, at, from, type } = await send(ports, { to: task.id, text });
  return { task: task.id, id, at, from, type, text };
}

export interface HandoffInput {
  readonly from?: string;
  readonly to?: string;
  /** The agent that takes the task over, its branch and its claim with it. */
  readonly agent?: string;
  /** What comes next; what is open says it where a task goes to another agent. */
  readonly text: string;
}
export interface Handoff {
  readonly from: string;
  readonly to: string;
  /** Who works on it from now on. */
  readonly agent: string;
  /** Where the text lies in the worktree of the one it is for. */
  readonly path: string;
  readonly text: string;
}

/** Writes down what is done and what comes next, for whoever works on after this; gives the task to another agent. */
export async function handoff(ports: Ports, input: HandoffInput): Promise<Handoff> {
  const next = input.text.trim() || (input.agent === undefined ? '' : 'Go on with what is open.');
  if (next === '') throw new Refusal('usage.bad', { problem: 'a hand-over needs a text', command: 'handoff' });
  const from = await taskNamedOrHere(ports, input.from, 'hand over');
  const to = input.to === undefined ? from : await taskNamed(ports, input.to);
  if (!to.ready || to.state === 'dropped' || (input.agent !== undefined && to.state === 'landed'))
    throw new Refusal('task.state', { task: to.id, state: to.state, doing: 'hand over to' });
  const entry = await ports.ledger.read(`tasks/${from.id}`);
  const at = new Date(ports.clock.now()).toISOString();
  const given = await takenOver(ports, to, input.agent);
  const files = await filesOf(ports, from);
  const text = await handoffText(ports, entry ? taskOf(entry) : from, entry?.docs ?? {}, { next, at, files });
  const told = { at, from: from.id, text: `hand-over: ${next}` };
  const record = { at, from: from.agentId, to: given.agentId, task: from.id, branch: from.branch, next, files };
  await changeTask(ports, to.id, (now, docs) => {
    if (input.agent !== undefined) refuseHeld(ports, now);
    return {
      event: { type: 'handoff.written', at, task: to.id, from: from.id, to: given.agentId },
      change: { agent: given.agent, agentId: given.agentId },
      docs: {
        'handoff.md': text,
        'handoffs.json': document([...handoffsIn(docs), record]),
        ...(to.id === from.id ? {} : { 'notes.json': withNote(docs, told) }),
      },
    };
  });
  if (await ports.files.exists(to.worktree)) await layDown(ports, { ...to, ...given }, text);
  return { from: from.id, to: to.id, agent: given.agent, path: join(to.worktree, '.gwt', 'handoff.md'), text };
}

async function takenOver(ports: Ports, to: Task, agent: string | undefined): Promise<Pick<Task, 'agent' | 'agentId'>> {
  if (agent === undefined) return { agent: to.agent, agentId: to.agentId };
  await ports.agents.find(agent);
  refuseHeld(ports, to);
  return { agent, agentId: `${to.id}-${agent}` };
}

/** A loop at work would go on as the agent it began with. */
function refuseHeld(ports: Ports, { id, lease }: Task): void {
  if (lease && isHeld(ports, lease)) throw new Refusal('task.busy', { task: id, holder: lease.holder });
}

async function filesOf({ git }: Ports, { branch, base }: Task): Promise<readonly string[]> {
  const head = await git.refs.resolve(`refs/heads/${branch}`);
  return head ? (await git.history.changes(base, head)).map(({ path }) => path) : [];
}

async function layDown(ports: Ports, task: Task, text: string): Promise<void> {
  const folder = join(task.worktree, '.gwt');
  // The folder keeps itself out of git, whatever the worktree excludes.
  await ports.files.write(join(folder, '.gitignore'), '*\n');
  await ports.files.write(join(folder, 'handoff.md'), text);
  await refreshSeeds(ports, task);
}

async function handoffText(
  ports: Ports,
  task: Task,
  docs: Readonly<Record<string, string>>,
  { next, at, files }: { readonly next: string; readonly at: string; readonly files: readonly string[] },
): Promise<string> {
  const { git } = ports;
  const head = await git.refs.resolve(`refs/heads/${task.branch}`);
  const commits = head ? await git.objects.commits([`${task.base}..${head}`]) : [];
  const stories = storiesIn(docs['prd.json']);
  const seen = await git.work.look(task.worktree).catch(() => undefined);
  const open = (seen?.changes ?? []).map(({ code, path }) => `\`${code.trim()}\` ${path}`);
  const part = (title: string, rows: readonly string[]) =>
    rows.length === 0 ? [] : [`## ${title}`, '', ...rows.map((row) => `- ${row}`), ''];
  return [
    `# Hand-over of ${task.id}`,
    '',
    `${at}, by ${await speaker(ports)}, branch ${task.branch}${head ? ` at ${head.slice(0, 10)}` : ''}`,
    '',
    '## Next',
    '',
    next,
    '',
    ...part(
      'Stories done',
      stories.filter(({ passes }) => passes).map(({ id, title }) => `${id}: ${title}`),
    ),
    ...part(
      'Stories open',
      stories.filter(({ passes }) => !passes).map(({ id, title }) => `${id}: ${title}`),
    ),
    ...part(
      'Commits',
      commits.map(({ oid, subject }) => `${oid.slice(0, 10)} ${subject}`),
    ),
    ...part('Blockers', task.blocked ? [task.blocked.reason] : []),
    ...part('Files', files),
    ...part('Not committed', open),
    ...part(
      'Notes',
      notesOf(docs).map(({ from, text }) => `${from}: ${text}`),
    ),
  ].join('\n');
}

function storiesIn(text: string | undefined) {
  try {
    return readPrd(text ?? '', 'prd.json').stories;
  } catch {
    return [];
  }
}

/** Shows that the agent of a task is alive, with a word on what it does. */
export async function heartbeat(
  ports: Ports,
  input: { readonly task?: string; readonly text?: string },
): Promise<{ readonly task: string; readonly at: string }> {
  const task = await taskNamedOrHere(ports, input.task, 'show a sign of life for');
  const at = new Date(ports.clock.now()).toISOString();
  const path = join(runsFolder(await ports.git.repo(), task.id), 'said.json');
  await ports.files.write(
    path,
    document({ at, agent: await speaker(ports), ...(input.text ? { text: input.text } : {}) }),
  );
  return { task: task.id, at };
}
