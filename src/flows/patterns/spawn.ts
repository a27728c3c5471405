import { type TaskRequest, taskId } from '../../core/draft.ts';
import { type Debaters, type Plan, planned } from '../../core/patterns/debate.ts';
import { pipelinePrd, stagesOf, thinkingIn } from '../../core/patterns/pipeline.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Ports } from '../../ports.ts';
import { approve } from '../approve.ts';
import { targetOf } from '../init.ts';
import { allRoles } from '../roles.ts';
import { type Spawned, type SpawnInput, spawn } from '../spawn.ts';
import { debate } from './debate.ts';
import { type Judged, judge } from './judge.ts';

export interface PatternInput extends SpawnInput {
  /** So many do the same task, and one lands. */
  readonly compete?: number;
  /** Who competes, in turn; or who plans and who objects. */
  readonly agents?: readonly string[];
  /** The agent that chooses among those that compete. */
  readonly judge?: string;
  /** Names of stages. */
  readonly pipeline?: readonly string[];
  readonly debate?: Debaters;
}
export type Patterned = Spawned & {
  readonly plans?: readonly (Plan & { readonly task: string })[];
  readonly judged?: readonly Judged[];
};

/** Spawns tasks as patterns for hard work ask for; without one of them it is a plain spawn. */
export async function spawnPattern(ports: Ports, input: PatternInput): Promise<Patterned> {
  const { compete = 1, agents = [], judge: judging, pipeline, debate: debaters, ...plain } = input;
  if (compete === 1 && !pipeline && !debaters) return spawn(ports, plain);
  refuseMixed(input);
  for (const agent of [...agents, ...(judging ? [judging] : [])]) await ports.agents.find(agent);
  const plans: (Plan & { task: string })[] = [];
  const rows: TaskRequest[] = [];
  for (const title of plain.tasks) {
    const wanted = plain.prompt ?? title;
    const plan = debaters && !plain.dryRun ? await planFor(ports, input, debaters, title) : undefined;
    if (plan) plans.push({ ...plan, task: taskId(title) });
    const prompt = [wanted, ...(plan ? [planned(plan)] : [])].filter(Boolean).join('\n\n');
    const staged = pipeline ? await storiesFor(ports, title, prompt, pipeline) : {};
    rows.push(...competing({ title, prompt, ...staged }, compete, agents));
  }
  const spawned = await spawn(ports, { ...plain, tasks: [], rows });
  const told = plans.length > 0 ? { ...spawned, plans } : spawned;
  if (compete === 1 || !spawned.looped || ports.stop.aborted) return told;
  const judged: Judged[] = [];
  for (const title of plain.tasks)
    judged.push(await judge(ports, { name: taskId(title), ...(judging ? { agent: judging } : {}) }));
  return { ...told, judged };
}

function refuseMixed({ tasks, fromFile, adopt, prd, pipeline, compete = 1, debate, agents = [] }: PatternInput): void {
  const problem =
    tasks.length === 0 || fromFile !== undefined || adopt
      ? '--compete, --pipeline and --debate go with tasks that are named, not with --from-file or --adopt'
      : pipeline && prd !== undefined
        ? '--pipeline makes the stories itself: leave out --prd'
        : debate && compete > 1 && agents.length > 0
          ? '--agents can name those who compete or those who debate, not both'
          : undefined;
  if (problem) throw new Refusal('usage.bad', { problem, command: 'spawn' });
}

async function planFor(ports: Ports, input: PatternInput, debaters: Debaters, title: string): Promise<Plan> {
  await approve(ports, ['agents', 'setup']);
  const usual = input.agent ?? (await ports.config.load()).loop.agent;
  const [first = usual, second = first] = input.agents ?? [];
  const base = input.base ?? `refs/heads/${await targetOf(ports)}`;
  const commit = await ports.git.refs.resolve(base);
  if (!commit) throw new Refusal('base.unknown', { base });
  const wanted = input.prompt ?? title;
  return debate(ports, { ...debaters, task: taskId(title), wanted, commit, agents: [first, second] });
}

async function storiesFor(
  ports: Ports,
  title: string,
  prompt: string,
  names: readonly string[],
): Promise<Pick<TaskRequest, 'stories' | 'thinking'>> {
  const roles = new Map((await allRoles(ports)).map(({ name, text }) => [name, text]));
  const found = stagesOf(names, await ports.config.load(), roles);
  if ('problem' in found) throw new Refusal('usage.bad', { problem: found.problem, command: 'spawn' });
  const { stages } = found;
  return { stories: pipelinePrd(title, prompt, stages, roles), thinking: thinkingIn(stages) };
}

function competing(row: TaskRequest, compete: number, agents: readonly string[]): readonly TaskRequest[] {
  if (compete === 1) return [row];
  const rivals = taskId(row.title);
  return Array.from({ length: compete }, (_, at) => {
    const agent = agents[at % Math.max(1, agents.length)];
    return { ...row, title: `${rivals}-${at + 1}`, rivals, ...(agent ? { agent } : {}) };
  });
}
