import { nearest } from '../../../core/near.ts';
import { Refusal } from '../../../core/refusal.ts';
import { type AgentRow, agents } from '../../../flows/agents.ts';
import { type CheckedAll, checkAgents } from '../../../flows/agents-check.ts';
import type { CommandSpec } from '../command.ts';
import { renderAgents, renderChecked } from '../render/agents.ts';

type Input = { readonly check?: readonly string[] };
type Answer = { readonly agents: readonly AgentRow[] } | { readonly checked: CheckedAll };

export const agentsCommand: CommandSpec<Input, Answer> = {
  usage: 'agents [check] [names...]',
  summary: 'the agents of the config, and whether they work',
  details: `The agents of the config: what starts them, whether that program and the key are there.

check: starts each of them, or those that are named, in a repository made for it, asks for one word (which costs a
few tokens), and says what works, what is missing and what to type.`,
  options: [],
  examples: [
    { command: 'gwt agents', what: 'what is configured and what is installed' },
    { command: 'gwt agents check claude', what: 'does claude answer?' },
  ],
  input({ args: [what, ...names] }) {
    if (what === undefined) return {};
    if (what === 'check') return { check: names };
    const [meant] = nearest(what, ['check']);
    const problem = `there is no "agents ${what}"${meant ? `; did you mean ${meant}?` : ''}`;
    throw new Refusal('usage.bad', { problem, command: 'agents' });
  },
  flow: async (ports, { check }) =>
    check ? { checked: await checkAgents(ports, { agents: check }) } : { agents: await agents(ports) },
  render: (answer, style) =>
    'checked' in answer ? renderChecked(answer.checked, style) : renderAgents(answer.agents, style),
  exit: (answer) => ('checked' in answer && !answer.checked.good ? 1 : 0),
  json: (answer) => ('checked' in answer ? answer.checked : answer),
};
