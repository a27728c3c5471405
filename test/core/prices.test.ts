import { expect, test } from 'vitest';
import { priceOf, withCost } from '../../src/core/prices.ts';
import { NO_USAGE } from '../../src/core/usage.ts';

const usage = {
  inputTokens: 1_000_000,
  outputTokens: 100_000,
  cacheReadTokens: 2_000_000,
  cacheWriteTokens: 400_000,
  costUsd: 0,
};

test.each([
  ['claude-sonnet-4-5-20250929', 3],
  ['anthropic/claude-sonnet-4.5', 3],
  ['claude-opus-4-20250514', 15],
  ['claude-opus-4-5@20251101', 5],
  ['gpt-5-2025-08-07', 1.25],
  ['gpt-5-mini', 0.25],
  ['gpt-5-codex', undefined],
  ['claude-opus-9', undefined],
  ['sonnet', undefined],
  ['constructor', undefined],
  ['', undefined],
])('%s: input tokens cost %s', (model, input) => {
  expect(priceOf(model, {})?.input).toBe(input);
});

test('every kind of token has its price', () => {
  expect(withCost(usage, ['claude-sonnet-4-5'], {}).costUsd).toBeCloseTo(3 + 1.5 + 0.6 + 1.5, 6);
});

test('what the config says wins, and what it leaves out costs like input', () => {
  const own = { 'glm-5.3': { input: 1, output: 2 }, 'gpt-5': { input: 9, output: 9, cacheRead: 0 } };
  expect(withCost(usage, ['glm-5.3'], own).costUsd).toBeCloseTo(1 + 0.2 + 2 + 0.4, 6);
  expect(priceOf('gpt-5', own)).toEqual({ input: 9, output: 9, cacheRead: 0, cacheWrite: 9 });
});

test("the CLI's own figure stays, and an unknown model costs nothing that is claimed", () => {
  expect(withCost({ ...usage, costUsd: 7 }, ['claude-sonnet-4-5'], {}).costUsd).toBe(7);
  expect(withCost(usage, ['who-knows'], {})).toEqual(usage);
  expect(withCost(NO_USAGE, ['gpt-5'], {}).costUsd).toBe(0);
});
