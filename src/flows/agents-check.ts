import { join } from 'node:path';
import { agentEnv } from '../core/agent-env.ts';
import { installing, mending } from '../core/agent-programs.ts';
import type { AgentConfig } from '../core/config.ts';
import { oneLine } from '../core/event.ts';
import { Refusal } from '../core/refusal.ts';
import { NO_USAGE, type Usage } from '../core/usage.ts';
import type { AgentEnd, Ports } from '../ports.ts';
import { approve } from './approve.ts';
import { resume } from './pause.ts';

export interface CheckInput {
  /** Default: every agent of the config. */
  readonly agents: readonly string[];
}
export interface Checked {
  readonly name: string;
  readonly outcome: 'works' | 'missing' | 'keyless' | 'failed';
  /** What it answered, in one line. */
  readonly said: string;
  readonly seconds: number;
  readonly usage: Usage;
  /** What is wrong, and what to type or look at. */
  readonly problem?: string;
  readonly next?: string;
}
export interface CheckedAll {
  readonly agents: readonly Checked[];
  /** False when one that was named does not work; of those not named, one that is not installed is no fault. */
  readonly good: boolean;
}

const PROMPT = 'This is a check that you can be reached. Use no tools. Answer with the one word READY.\n';
const MOST_MS = 180_000;

/** Starts each agent in a repository made for it, asks for one word, and says what works, what is missing and what to do. */
export async function checkAgents(ports: Ports, { agents }: CheckInput): Promise<CheckedAll> {
  await approve(ports, ['agents']);
  const names = agents.length > 0 ? [...new Set(agents)] : Object.keys((await ports.config.load()).agents);
  const wanted = await Promise.all(names.map(async (name) => ({ name, agent: await ports.agents.find(name) })));
  const checked: Checked[] = [];
  for (const { name, agent } of wanted) if (!ports.stop.aborted) checked.push(await check(ports, name, agent));
  const counted = agents.length > 0 ? checked : checked.filter(({ outcome }) => outcome !== 'missing');
  return { agents: checked, good: counted.length > 0 && counted.every(({ outcome }) => outcome === 'works') };
}

async function check(ports: Ports, name: string, agent: AgentConfig): Promise<Checked> {
  const nothing = { name, said: '', seconds: 0, usage: NO_USAGE };
  if ((await ports.agents.program(name)) === undefined)
    return { ...nothing, outcome: 'missing', problem: 'its program is not on PATH', next: installing(agent) };
  const { keyEnv, keyFile } = agent;
  if (keyEnv && !keyFile && !ports.self.env[keyEnv])
    return { ...nothing, outcome: 'keyless', problem: `${keyEnv} is not set`, next: `export ${keyEnv}=<your key>` };
  const run = ports.ids.next();
  const place = join((await ports.git.repo()).common, 'gwt/check');
  const [cwd, transcript] = [join(place, run), join(place, `${encodeURIComponent(name)}.log`)];
  ports.report({ type: 'agent.asked', at: new Date(ports.clock.now()).toISOString(), agent: name });
  try {
    await ports.files.remove(transcript);
    await ports.files.makeDir(cwd);
    await ports.git.init(cwd);
    const found = verdict(await ask(ports, name, { cwd, transcript, run }), agent, transcript);
    // It serves again: nobody has to wait any longer.
    if (found.outcome === 'works') await resume(ports, agent);
    return { ...nothing, ...found };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'agent.missing') throw error;
    return { ...nothing, outcome: 'missing', problem: 'its program cannot be started', next: installing(agent) };
  } finally {
    await ports.files.remove(cwd);
  }
}

function ask(
  ports: Ports,
  name: string,
  { cwd, transcript, run }: { readonly cwd: string; readonly transcript: string; readonly run: string },
): Promise<AgentEnd> {
  const task = { id: 'check', agentId: name, role: 'coder', worktree: cwd };
  return ports.agents.run({
    agent: name,
    purpose: 'check',
    prompt: PROMPT,
    cwd,
    env: agentEnv(task, run, '', 'check'),
    transcript,
    wallMs: MOST_MS,
    idleMs: MOST_MS,
  });
}

function verdict(end: AgentEnd, agent: AgentConfig, transcript: string): Omit<Checked, 'name'> {
  const facts = { said: oneLine(end.text), seconds: end.seconds, usage: end.usage };
  const spoke = end.text !== '' || agent.driver === 'command' || agent.driver === 'scripted';
  if (end.outcome === 'exited' && end.wellFormed && spoke) return { ...facts, outcome: 'works' };
  const why = end.wellFormed ? 'it ended without a word' : (end.problem ?? `exit ${end.code}`);
  const problem = end.outcome === 'exited' ? why : `no answer in ${Math.round(end.seconds)} s`;
  return { ...facts, outcome: 'failed', problem: oneLine(problem), next: mending(agent, transcript) };
}
