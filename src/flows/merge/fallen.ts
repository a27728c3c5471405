import { type Context, choicesFor, isAbout } from '../../core/escalation.ts';
import { blames, endOf } from '../../core/gate.ts';
import { bouncesTold } from '../../core/merge/bounce.ts';
import { addStory } from '../../core/prd.ts';
import type { Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { changeEscalation, escalations, openEscalation } from '../escalate.ts';
import { changeTask } from '../tasks.ts';
import { bounceConflict } from './bounce.ts';
import { hunksIn } from './hunks.ts';
import { intentOf } from './intent.ts';
import type { Conflict } from './rebase.ts';
import type { Fallen } from './yard.ts';

export interface Escalated {
  readonly id: string;
  readonly branch: string;
  readonly task?: string;
  readonly reason: string;
  readonly paths: readonly string[];
}
export interface Bounced {
  readonly branch: string;
  readonly task?: string;
  readonly reason: string;
  /** The gate that is red with it on board, the file with all that gate printed, and the branches it only fails with. */
  readonly gate?: string;
  readonly log?: string;
  readonly together?: readonly string[];
}
export interface Ends {
  readonly escalated: readonly Escalated[];
  readonly bounced: readonly Bounced[];
  readonly skipped: readonly Bounced[];
}

/** Deals with each branch that fell off the train: a person is asked, or its own agent, or it is only told. */
export async function dealWith(
  ports: Ports,
  fallen: readonly Fallen[],
  target: string,
  tasks: readonly Task[],
): Promise<Ends> {
  const escalated: Escalated[] = [];
  const bounced: Bounced[] = [];
  const skipped: Bounced[] = [];
  for (const one of fallen) {
    const { branch, task } = one.candidate;
    const named = { branch, ...(task ? { task } : {}) };
    if (one.why === 'conflict') {
      const reason = await bounceConflict(ports, one, target, tasks);
      if (reason) bounced.push({ ...named, reason });
      else escalated.push({ ...named, ...(await escalateConflict(ports, one, target, tasks)) });
    } else if (one.why === 'trespass') escalated.push({ ...named, ...(await escalateTrespass(ports, one, target)) });
    else if (one.why === 'approval') escalated.push({ ...named, ...(await askApproval(ports, one, target)) });
    else if (!blames(one.verdict)) skipped.push({ ...named, ...redFacts(one), reason: unproven(one) });
    else if (one.byPerson) escalated.push(...(await askAgain(ports, branch, target, redReason(one))));
    else if (task) bounced.push({ ...named, ...redFacts(one), reason: await bounce(ports, one, task, target) });
    else skipped.push({ ...named, ...redFacts(one), reason: redReason(one) });
  }
  return { escalated, bounced, skipped };
}

async function escalateConflict(
  ports: Ports,
  { candidate: { branch, task, head }, conflict, tried }: Extract<Fallen, { why: 'conflict' }>,
  target: string,
  tasks: readonly Task[],
) {
  const { picked, commit, onto } = conflict;
  const paths = picked.files.map(({ path }) => path);
  const at = new Date(ports.clock.now()).toISOString();
  ports.report({ type: 'landing.conflict', at, branch, paths });
  const intent = await intentOf(ports, conflict, tasks);
  const context: Context = {
    ours: { name: target, intent: intent.ours.commits.join('\n\n') },
    theirs: { name: branch, intent: intent.theirs.commits.join('\n\n') || intent.message },
    hunks: await hunksIn(ports, conflict, target),
    messages: picked.messages
      .filter((text) => /^CONFLICT|Cannot merge binary/.test(text))
      .map((text) => named(text, conflict, target)),
    tried: [
      ...bouncesTold(
        tasks.find(({ id }) => id === task),
        target,
      ),
      ...tried,
    ],
    conflict: { head, commit: commit.oid, onto: onto.commit, tree: picked.tree, files: picked.files },
  };
  const summary = `${branch} conflicts with ${target} in ${paths.join(', ')}`;
  const input = { branch, target, ...(task ? { task } : {}), paths, summary, context, blocks: true };
  const keeps = [head, onto.commit, commit.oid];
  const { id } = await openEscalation(ports, { ...input, reason: 'conflict', keeps });
  return { id, reason: 'conflict', paths };
}

/** git's words, with the sides by their names. */
function named(text: string, { branch, picked }: Conflict, target: string): string {
  return text.replaceAll(picked.names.ours, target).replaceAll(picked.names.theirs, branch);
}

async function escalateTrespass(
  ports: Ports,
  { candidate: { branch, task, head }, found }: Extract<Fallen, { why: 'trespass' }>,
  target: string,
) {
  const paths = found.map(({ path }) => path);
  const summary = `${branch} changes what ${task ?? 'it'} does not own: ${paths.join(', ')}`;
  const { id } = await openEscalation(ports, {
    branch,
    target,
    ...(task ? { task } : {}),
    reason: 'trespass',
    paths,
    summary,
    context: { trespasses: found },
    keeps: [head],
    blocks: true,
  });
  return { id, reason: 'trespass', paths };
}

async function askApproval(
  ports: Ports,
  { candidate: { branch, task, head }, because }: Extract<Fallen, { why: 'approval' }>,
  target: string,
) {
  const commits = await ports.git.objects.commits([head, `^refs/heads/${target}`]);
  const intent = commits.map(({ subject }) => subject).join('\n');
  const { id } = await openEscalation(ports, {
    branch,
    target,
    ...(task ? { task } : {}),
    reason: 'approval',
    summary: `${task ?? branch} lands only with your approval: ${because.join(', ')}`,
    context: {
      theirs: { name: branch, intent },
      notes: [...because, `to see it: git diff ${target}...${branch}`],
      approval: { head },
    },
    choices: choicesFor('{id}', 'approval', task).map((choice) =>
      choice.command.endsWith('--allow') ? { ...choice, command: `gwt approve ${task ?? branch}` } : choice,
    ),
    keeps: [head],
    blocks: true,
  });
  return { id, reason: 'approval', paths: [] };
}

/** A person's own resolution that turns a gate red is theirs to reconsider, not the agent's. */
async function askAgain(ports: Ports, branch: string, target: string, why: string): Promise<readonly Escalated[]> {
  const open = (await escalations(ports)).find((one) => isAbout(one, branch, target));
  if (!open) return [];
  const { id, task, reason, paths } = await changeEscalation(ports, open.id, (now) => ({
    ...now,
    decisions: (now.decisions ?? []).filter(({ kind }) => kind === 'allowed'),
    context: { ...now.context, tried: [...(now.context.tried ?? []), `settled by a person, but ${why}`] },
  }));
  return [{ id, branch, ...(task ? { task } : {}), reason, paths }];
}

type Red = Extract<Fallen, { why: 'red' }>;

const redFacts = ({ verdict: { gate, log }, together }: Red) => ({
  gate,
  ...(log ? { log } : {}),
  ...(together ? { together } : {}),
});

/** It may be the machine or the gate: the branch stays as it is, and may be tried again. */
const unproven = (red: Red): string => `not blamed, but with it on board ${redReason(red)}`;

/** Back to its own agent, what failed as a new story: it knows best what its change was for. */
async function bounce(ports: Ports, red: Red, task: string, target: string): Promise<string> {
  const reason = redReason(red);
  const at = new Date(ports.clock.now()).toISOString();
  await changeTask(ports, task, (_, docs) => {
    const prd = docs['prd.json'];
    const story = {
      id: `landing-${at.replace(/\D/g, '').slice(0, 14)}`,
      title: `Make ${red.verdict.gate} pass on ${target}`,
      description: `Put on ${target} as it is now, ${reason}. Bring the branch up to date with \`git rebase ${target}\`, see it fail, and mend it.`,
      criteria: [`${red.verdict.gate} passes on top of ${target}`],
    };
    return {
      event: { type: 'task.bounced', at, task, reason },
      state: 'queued',
      doing: 'send back',
      ...(prd === undefined ? {} : { docs: { 'prd.json': addStory(prd, story) } }),
    };
  });
  return reason;
}

function redReason({ verdict, together }: Red): string {
  const last = verdict.tail.trim().split('\n').slice(-20).join('\n');
  const log = verdict.log ? `\nall of its output: ${verdict.log}` : '';
  const other = together ? `, together with ${together.join(', ')}` : '';
  return `the gate ${verdict.gate} ${endOf(verdict)}${other}${last ? `:\n${last}` : ''}${log}`;
}
