import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentConfig } from '../../core/config.ts';
import { NO_USAGE, type Usage } from '../../core/usage.ts';
import type { Driver, DriverFacts, Reader } from './driver.ts';
import { asked, eventOf, type Loose, loose, number, text } from './jsonl.ts';

/**
 * Gemini CLI, headless. Its tool shell sees neither the user's git config nor any hook: who commits is told by
 * environment, and what it may change is checked by gwt afterwards.
 */
export const gemini: Driver = async (call, agent, facts) => {
  const [program = 'gemini', ...before] = agent.command ?? ['gemini'];
  const command = [
    program,
    ...before,
    ...['--skip-trust', '--approval-mode', 'yolo', '-o', 'stream-json'],
    ...(call.purpose === 'review' ? ['--policy', readingPolicy(facts.scratch)] : []),
    ...(agent.model ? ['-m', agent.model] : []),
    ...(agent.args ?? []),
  ];
  const { name, email } = await facts.identity();
  const env = {
    GIT_AUTHOR_NAME: facts.env['GIT_AUTHOR_NAME'] ?? name,
    GIT_AUTHOR_EMAIL: facts.env['GIT_AUTHOR_EMAIL'] ?? email,
    GIT_COMMITTER_NAME: facts.env['GIT_COMMITTER_NAME'] ?? name,
    GIT_COMMITTER_EMAIL: facts.env['GIT_COMMITTER_EMAIL'] ?? email,
    // Without this it starts itself a second time, and signals reach only the first.
    GEMINI_CLI_NO_RELAUNCH: 'true',
    ...(facts.key ? { GEMINI_API_KEY: facts.key } : {}),
    ...(agent.baseUrl ? elsewhere(agent.baseUrl, facts) : {}),
  };
  return { command, env, input: call.prompt, reader: geminiReader() };
};

/** Takes the tools that write from a reviewer; its shell stays. */
function readingPolicy(scratch: string): string {
  const path = join(scratch, 'reading.toml');
  writeFileSync(path, '[[rule]]\ntoolName = ["write_file", "replace"]\ndecision = "deny"\npriority = 999\n');
  return path;
}

/** With another address it wants to be told by its settings that there is a key, and reads them from its home only. */
function elsewhere(baseUrl: NonNullable<AgentConfig['baseUrl']>, { scratch, env }: DriverFacts) {
  const home = join(scratch, 'home');
  mkdirSync(join(home, '.gemini'), { recursive: true, mode: 0o700 });
  const settings = own(join(env['GEMINI_CLI_HOME'] ?? env['HOME'] ?? '/', '.gemini/settings.json'));
  const security = { ...loose(settings['security']), auth: { selectedType: 'gemini-api-key' } };
  const text = JSON.stringify({ ...settings, security }, null, 2);
  writeFileSync(join(home, '.gemini/settings.json'), text, { mode: 0o600 });
  return { GOOGLE_GEMINI_BASE_URL: baseUrl, GEMINI_CLI_HOME: home };
}

function own(path: string): Loose {
  try {
    return loose(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}

/** Reads `-o stream-json`. A good end has a result line: ended by a signal it exits with 0 and has none. */
export function geminiReader(): Reader {
  let last = '';
  let between = false;
  let session: string | undefined;
  let result: Loose | undefined;
  return {
    line(line, stream) {
      const event = eventOf(line, stream);
      if (!event) return undefined;
      if (event['type'] === 'init') session = text(event['session_id']);
      if (event['type'] === 'result') result = event;
      if (event['type'] === 'tool_use') {
        between = true;
        return { text: asked(event['tool_name'], event['parameters']) };
      }
      if (event['type'] !== 'message' || event['role'] !== 'assistant') return undefined;
      // A message comes in pieces; after a tool was used it is another one.
      last = between || event['delta'] !== true ? text(event['content']) : last + text(event['content']);
      between = false;
      return { text: text(event['content']) };
    },
    result(code) {
      const good = code === 0 && result?.['status'] === 'success';
      const why =
        text(loose(result?.['error'])['message']) || (result ? `exit ${code}` : `no result line (exit ${code})`);
      return {
        text: between ? '' : last,
        usage: result ? tokens(loose(result['stats'])) : NO_USAGE,
        wellFormed: good,
        ...(good ? {} : { problem: why.slice(0, 500) }),
        ...(session ? { session } : {}),
      };
    },
  };
}

/** `input` is without what was read from the cache; what is in the total and in neither is thinking, which is output. */
function tokens(stats: Loose): Usage {
  const [given, output] = [number(stats['input_tokens']), number(stats['output_tokens'])];
  return {
    inputTokens: number(stats['input']),
    outputTokens: Math.max(output, number(stats['total_tokens']) - given),
    cacheReadTokens: number(stats['cached']),
    cacheWriteTokens: 0,
    costUsd: 0,
  };
}
