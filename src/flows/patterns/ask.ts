import { join } from 'node:path';
import { agentEnv } from '../../core/agent-env.ts';
import { saidIn } from '../../core/patterns/said.ts';
import type { AgentEnd, Oid, Ports } from '../../ports.ts';
import { runsFolder } from '../loop/places.ts';
import { inScratch } from '../loop/prove.ts';
import { openBenches } from '../merge/ready.ts';

export interface Question {
  readonly agent: string;
  /** What is checked out where it works; what it changes there is thrown away. */
  readonly commit: Oid;
  readonly role: string;
  /** Names its transcript, below the runs of `about`. */
  readonly name: string;
  readonly about: string;
  readonly wallMs: number;
  prompt(answer: string): string;
}
export interface Asked {
  /** The JSON object it gave; undefined where it gave none. */
  readonly said: Readonly<Record<string, unknown>> | undefined;
  /** Why there is none. */
  readonly silent?: string;
  readonly end: AgentEnd;
}

/** Asks an agent something that it answers with JSON, on a checkout of its own. */
export async function ask(ports: Ports, question: Question): Promise<Asked> {
  const { agent, commit, role, name, about, wallMs } = question;
  // One of its own: whoever opens a bench ends what an earlier run left there.
  const run = ports.ids.next();
  const { loop } = await ports.config.load();
  const folder = runsFolder(await ports.git.repo(), about);
  const answer = join(folder, `${name}.json`);
  await ports.files.remove(answer);
  const end = await inScratch(ports, async (number) => {
    const bench = await openBenches(ports, run, 'gates')(commit, number);
    const asked = { id: about, agentId: `${name}-${agent}`, role, worktree: bench.path };
    return ports.agents.run({
      agent,
      purpose: 'review',
      prompt: question.prompt(answer),
      cwd: bench.path,
      env: { ...agentEnv(asked, run, '', 'review'), GWT_ANSWER: answer },
      transcript: join(folder, `${name}.log`),
      wallMs,
      idleMs: Math.min(wallMs, loop.idleMinutes * 60_000),
    });
  });
  const said = saidIn(await ports.files.read(answer), end);
  return { said, end, ...(said ? {} : { silent: `${agent} gave no answer (${endOf(end)})` }) };
}

const endOf = ({ outcome, problem, code }: AgentEnd): string =>
  outcome === 'exited' ? (problem ?? `exit ${code}`) : outcome;
