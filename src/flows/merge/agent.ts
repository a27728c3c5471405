import { join } from 'node:path';
import type { Settlement } from '../../core/escalation.ts';
import { type Answered, faultsOf } from '../../core/merge/answer.ts';
import { type ConflictKind, kindOf } from '../../core/merge/conflict.ts';
import { hunksOf, relabel } from '../../core/merge/markers.ts';
import { conflictPrompt } from '../../core/merge/prompt.ts';
import type { Task } from '../../core/task.ts';
import type { AgentEnd, Conflicted, ConflictFile, Oid, Ports } from '../../ports.ts';
import { approve } from '../approve.ts';
import { memoryOf } from '../seeds.ts';
import type { Bench } from './bench.ts';
import { intentOf } from './intent.ts';
import type { Conflict } from './rebase.ts';
import type { Resolver } from './settle.ts';

/** Kinds whose files are text that can be settled line by line; all others are for a person. */
const TEXT: ReadonlySet<ConflictKind> = new Set(['content', 'add/add', 'modify/delete']);

export interface AgentOptions {
  readonly agent: string;
  readonly target: string;
  readonly run: string;
  readonly tasks: readonly Task[];
  readonly gates: readonly string[];
  readonly bench: (commit: Oid) => Promise<Bench>;
}

/** The configured merge agent as a resolver: it works on the bench, and its answer is believed only when it holds. */
export function mergeAgent(ports: Ports, options: AgentOptions): Resolver {
  return async (conflict, tried) => {
    const { files, messages } = conflict.picked;
    const kinds = files.map((file) => kindOf(file, messages));
    const strange = files.filter((_, at) => !TEXT.has(kinds[at] ?? 'structure'));
    if (strange.length > 0)
      return { faults: [`not for an agent: ${strange.map(({ path }) => path).join(', ')} has no text to settle`] };
    await approve(ports, ['agents']);
    const { path: cwd } = await options.bench(conflict.onto.commit);
    const sides = await sidesOf(ports, files);
    const placed = await ports.git.work.placeConflict(
      cwd,
      conflict.picked.tree,
      await shown(ports, conflict, kinds, options.target),
    );
    const context = join((await ports.git.repo()).common, 'gwt', 'merge', `${options.run}-${ports.ids.next()}`);
    try {
      const prompt = await promptFor(ports, conflict, { ...options, context, kinds, sides, tried });
      const end = await runAgent(ports, conflict, options, cwd, prompt);
      if (!end.wellFormed || end.outcome !== 'exited') return { faults: [ending(options.agent, end)] };
      return await answerOf(ports, conflict, {
        cwd,
        placed,
        sides,
        declared: await ports.files.read(join(context, 'dropped.md')),
      });
    } finally {
      await ports.files.remove(context);
    }
  };
}

type Texts = {
  readonly base: string | undefined;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
};

/** The three sides of each file, byte for byte. */
export async function sidesOf({ git }: Pick<Ports, 'git'>, files: readonly Conflicted[]): Promise<readonly Texts[]> {
  const oids = files.flatMap(({ stages }) => [1, 2, 3].map((n) => stages.find(({ stage }) => stage === n)?.oid));
  const texts = await textsOf({ git }, oids);
  return files.map((_, n) => ({ base: texts[3 * n], ours: texts[3 * n + 1], theirs: texts[3 * n + 2] }));
}

/** Blobs byte for byte, in one go; undefined where no name is given. */
async function textsOf(
  { git }: Pick<Ports, 'git'>,
  oids: readonly (Oid | undefined)[],
): Promise<readonly (string | undefined)[]> {
  const found = [...(await git.objects.read(oids.filter((oid) => oid !== undefined)))];
  return oids.map((oid) => (oid === undefined ? undefined : Buffer.from(found.shift()?.body ?? []).toString('latin1')));
}

/** The files as they go on the bench: git's own markers, but naming the target and the branch. */
export async function shown(
  { git }: Pick<Ports, 'git'>,
  { branch, onto, picked }: Conflict,
  kinds: readonly ConflictKind[],
  target: string,
): Promise<readonly ConflictFile[]> {
  const changes = new Map((await git.history.changes(onto.tree, picked.tree)).map((change) => [change.path, change]));
  const made: ConflictFile[] = [];
  for (const [at, file] of picked.files.entries()) {
    const change = changes.get(file.path);
    const marked = change && change.status !== 'D' && ['content', 'add/add'].includes(kinds[at] ?? '');
    if (!marked) {
      made.push(file);
      continue;
    }
    const [blob] = await git.objects.read([change.newOid]);
    const text = relabel(Buffer.from(blob?.body ?? []).toString('latin1'), picked.names, {
      ours: target,
      theirs: branch,
    });
    made.push({
      ...file,
      shown: { mode: change.newMode, oid: await git.objects.write('blob', Buffer.from(text, 'latin1')) },
    });
  }
  return made;
}

interface PromptFacts extends AgentOptions {
  readonly context: string;
  readonly kinds: readonly ConflictKind[];
  readonly sides: readonly Texts[];
  readonly tried: readonly string[];
}

