import { judgePrompt } from '../../core/patterns/judge-prompt.ts';
import { type Ranking, type Rival, rank } from '../../core/patterns/rivals.ts';
import { textIn, textsIn } from '../../core/patterns/said.ts';
import { Refusal } from '../../core/refusal.ts';
import { isActive, type Task } from '../../core/task.ts';
import type { Oid, Ports } from '../../ports.ts';
import { approve } from '../approve.ts';
import { type Merged, merge } from '../merge.ts';
import { remove } from '../remove.ts';
import { allTasks, changeTask } from '../tasks.ts';
import { ask } from './ask.ts';

export interface JudgeInput {
  /** What they were spawned as. */
  readonly name: string;
  /** The agent that chooses among those that are finished. */
  readonly agent?: string;
  readonly dryRun?: boolean;
  /** False leaves the landing to the person. */
  readonly land?: boolean;
}
export interface Judged {
  readonly name: string;
  /** Undefined where none is finished: then all are left as they are. */
  readonly best?: string;
  readonly reasons: readonly string[];
  readonly rivals: readonly Rival[];
  /** Tasks in the trash; `gwt restore` brings them back. */
  readonly dropped: readonly string[];
  readonly merged?: Merged;
  /** What there is to say of the judge. */
  readonly note?: string;
}

/** Which of several works on one task is the best: it is written down, the others go to the trash, and it lands. */
export async function judge(ports: Ports, input: JudgeInput): Promise<Judged> {
  const rivals = (await allTasks(ports)).filter(({ rivals }) => rivals === input.name);
  if (rivals.length === 0) throw new Refusal('task.unknown', { task: input.name, known: await groups(ports) });
  const live = rivals.filter(isActive);
  const before = rivals.find(({ won }) => won);
  const working = live.find(({ state, id }) => state === 'running' && !before && id);
  if (working) throw new Refusal('task.state', { task: working.id, state: working.state, doing: 'judge' });
  const facts = await Promise.all(live.map((task) => rivalOf(ports, task)));
  const { ranking, note } = before ? standing(before) : await ranked(ports, input, live, facts);
  const best = before?.id ?? ranking.order[0]?.task;
  const told = { name: input.name, reasons: ranking.reasons, rivals: facts, ...(note ? { note } : {}) };
  if (best === undefined) return { ...told, dropped: [] };
  const losers = live.filter(({ id }) => id !== best).map(({ id }) => id);
  if (input.dryRun) return { ...told, best, dropped: [] };
  // Written down before anything goes: should gwt be ended now, the next call goes by it.
  if (!before) await crown(ports, best, losers, ranking.reasons);
  if (losers.length > 0) await remove(ports, { tasks: losers });
  const lands = input.land !== false && (before?.state ?? 'finished') === 'finished';
  const merged = lands ? await merge(ports, { names: [best] }) : undefined;
  return { ...told, best, dropped: losers, ...(merged ? { merged } : {}) };
}

const standing = ({ id }: Task) => ({
  ranking: { order: [], reasons: [`${id} was chosen before`] } as Ranking,
  note: undefined,
});

async function groups(ports: Ports): Promise<readonly string[]> {
  return [...new Set((await allTasks(ports)).flatMap(({ rivals }) => (rivals === undefined ? [] : [rivals])))].slice(
    0,
    10,
  );
}

async function crown(ports: Ports, best: string, over: readonly string[], reasons: readonly string[]): Promise<void> {
  const at = new Date(ports.clock.now()).toISOString();
  await changeTask(ports, best, () => ({
    event: { type: 'task.chosen', at, task: best, over, reasons },
    change: { won: true },
  }));
}

async function rivalOf(ports: Ports, task: Task): Promise<Rival & { readonly head: Oid; readonly base: Oid }> {
  const { git, ledger } = ports;
  const head = (await git.refs.resolve(`refs/heads/${task.branch}`)) ?? task.base;
  const base = (await git.history.mergeBase(`refs/heads/${task.target}`, head)) ?? task.base;
  const commits = head === base ? [] : await git.objects.commits([`${base}..${head}`]);
  const extent = await git.history.extent(commits.map(({ oid }) => oid));
  const lines = [...extent.values()].flatMap((paths) => [...paths.values()]).reduce((sum, count) => sum + count, 0);
  const target = await git.refs.resolve(`refs/heads/${task.target}`);
  const [clashing] = target ? (await git.foresight.foresee(target, [head], { most: 0 })).alone : [];
  const events = await ledger.history(`tasks/${task.id}`);
  const last = events.findLast((event) => event.type === 'iteration.ended');
  const { inputTokens, outputTokens, costUsd } = task.usage;
  return {
    task: task.id,
    branch: task.branch,
    agent: task.agent,
    finished: task.state === 'finished',
    clashes: (clashing?.length ?? 0) > 0,
    cheats: last?.type === 'iteration.ended' ? (last.cheats?.length ?? 0) : 0,
    lines,
    usd: costUsd,
    tokens: inputTokens + outputTokens,
    head,
    base,
  };
}

type Facts = Rival & { readonly head: Oid; readonly base: Oid };

async function ranked(ports: Ports, { agent, name }: JudgeInput, live: readonly Task[], facts: readonly Facts[]) {
  const plain = rank(facts);
  const [first] = plain.order;
  const task = live.find(({ id }) => id === first?.task);
  if (!agent || !task || plain.order.length < 2) return { ranking: plain, note: undefined };
  await ports.agents.find(agent);
  await approve(ports, ['agents', 'setup']);
  const able = facts.filter(({ finished }) => finished);
  const { minutes } = (await ports.config.load()).loop;
  const { said, silent } = await ask(ports, {
    agent,
    commit: able[0]?.base ?? task.base,
    role: 'reviewer',
    name: 'judge',
    about: name,
    wallMs: minutes * 60_000,
    prompt: (answer) => judgePrompt(task.prompt, able[0]?.base ?? task.base, able, answer),
  });
  const chosen = { task: textIn(said, 'best'), reasons: textsIn(said, 'reasons') };
  const known = able.some((one) => one.task === chosen.task);
  const note = silent ?? (known ? undefined : `${agent} chose "${chosen.task}", which is none of them`);
  const reasons = chosen.reasons.length > 0 ? chosen.reasons : [`${agent} chose it`];
  return { ranking: rank(facts, known ? { ...chosen, reasons } : undefined), note };
}
