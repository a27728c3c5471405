import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { drivers } from '../../src/adapters/agents/drivers.ts';
import type { AgentConfig } from '../../src/core/config.ts';
import { scene } from '../support/scene.ts';

const launch = async (agent: AgentConfig, cwd = tmpdir(), purpose: 'loop' | 'review' = 'loop') => {
  const scratch = mkdtempSync(join(tmpdir(), 'gwt scratch '));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const call = {
    agent: 'x',
    purpose,
    prompt: 'Do $(it) "well"',
    cwd,
    env: { GWT_ANSWER: '/runs/a b/verdict.json' } as Record<string, string>,
    rules: 'the rules',
    transcript: '',
    wallMs: 1,
    idleMs: 1,
  };
  const facts = {
    scratch,
    env: {},
    key: agent.keyEnv ? 'sk-secret' : undefined,
    identity: async () => ({ name: 'Ada', email: 'ada@example.com' }),
    scripted: ['node', 'scripted.cjs'],
    gwt: ['node', "/opt/it's/gwt.js"],
    root: '/project',
  };
  const made = await drivers[agent.driver]?.(call, agent, facts);
  if (!made) throw new Error(`no driver ${agent.driver}`);
  return { ...made, scratch };
};

test('Claude: prompt on stdin, the key in a file of this run alone, no word of it on the command line', async () => {
  const { command, input, scratch } = await launch({
    driver: 'claude',
    baseUrl: 'https://models.example.com/anthropic',
    keyEnv: 'MY_KEY',
    models: { sonnet: 'big', haiku: 'small' },
    args: ['--max-turns', '9'],
  });
  expect(input).toBe('Do $(it) "well"');
  expect(command.join(' ')).not.toMatch(/sk-secret|Do \$/);
  expect(command.join(' ')).toMatch(
    /^claude -p --verbose --output-format stream-json --permission-mode dontAsk --allowedTools \S+ --settings .* --append-system-prompt-file .* --model sonnet --max-turns 9$/,
  );
  const file = join(scratch, 'settings.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    env: {
      ANTHROPIC_BASE_URL: 'https://models.example.com/anthropic',
      ANTHROPIC_AUTH_TOKEN: 'sk-secret',
      ANTHROPIC_API_KEY: '',
      ANTHROPIC_DEFAULT_SONNET_MODEL: 'big',
      ANTHROPIC_DEFAULT_OPUS_MODEL: 'big',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'small',
    },
    attribution: { commit: '' },
  });
});

test('Claude without a config of its own keeps the user’s login: nothing is routed', async () => {
  const { command, scratch } = await launch({ driver: 'claude' });
  expect(JSON.parse(readFileSync(join(scratch, 'settings.json'), 'utf8')).env).toEqual({});
  expect(command).not.toContain('--model');
});

test('Codex: four folders are opened for the commit, and neither hooks nor config', async () => {
  const s = await scene();
  s.git('worktree', 'add', '-q', '-b', 'gwt/a', join(s.box, 'wt a'));
  const { command, input } = await launch({ driver: 'codex', model: 'm' }, join(s.box, 'wt a'));
  const opened = command.filter((_, at) => command[at - 1] === '--add-dir');
  expect(opened).toEqual(
    ['objects', 'refs/heads/gwt', 'logs/refs/heads/gwt', 'worktrees/wt-a'].map((name) => s.path('.git', name)),
  );
  expect(command.slice(0, 3)).toEqual(['codex', 'exec', '--json']);
  expect(command.at(-1)).toBe('-');
  expect(input).toBe('Do $(it) "well"');
});

test('Codex with a sandbox named in the config gets no other', async () => {
  const { command } = await launch({ driver: 'codex', args: ['--dangerously-bypass-approvals-and-sandbox'] });
  expect(command).not.toContain('--add-dir');
  expect(command).not.toContain('-s');
});

test('a command gets its prompt where it asks for it, as one word, else on stdin', async () => {
  const file = await launch({ driver: 'command', command: ['mine', '--model', '{model}', '{promptFile}'], model: 'm' });
  expect(file.command).toEqual(['mine', '--model', 'm', join(file.scratch, 'prompt.md')]);
  expect(file).not.toHaveProperty('input');
  expect((await launch({ driver: 'command', command: ['mine', 'say: {prompt}'] })).command).toEqual([
    'mine',
    'say: Do $(it) "well"',
  ]);
  expect((await launch({ driver: 'command', command: ['mine'] })).input).toBe('Do $(it) "well"');
});

test('the scripted agent reads the file beside the config', async () => {
  expect((await launch({ driver: 'scripted', script: 'demo/script.yaml' })).command).toEqual([
    'node',
    'scripted.cjs',
    '/project/demo/script.yaml',
  ]);
});

test('a reviewer is held to reading where its CLI can be', async () => {
  const { command, scratch } = await launch({ driver: 'claude' }, tmpdir(), 'review');
  expect(command[command.indexOf('--allowedTools') + 1]).toBe('Read,Glob,Grep,TodoWrite');
  const { permissions } = JSON.parse(readFileSync(join(scratch, 'settings.json'), 'utf8'));
  expect(permissions.allow).toEqual(expect.arrayContaining(['Bash(git diff:*)', 'Edit(//runs/a b/verdict.json)']));
  const words = async (driver: AgentConfig['driver']) =>
    (await launch({ driver }, tmpdir(), 'review')).command.join(' ');
  expect(await words('codex')).toMatch(/-s read-only (?!.*--add-dir)/);
  expect(await words('copilot')).toContain('--deny-tool write ');
  expect(await words('cursor-agent')).not.toContain('--force');
  expect(await words('aider')).toContain('--chat-mode ask');
  expect(await words('qwen')).toContain('--exclude-tools write_file --exclude-tools edit');
  expect(await words('gemini')).toMatch(/--policy \S.*reading\.toml/);
  const opencode = await launch({ driver: 'opencode' }, tmpdir(), 'review');
  expect(JSON.parse(opencode.env['OPENCODE_CONFIG_CONTENT'] ?? '').permission.edit).toBe('deny');
});