async function promptFor(ports: Ports, conflict: Conflict, facts: PromptFacts): Promise<string> {
  const { context, kinds, sides, target, tasks } = facts;
  const marked = await shown(ports, conflict, kinds, target);
  const texts = await textsOf(
    ports,
    marked.map(({ shown }) => shown?.oid),
  );
  const files = await Promise.all(
    conflict.picked.files.map(async ({ path }, at) => {
      const put = async (side: 'base' | 'ours' | 'theirs') => {
        const text = sides[at]?.[side];
        if (text === undefined) return undefined;
        const file = join(context, side, path);
        await ports.files.write(file, Buffer.from(text, 'latin1'));
        return file;
      };
      const [base, ours, theirs] = await Promise.all([put('base'), put('ours'), put('theirs')]);
      const hunks = hunksOf(Buffer.from(texts[at] ?? '', 'latin1').toString('utf8'));
      return { path, kind: kinds[at] ?? 'content', base, ours, theirs, hunks };
    }),
  );
  await ports.files.makeDir(context);
  const intent = await intentOf(ports, conflict, tasks);
  const rulesOf = async (task: Task | undefined) => (task ? { rules: await memoryOf(ports, task, tasks) } : {});
  return conflictPrompt({
    target,
    branch: conflict.branch,
    message: intent.message,
    files,
    ours: { name: target, commits: intent.ours.commits, ...(await rulesOf(intent.ours.task)) },
    theirs: { name: conflict.branch, commits: intent.theirs.commits, ...(await rulesOf(intent.theirs.task)) },
    gates: facts.gates,
    dropped: join(context, 'dropped.md'),
    tried: facts.tried,
  });
}

async function runAgent(
  ports: Ports,
  conflict: Conflict,
  { agent, run, tasks, target }: AgentOptions,
  cwd: string,
  prompt: string,
): Promise<AgentEnd> {
  const { common } = await ports.git.repo();
  const { merge, loop } = await ports.config.load();
  const task = tasks.find(({ branch }) => branch === conflict.branch);
  const at = new Date(ports.clock.now()).toISOString();
  const paths = conflict.picked.files.map(({ path }) => path);
  ports.report({ type: 'landing.resolving', at, branch: conflict.branch, paths, by: `agent ${agent}` });
  return ports.agents.run({
    agent,
    purpose: 'merge',
    prompt,
    cwd,
    env: {
      GWT_PURPOSE: 'merge',
      GWT_RUN_ID: run,
      GWT_TASK: task?.id ?? '',
      GWT_AGENT_ID: `merge-${agent}`,
      GWT_ROLE: 'merger',
      GWT_WORKTREE: cwd,
      GWT_STORY: '',
      GWT_TARGET: target,
      GWT_BRANCH: conflict.branch,
      AI_AGENT_ID: `merge-${agent}`,
      AI_AGENT_ROLE: 'merger',
    },
    transcript: join(common, 'gwt', 'runs', task?.id ?? 'merge', `merge-${run}-${ports.ids.next()}.log`),
    wallMs: merge.minutes * 60_000,
    idleMs: loop.idleMinutes * 60_000,
  });
}

function ending(agent: string, { outcome, problem, code, tail }: AgentEnd): string {
  const how = outcome === 'exited' ? (problem ?? `exit ${code}`) : outcome;
  const last = tail.trim().split('\n').slice(-5).join('\n');
  return `agent ${agent} did not say it was done: ${how}${last ? `\n${last}` : ''}`;
}

interface Ground {
  readonly cwd: string;
  readonly placed: Oid;
  readonly sides: readonly Texts[];
  readonly declared: string | undefined;
}

/** Only what lies in the files counts: a commit the agent made, what it staged, and what it said do not. */
async function answerOf(ports: Ports, conflict: Conflict, { cwd, placed, sides, declared }: Ground) {
  const tree = await ports.git.work.readBack(cwd);
  const { files } = conflict.picked;
  const inConflict = new Set(files.map(({ path }) => path));
  const changes = await ports.git.history.changes(placed, tree);
  const others = changes.map(({ path }) => path).filter((path) => !inConflict.has(path));
  const now = await filesAt(ports, conflict.onto.tree, tree, files);
  const answered: Answered[] = files.map((file, at) => ({
    file,
    sides: sides[at] ?? { base: undefined, ours: undefined, theirs: undefined },
    now: now[at]?.oid === undefined ? undefined : { mode: now[at].mode, text: now[at].text },
  }));
  const faults = faultsOf({ files: answered, others, declared: declared ?? '' });
  if (faults.length > 0) return { faults };
  return { settlements: now.map(({ path, mode, oid }): Settlement => ({ path, mode, oid })) };
}

/** What lies at each path in a tree, by what changed against another; a path that did not change is as it was there. */
export async function filesAt({ git }: Pick<Ports, 'git'>, before: Oid, tree: Oid, files: readonly Conflicted[]) {
  const changes = new Map((await git.history.changes(before, tree)).map((change) => [change.path, change]));
  const entries = files.map(({ path, stages }) => {
    const change = changes.get(path);
    const ours = stages.find(({ stage }) => stage === 2);
    if (!change) return { path, mode: ours?.mode ?? '100644', oid: ours?.oid };
    return { path, mode: change.newMode, oid: change.status === 'D' ? undefined : change.newOid };
  });
  const texts = await textsOf(
    { git },
    entries.map(({ oid }) => oid),
  );
  return entries.map((entry, at) => ({ ...entry, text: texts[at] ?? '' }));
}
