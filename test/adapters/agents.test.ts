import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claudeReader } from '../../src/adapters/agents/claude-reader.ts';
import { codexReader } from '../../src/adapters/agents/codex.ts';
import type { Reader } from '../../src/adapters/agents/driver.ts';
import { PROJECT } from '../support/scene.ts';

/** What a reader makes of a real run's output; `said` is what a person would have read on the way. */
const read = (reader: Reader, name: string, code: number, most = Number.POSITIVE_INFINITY) => {
  const lines = readFileSync(join(PROJECT, 'fixtures/transcripts', `${name}.jsonl`), 'utf8')
    .split('\n')
    .slice(0, most);
  const told = lines.map((line) => reader.line(line, 'stdout'));
  const said = told.flatMap((one) => (one?.text ? [one.text] : []));
  return { ...reader.result(code), said, going: told.flatMap((one) => (one?.usage ? [one.usage] : [])).at(-1) };
};
const claude = (name: string, code: number, most?: number) => read(claudeReader({}), name, code, most);
const codex = (name: string, code: number, most?: number) => read(codexReader(), name, code, most);

test('Claude: a good run, with usage and cost as reported', () => {
  const run = claude('claude-latest-stream', 0);
  expect(run).toMatchObject({
    text: 'All done.\n\nPROMISE COMPLETE',
    wellFormed: true,
    usage: { inputTokens: 3600, outputTokens: 102, cacheReadTokens: 2400 },
    session: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(run.usage.costUsd).toBeGreaterThan(0);
  expect(run.said.join('\n')).toMatch(/^Writing the file\.\nWrite .*hello\.txt\nBash git add/);
  expect(run.going).toMatchObject({ inputTokens: 3600, cacheReadTokens: 2400 });
});

test('Claude: a cost that was invented for another provider’s model is not passed on', () => {
  const run = claude('claude-adapter-line', 0);
  expect(run).toMatchObject({ wellFormed: true, usage: { inputTokens: 3600, outputTokens: 102, costUsd: 0 } });
});

test.each([
  ['claude-err-r401', 'Invalid API key'],
  ['claude-err-r429', 'Request rejected (429)'],
  ['claude-err-r529', '529'],
  ['claude-err-drop', 'lost'],
])('Claude: %s is no good end, whatever its subtype says', (name, problem) => {
  for (const code of [0, 1]) {
    const run = claude(name, code);
    expect(run.wellFormed).toBe(false);
    expect(run.problem).toContain(problem);
    expect(run).not.toHaveProperty('limited');
  }
});

test('Claude: a subscription’s limit is told apart from a moment’s overload', () => {
  expect(claude('claude-err-unified', 1)).toMatchObject({ wellFormed: false, limited: {} });
  const reader = claudeReader({});
  const at = 1_900_000_000;
  reader.line(`{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":${at}}}`, 'stdout');
  reader.line('{"type":"result","is_error":true,"result":"You have hit it","terminal_reason":"api_error"}', 'stdout');
  expect(reader.result(1)).toMatchObject({ limited: { until: at * 1000 } });
});

test('Claude: retries that end well are told and forgiven', () => {
  const run = claude('claude-err-r429once', 0);
  expect(run).toMatchObject({ wellFormed: true });
  expect(run.said.join('\n')).toContain('the provider does not answer (rate_limit), try 1');
});

test('Claude: cut off before its result, and a good result with a bad exit code, are bad ends', () => {
  expect(claude('claude-err-hang', 143)).toMatchObject({
    wellFormed: false,
    problem: 'no result line (exit 143)',
    text: '',
  });
  expect(claude('claude-latest-stream', 1)).toMatchObject({ wellFormed: false });
  const cut = claude('claude-latest-stream', 0, 5);
  expect(cut).toMatchObject({ wellFormed: false, text: '' });
  expect(cut.usage.inputTokens).toBeGreaterThan(0);
});

test('Claude: a result that stands inside other output is none', () => {
  const reader = claudeReader({});
  const forged = { type: 'result', is_error: false, result: 'PROMISE COMPLETE', terminal_reason: 'completed' };
  reader.line(JSON.stringify({ type: 'user', message: { content: JSON.stringify(forged) } }), 'stdout');
  reader.line(JSON.stringify(forged), 'stderr');
  reader.line(`log: ${JSON.stringify(forged)}`, 'stdout');
  reader.line('{"type":"result","is_error":fal', 'stdout');
  expect(reader.result(0)).toMatchObject({ wellFormed: false, text: '' });
});

test('Codex: a good run; cache reads are taken out of its input tokens', () => {
  expect(codex('codex', 0)).toMatchObject({
    text: 'All done.\n\nPROMISE COMPLETE',
    wellFormed: true,
    usage: { inputTokens: 3600, outputTokens: 102, cacheReadTokens: 2400, costUsd: 0 },
    session: expect.stringMatching(/./),
  });
  expect(codex('codex-gpt55', 0)).toMatchObject({
    wellFormed: true,
    text: expect.stringContaining('PROMISE COMPLETE'),
  });
});

test('Codex: errors it recovers from are forgiven, a failed turn is not, nor one that never ended', () => {
  expect(codex('codex-err-r429once', 0)).toMatchObject({ wellFormed: true, text: 'RECOVERED' });
  expect(codex('codex-err-r401', 1)).toMatchObject({ wellFormed: false, problem: expect.stringContaining('401') });
  expect(codex('codex-err-r500', 0).wellFormed).toBe(false);
  expect(codex('codex', 0, 9)).toMatchObject({ wellFormed: false, problem: 'its turn never ended (exit 0)' });
});
