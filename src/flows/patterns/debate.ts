import { criticPrompt, type Debaters, type Plan, planPrompt } from '../../core/patterns/debate.ts';
import { textIn, textsIn } from '../../core/patterns/said.ts';
import type { Oid, Ports } from '../../ports.ts';
import { allRoles } from '../roles.ts';
import { ask } from './ask.ts';

export interface DebateInput extends Debaters {
  /** Names the transcripts. */
  readonly task: string;
  readonly wanted: string;
  readonly commit: Oid;
  /** Who plans and who objects. */
  readonly agents: readonly [string, string];
  readonly rounds?: number;
}

const ROUNDS = 3;

/** A plan that one agent makes and another objects to, until it agrees or the rounds end. */
export async function debate(ports: Ports, input: DebateInput): Promise<Plan> {
  const { task, wanted, commit, agents, rounds = ROUNDS, proposer, critic, persona = '' } = input;
  for (const agent of agents) await ports.agents.find(agent);
  const roles = new Map((await allRoles(ports)).map(({ name, text }) => [name, text]));
  const wallMs = (await ports.config.load()).loop.minutes * 60_000;
  const common = { about: task, commit, wallMs };
  let now: Plan = { plan: '', agreed: false, rounds: 0, objections: [] };
  for (let round = 1; round <= rounds && !ports.stop.aborted; round += 1) {
    const before = now.plan === '' ? undefined : now;
    const proposed = await ask(ports, {
      ...common,
      agent: agents[0],
      role: proposer,
      name: `debate-${round}-plan`,
      prompt: (answer) => planPrompt(wanted, roles.get(proposer) ?? '', before, answer),
    });
    const plan = textIn(proposed.said, 'plan') || now.plan;
    now = { ...now, plan, rounds: round };
    if (plan === '') return { ...now, objections: [proposed.silent ?? `${agents[0]} gave no plan`] };
    const heard = await ask(ports, {
      ...common,
      agent: agents[1],
      role: critic,
      name: `debate-${round}-critic`,
      prompt: (answer) => criticPrompt(wanted, now, roles.get(critic) ?? '', persona, answer),
    });
    if (heard.said?.['agree'] === true) return { ...now, agreed: true, objections: [] };
    const reasons = textsIn(heard.said, 'reasons');
    now = { ...now, objections: reasons.length > 0 ? reasons : [heard.silent ?? `${agents[1]} does not say why`] };
  }
  return now;
}
