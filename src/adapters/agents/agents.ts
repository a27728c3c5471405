import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { programOf } from '../../core/agent-programs.ts';
import type { AgentConfig } from '../../core/config.ts';
import { type OwnPrices, withCost } from '../../core/prices.ts';
import { withPreset } from '../../core/providers.ts';
import { Refusal } from '../../core/refusal.ts';
import type { Usage } from '../../core/usage.ts';
import type { AgentCall, AgentEnd, Agents, Configs, Files, Programs, Self } from '../../ports.ts';
import type { DriverFacts } from './driver.ts';
import { drivers } from './drivers.ts';

/** Where agents work: the folder of the config, where relative paths in it start, and who commits there. */
export interface Ground {
  root(): Promise<string>;
  identity(): Promise<{ readonly name: string; readonly email: string }>;
}

/** The agents of the config. Each run gets a scratch folder beside its transcript, taken away afterwards. */
export function openAgents(programs: Programs, configs: Configs, self: Self, files: Files, ground: Ground): Agents {
  const find = async (name: string): Promise<AgentConfig> => {
    const { agents } = await configs.load();
    const agent = Object.hasOwn(agents, name) ? agents[name] : undefined;
    if (!agent) throw new Refusal('agent.unknown', { agent: name, known: Object.keys(agents) });
    return withPreset(agent);
  };
  return {
    find,
    program: async (name) => programPath(programOf(await find(name)), self, await ground.root()),
    async run(call) {
      const found = await find(call.agent);
      const agent = call.model ? { ...found, model: call.model } : found;
      const scratch = `${call.transcript}.d`;
      const { prices, logs } = await configs.load();
      await files.makeDir(scratch);
      try {
        await files.jot(join(scratch, 'prompt.md'), call.prompt, 0o600);
        return await launch(programs, self, call, agent, {
          scratch,
          root: await ground.root(),
          identity: ground.identity,
          prices,
          part: logs.megabytes * 1_000_000,
        });
      } finally {
        await files.remove(scratch);
      }
    },
  };
}

async function launch(
  programs: Programs,
  self: Self,
  call: AgentCall,
  found: AgentConfig,
  place: Pick<DriverFacts, 'scratch' | 'root' | 'identity'> & { readonly prices: OwnPrices; readonly part: number },
): Promise<AgentEnd> {
  const driver = drivers[found.driver];
  if (!driver) throw new Refusal('agent.unknown', { agent: found.driver, known: Object.keys(drivers) });
  const scripted = [self.command[0] ?? 'node', join(dirname(self.hooks), 'dist/scripted-agent.cjs')];
  const { key, named } = keyOf(call.agent, found, self, place.root);
  const agent = named ? { ...found, keyEnv: named } : found;
  const { command, env, input, reader } = await driver(call, agent, {
    ...place,
    env: self.env,
    ...(key ? { key } : {}),
    scripted,
    gwt: self.command,
  });
  let model: string | undefined;
  const costed = (usage: Usage) => withCost(usage, [agent.model, agent.models?.sonnet, model], place.prices);
  const end = await programs.run({
    command,
    cwd: call.cwd,
    env: { ...withGwt(self), ...(named && key ? { [named]: key } : {}), ...agent.env, ...env, ...call.env },
    ...(input === undefined ? {} : { input }),
    wallMs: call.wallMs,
    idleMs: call.idleMs,
    ...(call.until ? { until: call.until } : {}),
    log: call.transcript,
    logPart: place.part,
    ...(key ? { secrets: [key] } : {}),
    onLine(line, stream) {
      const told = reader.line(line, stream);
      if (told?.text !== undefined) call.onText?.(told.text);
      if (told?.model) model = told.model;
      if (told?.context) call.onContext?.(told.context);
      if (told?.usage) call.onUsage?.(costed(told.usage));
    },
  });
  if (end.outcome === 'not-found') {
    const facts = { agent: call.agent, program: command[0] ?? '' };
    throw new Refusal('agent.missing', end.errno ? { ...facts, errno: end.errno } : facts);
  }
  const result = reader.result(end.code);
  return { ...end, ...result, usage: costed(result.usage) };
}

/** Agents are told to type `gwt`, and must reach this very one, also where it is not installed. */
function withGwt({ hooks, command, env }: Self): Readonly<Record<string, string>> {
  const folder = join(dirname(hooks), 'bin/path');
  return { PATH: `${folder}:${env['PATH'] ?? ''}`, GWT_NODE: command[0] ?? 'node' };
}

/** Where a CLI wants a variable named for a key that came out of a file, and the config names none. */
const KEY_NAME = 'GWT_AGENT_KEY';

/**
 * Without its key a CLI would ask for a login, or quietly use another one's account. `named` is the variable that a key
 * out of a file is put into, for those that take it from there.
 */
function keyOf(
  name: string,
  { driver, keyEnv, keyFile }: AgentConfig,
  { env }: Self,
  root: string,
): { readonly key?: string; readonly named?: string } {
  const set = keyEnv ? env[keyEnv] : undefined;
  if (set) return { key: set };
  if (!keyFile && keyEnv) throw new Refusal('agent.keyless', { agent: name, variable: keyEnv });
  if (!keyFile) return {};
  const key = keyIn(resolve(root, keyFile.replace(/^~(?=\/)/, env['HOME'] ?? '~')));
  const named = keyEnv ?? (driver === 'codex' || driver === 'opencode' ? KEY_NAME : undefined);
  return named ? { key, named } : { key };
}

/** Refuses `file.unreadable`; what stands in the file is in no message. */
function keyIn(path: string): string {
  let text = '';
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new Refusal('file.unreadable', { path, why: (error as NodeJS.ErrnoException).code ?? 'it cannot be read' });
  }
  if (text === '' || /\s/.test(text)) throw new Refusal('file.unreadable', { path, why: 'it does not hold one key' });
  return text;
}

/** Looks where the system would look when it starts it: on PATH, or at the path itself. */
function programPath(program: string | undefined, { env, command }: Self, root: string): string | undefined {
  if (program === undefined) return command[0];
  const folders = program.includes('/') ? [''] : (env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => resolve(root, folder, program)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
