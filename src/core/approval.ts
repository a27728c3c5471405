import type { AgentConfig, ConfigInput } from './config.ts';
import { type GateSpec, gateOf } from './gate.ts';
import { allHandlers, handlerText } from './outlet.ts';

/** What of a project's config is going to run. */
export type CommandUse = 'setup' | 'gates' | 'agents' | 'generated' | 'on';

/** One command that a project's config would run on this machine, as it is shown to the person. */
export interface ProjectCommand {
  readonly use: CommandUse;
  readonly text: string;
}

/** Every command a config layer would run, in the order of the config; each once. */
export function commandsOf(layer: ConfigInput): readonly ProjectCommand[] {
  const gates = [...(layer.gates ?? []), ...(layer.merge?.gates ?? [])];
  const all: ProjectCommand[] = [
    ...[...(layer.worktrees?.setup ?? []), ...(layer.merge?.prepare ?? [])].map((spec) => ({
      use: 'setup' as const,
      text: gateOf(spec).run,
    })),
    ...gates.map((spec) => ({ use: 'gates' as const, text: gateText(spec) })),
    ...(layer.merge?.generated ?? []).map(({ run }) => ({ use: 'generated' as const, text: run })),
    ...Object.entries(layer.agents ?? {}).flatMap(([name, agent]) => (agent ? agentCommands(name, agent) : [])),
    ...allHandlers(layer.on ?? {})
      .filter(({ handler }) => typeof handler === 'string' || !('notify' in handler))
      .map(({ name, handler }) => ({ use: 'on' as const, text: `on ${name}: ${handlerText(handler)}` })),
  ];
  return all.filter((one, at) => all.findIndex(({ use, text }) => use === one.use && text === one.text) === at);
}

/** What a gate puts into its environment may change what it runs. */
function gateText(spec: GateSpec): string {
  const { run, env } = gateOf(spec);
  return [...Object.entries(env).map(([name, value]) => `${name}=${value}`), run].join(' ');
}

/** An agent's own program needs a word, and so does whatever changes how a known CLI runs or whom it talks to. */
function agentCommands(name: string, agent: AgentConfig): readonly ProjectCommand[] {
  const { command, script, args, env, preset, baseUrl, keyEnv, keyFile } = agent;
  const parts = [
    ...(command ?? []),
    ...(args ?? []),
    ...(script ? [`script=${script}`] : []),
    ...Object.entries(env ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(preset ? [`preset=${preset}`] : []),
    ...(baseUrl ? [`baseUrl=${baseUrl}`] : []),
    ...(keyEnv ? [`keyEnv=${keyEnv}`] : []),
    ...(keyFile ? [`keyFile=${keyFile}`] : []),
  ];
  return parts.length === 0 ? [] : [{ use: 'agents', text: `agent ${name}: ${parts.join(' ')}` }];
}
