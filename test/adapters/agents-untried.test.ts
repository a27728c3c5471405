import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aiderReader } from '../../src/adapters/agents/aider.ts';
import { ampReader } from '../../src/adapters/agents/amp.ts';
import { cursorReader } from '../../src/adapters/agents/cursor-agent.ts';
import { drivers } from '../../src/adapters/agents/drivers.ts';
import type { AgentConfig } from '../../src/core/config.ts';
import { saysDone } from '../../src/core/prompt.ts';
import { PROJECT } from '../support/scene.ts';

// These transcripts are shaped after the documentation of the CLIs; none of them is of a real run.
const readers = { aider: aiderReader, amp: ampReader, 'cursor-agent': cursorReader };
type Name = keyof typeof readers;
const names = Object.keys(readers) as Name[];

function read(name: Name, code: number, most = Number.POSITIVE_INFINITY, extra: readonly string[] = []) {
  const reader = readers[name]();
  const text = readFileSync(join(PROJECT, 'fixtures/transcripts', `${name}-documented.jsonl`), 'utf8');
  const lines = [...text.split('\n').slice(0, most), ...extra];
  const said = lines.flatMap((line) => reader.line(line, 'stdout')?.text ?? []);
  return { ...reader.result(code), said: said.join('\n') };
}

test.each(names)('%s: a good run, as documented', (name) => {
  const run = read(name, 0);
  expect(run.wellFormed).toBe(true);
  expect(saysDone(run.text)).toBe(true);
  expect(run.said).toContain('Writing the file.');
});

test.each(names)('%s: cut short, or with a bad exit code, it is none', (name) => {
  expect(read(name, 0, 4)).toMatchObject({ wellFormed: false, problem: expect.stringContaining('exit 0') });
  expect(read(name, 1)).toMatchObject({ wellFormed: false, problem: expect.stringContaining('exit 1') });
});

test('Amp: usage is the sum of its messages, with the cache taken out of the input', () => {
  expect(read('amp', 0)).toMatchObject({
    session: 'T-1',
    usage: { inputTokens: 633, outputTokens: 38, cacheReadTokens: 24_783, cacheWriteTokens: 367 },
  });
  expect(read('amp', 0).said).toContain('create_file hello.txt');
});

test('Cursor: the last message counts, not all of them joined; which tool it uses is told', () => {
  const run = read('cursor-agent', 0);
  expect(run.text).toBe('All done.\n\nPROMISE COMPLETE');
  expect(run.said).toContain('write hello.txt');
  const failed = cursorReader();
  failed.line('Error: not logged in', 'stderr');
  expect(failed.result(1)).toMatchObject({ wellFormed: false, problem: 'Error: not logged in' });
});

test('Aider: its own lines are no answer, its rounded figures are summed, an error after them is the end', () => {
  expect(read('aider', 0).usage).toEqual({
    inputTokens: 4100,
    outputTokens: 38,
    cacheReadTokens: 8500,
    cacheWriteTokens: 1500,
    costUsd: 0.0112,
  });
  expect(read('aider', 0).text).not.toMatch(/Aider v|Tokens:|Applied edit/);
  const broken = read('aider', 0, Number.POSITIVE_INFINITY, ['litellm.AuthenticationError: no key']);
  expect(broken).toMatchObject({ wellFormed: false, problem: 'litellm.AuthenticationError: no key' });
});

async function launched(agent: AgentConfig, prompt: string, purpose: 'loop' | 'merge' = 'loop') {
  const call = { agent: 'x', purpose, prompt, cwd: '/work tree', env: {}, transcript: '', wallMs: 1, idleMs: 1 };
  const facts = { scratch: '/s', env: {}, key: 'sk-secret', identity: async () => ({ name: 'A', email: 'a@b' }) };
  const made = await drivers[agent.driver]?.(call, agent, { ...facts, scripted: [], gwt: [], root: '/' });
  if (!made) throw new Error(`no driver ${agent.driver}`);
  expect(made.command.join(' ')).not.toContain('sk-secret');
  return made;
}

test('Aider commits nothing itself, and leaves nothing of its own in the worktree', async () => {
  const { command, env, input } = await launched({ driver: 'aider', model: 'm', baseUrl: 'http://x/v1' }, 'Do it');
  expect(command.slice(0, 4)).toEqual(['aider', '--yes-always', '--message-file', '/s/prompt.md']);
  expect(command).toEqual(expect.arrayContaining(['--no-auto-commits', '--no-dirty-commits', '--no-gitignore']));
  expect(command).toEqual(expect.arrayContaining(['--chat-history-file', '/s/chat.md', '--model', 'openai/m']));
  expect(env).toEqual({ OPENAI_API_BASE: 'http://x/v1', OPENAI_API_KEY: 'sk-secret' });
  expect(input).toBeUndefined();
  expect(command).not.toContain('--map-tokens');
  expect((await launched({ driver: 'aider' }, 'Do it', 'merge')).command).toContain('--map-tokens');
});

test('Amp takes its prompt on stdin; Cursor as its last word, or from a file when it is too long for one', async () => {
  const amp = await launched({ driver: 'amp', model: 'high' }, 'Do it');
  expect(amp).toMatchObject({ input: 'Do it', env: { AMP_API_KEY: 'sk-secret' } });
  const cursor = await launched({ driver: 'cursor-agent', model: 'm' }, 'Do it');
  expect(cursor).toMatchObject({ env: { CURSOR_API_KEY: 'sk-secret' } });
  expect(cursor.command.slice(-2)).toEqual(['--force', 'Do it']);
  const long = await launched({ driver: 'cursor-agent' }, 'x'.repeat(50_000));
  expect(long.command.at(-1)).toMatch(/^Your instructions are in the file \/s\/prompt\.md/);
});
