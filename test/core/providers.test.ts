import { expect, test } from 'vitest';
import { commandsOf } from '../../src/core/approval.ts';
import { PRESETS, PROVIDERS, TIERS, withPreset } from '../../src/core/providers.ts';

test.each(PRESETS)('%s: an address, and a model for every tier', (preset) => {
  const { baseUrl, models, keyEnv } = PROVIDERS[preset];
  expect(baseUrl).toMatch(/^https:\/\/|^http:\/\/localhost:/);
  // Claude Code puts the rest of the address there itself.
  expect(baseUrl).not.toMatch(/\/v1$|\/$/);
  for (const tier of TIERS) expect(models[tier]).toMatch(/\S/);
  if (!baseUrl.startsWith('http://localhost')) expect(keyEnv).toMatch(/_API_KEY$/);
});

test('a preset fills in what the config does not say, tier by tier', () => {
  expect(withPreset({ driver: 'claude', preset: 'zai' })).toMatchObject({
    baseUrl: 'https://api.z.ai/api/anthropic',
    keyEnv: 'Z_AI_API_KEY',
    models: { sonnet: 'glm-5.3', haiku: 'glm-5.3-flash', subagent: 'glm-5.3' },
  });
  expect(
    withPreset({ driver: 'claude', preset: 'zai', keyEnv: 'MINE', baseUrl: 'http://x', models: { haiku: 'small' } }),
  ).toMatchObject({ keyEnv: 'MINE', baseUrl: 'http://x', models: { sonnet: 'glm-5.3', haiku: 'small' } });
  expect(withPreset({ driver: 'claude', preset: 'ollama' })).not.toHaveProperty('keyEnv');
  expect(withPreset({ driver: 'codex' })).toEqual({ driver: 'codex' });
});

test('a project that sends the work to another provider is asked about', () => {
  expect(commandsOf({ agents: { glm: { driver: 'claude', preset: 'zai' } } })).toEqual([
    { use: 'agents', text: 'agent glm: preset=zai' },
  ]);
});
