import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { drivers } from '../../src/adapters/agents/drivers.ts';
import type { AgentConfig } from '../../src/core/config.ts';
import type { DriverName } from '../../src/core/driver.ts';
import { withPreset } from '../../src/core/providers.ts';

const KEY = 'sk-a-key-that-is-long-enough';

/** How a driver would start its CLI with this config; `settings` is what Claude Code is told by a file. */
async function launched(driver: DriverName, agent: Partial<AgentConfig>, key?: string) {
  const scratch = mkdtempSync(join(tmpdir(), 'gwt-routing-'));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const call = {
    agent: 'a',
    purpose: 'loop' as const,
    prompt: 'do it',
    cwd: '/repo/wt',
    env: { GWT_TASK: 't' },
    transcript: join(scratch, '1.log'),
    wallMs: 1,
    idleMs: 1,
  };
  const launch = await drivers[driver]?.(call, withPreset({ driver, ...agent }), {
    scratch,
    env: { HOME: scratch },
    ...(key ? { key } : {}),
    scripted: [],
    gwt: ['node', "/opt/it's/gwt.js"],
    root: '/repo',
    identity: async () => ({ name: 'Ada', email: 'ada@x.invalid' }),
  });
  if (!launch) throw new Error(`no driver ${driver}`);
  const read = (name: string) => ({
    mode: statSync(join(scratch, name)).mode & 0o777,
    json: JSON.parse(readFileSync(join(scratch, name), 'utf8')),
  });
  return { ...launch, read, line: launch.command.join(' ') };
}

test('Claude with a preset: every tier and the key stand in a file only its owner reads, and nowhere else', async () => {
  const { read, line, env } = await launched('claude', { preset: 'zai' }, KEY);
  const { mode, json } = read('settings.json');
  expect(mode).toBe(0o600);
  expect(json.env).toEqual({
    ANTHROPIC_BASE_URL: 'https://api.z.ai/api/anthropic',
    ANTHROPIC_AUTH_TOKEN: KEY,
    ANTHROPIC_API_KEY: '',
    ANTHROPIC_DEFAULT_OPUS_MODEL: 'glm-5.3',
    ANTHROPIC_DEFAULT_SONNET_MODEL: 'glm-5.3',
    ANTHROPIC_DEFAULT_HAIKU_MODEL: 'glm-5.3-flash',
    ANTHROPIC_DEFAULT_FABLE_MODEL: 'glm-5.3',
    CLAUDE_CODE_SUBAGENT_MODEL: 'glm-5.3',
  });
  expect(line).toContain('--model sonnet');
  expect(line + JSON.stringify(env)).not.toContain(KEY);
});

test('Claude with a local provider: no key is asked for', async () => {
  const { read } = await launched('claude', { preset: 'ollama' });
  expect(read('settings.json').json.env).toMatchObject({
    ANTHROPIC_BASE_URL: 'http://localhost:11434',
    ANTHROPIC_AUTH_TOKEN: 'none',
    ANTHROPIC_API_KEY: '',
  });
});

test('Claude without either talks to whom it always talks', async () => {
  expect((await launched('claude', {})).read('settings.json').json.env).toEqual({});
});

test.each(['gemini', 'qwen', 'copilot', 'opencode'] as const)('%s: the prompt goes in by stdin', async (driver) => {
  const { input, line, env } = await launched(driver, {});
  expect(input).toBe('do it');
  expect(line).not.toContain('do it');
  // Its own login is used: nothing is said of a provider.
  expect(JSON.stringify(env)).not.toMatch(/_BASE_URL|API_KEY|baseURL/);
});

test('Gemini: who commits is told by environment; another address by a home of its own', async () => {
  const { env, read } = await launched('gemini', { baseUrl: 'http://127.0.0.1:1' }, KEY);
  expect(env).toMatchObject({ GIT_AUTHOR_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@x.invalid', GEMINI_API_KEY: KEY });
  expect(read('home/.gemini/settings.json')).toMatchObject({
    mode: 0o600,
    json: { security: { auth: { selectedType: 'gemini-api-key' } } },
  });
});

test('Qwen: the protocol decides which variables name the provider', async () => {
  const one = await launched('qwen', { baseUrl: 'http://x/v1', model: 'm' }, KEY);
  expect(one.line).toContain('--auth-type openai');
  expect(one.env).toMatchObject({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: 'http://x/v1', OPENAI_MODEL: 'm' });
  const two = await launched('qwen', { baseUrl: 'http://x', args: ['--auth-type', 'anthropic'] }, KEY);
  expect(two.line).not.toContain('openai');
  expect(two.env).toMatchObject({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: 'http://x' });
});

test('opencode: the key is named, not told, and pushing is refused', async () => {
  const { env } = await launched('opencode', { baseUrl: 'http://x/v1', keyEnv: 'MY_KEY', model: 'm' }, KEY);
  const settings = JSON.parse(env['OPENCODE_CONFIG_CONTENT'] ?? '');
  expect(settings).toMatchObject({
    model: 'gwt/m',
    provider: { gwt: { options: { baseURL: 'http://x/v1', apiKey: '{env:MY_KEY}' } } },
    permission: { bash: { 'git push*': 'deny' } },
  });
  expect(JSON.stringify(env)).not.toContain(KEY);
});
