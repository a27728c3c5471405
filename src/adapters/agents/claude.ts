import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentConfig } from '../../core/config.ts';
import { quoted } from '../../core/hookfile.ts';
import { TIERS, type Tier } from '../../core/providers.ts';
import type { AgentCall } from '../../ports.ts';
import { claudeReader } from './claude-reader.ts';
import type { Driver } from './driver.ts';

/** Tools an unattended run may use; more by `args` in the config. Those that write stand in the settings, with where they may. */
const TOOLS = 'Bash,Read,Glob,Grep,Task,TodoWrite';

/** Tools of a reviewer: it reads, files and history, and writes nothing but its verdict. */
const READING = 'Read,Glob,Grep,TodoWrite';
const HISTORY = ['diff', 'log', 'show', 'status', 'blame', 'ls-files', 'ls-tree'].map((at) => `Bash(git ${at}:*)`);

/** What the claim's hooks refuse anyway; said here so that the agent hears of it at once. */
const DENIED = ['Bash(git push:*)', 'Bash(git stash:*)', 'Bash(git worktree:*)', 'Bash(git update-ref:*)'];

/**
 * Claude Code, headless. Whom it talks to is written into a settings file of this run alone, because `env` in the
 * user's or the project's settings would win over the environment of the process. `dontAsk` works as root too, where
 * skipping permissions is refused.
 */
export const claude: Driver = (call, agent, { scratch, env, key, gwt }) => {
  const settings = join(scratch, 'settings.json');
  writeFileSync(settings, JSON.stringify(settingsFor(call, agent, key, gwt), null, 2), { mode: 0o600 });
  const rules = join(scratch, 'rules.md');
  if (call.rules) writeFileSync(rules, call.rules);
  const [program = 'claude', ...before] = agent.command ?? ['claude'];
  const model = agent.model ?? (agent.models ? 'sonnet' : undefined);
  const command = [
    program,
    ...before,
    '-p',
    ...['--verbose', '--output-format', 'stream-json'],
    ...['--permission-mode', 'dontAsk', '--allowedTools', call.purpose === 'review' ? READING : TOOLS],
    ...['--settings', settings],
    ...(call.rules ? ['--append-system-prompt-file', rules] : []),
    ...(model ? ['--model', model] : []),
    ...(agent.args ?? []),
  ];
  return { command, env: environment(env), input: call.prompt, reader: claudeReader(agent) };
};

/** A run must not know of a Claude Code that gwt itself may have been started from, and must not wait for minutes. */
function environment(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return {
    CLAUDECODE: undefined,
    CLAUDE_CODE_ENTRYPOINT: undefined,
    // Memory is shared by all worktrees of a repository: agents would influence each other.
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_MAX_RETRIES: env['CLAUDE_CODE_MAX_RETRIES'] ?? '4',
  };
}

function settingsFor({ purpose, env }: AgentCall, agent: AgentConfig, key: string | undefined, gwt: readonly string[]) {
  const verdict = env['GWT_ANSWER'];
  // A path of the file system, not of the project, begins with two strokes; a rule for Edit holds for all that write.
  const own = purpose === 'review' ? HISTORY : ['Edit(./**)', `Edit(/${tmpdir()}/**)`];
  const allow = [...own, ...(verdict ? [`Edit(/${verdict})`] : [])];
  return {
    env: { ...routing(agent, key), ...models(agent.models) },
    attribution: { commit: '', pr: '' },
    permissions: { deny: DENIED, allow },
    ...(purpose === 'loop' ? { hooks: guardHook(gwt) } : {}),
  };
}

/** Tells the agent at once where it may not write, and why. The shell is not looked at: that is left to git's hooks and the loop. */
function guardHook(gwt: readonly string[]) {
  const command = [...gwt, 'hook', 'tool'].map(quoted).join(' ');
  const hooks = [{ type: 'command', command, timeout: 30 }];
  return { PreToolUse: [{ matcher: 'Edit|Write|MultiEdit|NotebookEdit', hooks }] };
}

/** With both keys set both would be sent, so the one that is not meant is emptied. */
function routing({ baseUrl }: AgentConfig, key: string | undefined): Record<string, string> {
  // A local server wants no key, but without one Claude Code would ask for a login.
  const token = key ?? 'none';
  if (baseUrl) return { ANTHROPIC_BASE_URL: baseUrl, ANTHROPIC_AUTH_TOKEN: token, ANTHROPIC_API_KEY: '' };
  return key ? { ANTHROPIC_API_KEY: key } : {};
}

/** Every tier is set: a name the provider does not know may silently run another model. */
function models(given: AgentConfig['models']): Record<string, string> {
  const main = given?.sonnet ?? given?.opus ?? Object.values(given ?? {})[0];
  if (!main) return {};
  const variable = (tier: Tier) =>
    tier === 'subagent' ? 'CLAUDE_CODE_SUBAGENT_MODEL' : `ANTHROPIC_DEFAULT_${tier.toUpperCase()}_MODEL`;
  return Object.fromEntries(TIERS.map((tier) => [variable(tier), given?.[tier] ?? main]));
}
