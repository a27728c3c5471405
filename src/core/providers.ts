import type { AgentConfig } from './config.ts';

/** A provider that speaks Anthropic's protocol, so that Claude Code can work with its models. */
export interface Provider {
  readonly name: string;
  readonly baseUrl: string;
  /** Where its key is looked for when the config names no variable; a local one needs none. */
  readonly keyEnv?: string;
  /** Every tier that Claude Code may ask for: of one that is left out the provider would choose a model by itself. */
  readonly models: Readonly<Record<Tier, string>>;
}
export const TIERS = ['opus', 'sonnet', 'haiku', 'fable', 'subagent'] as const;
export type Tier = (typeof TIERS)[number];

/**
 * The names an agent's `preset` may have. Addresses and models are those of public pages of autumn 2026; none was tried
 * against the real service.
 */
export const PRESETS = ['zai', 'zai-cn', 'deepseek', 'openrouter', 'kimi', 'kimi-cn', 'ollama'] as const;
export type PresetName = (typeof PRESETS)[number];

/** All tiers one model, with a smaller one for what goes on in the background. */
const tiers = (main: string, small: string): Provider['models'] => ({
  opus: main,
  sonnet: main,
  fable: main,
  subagent: main,
  haiku: small,
});
const GLM = tiers('glm-5.3', 'glm-5.3-flash');
const KIMI = tiers('kimi-k3', 'kimi-k2.5');

export const PROVIDERS: Readonly<Record<PresetName, Provider>> = {
  zai: { name: 'z.ai GLM', baseUrl: 'https://api.z.ai/api/anthropic', keyEnv: 'Z_AI_API_KEY', models: GLM },
  'zai-cn': {
    name: 'GLM (bigmodel.cn)',
    baseUrl: 'https://open.bigmodel.cn/api/anthropic',
    keyEnv: 'Z_AI_API_KEY',
    models: GLM,
  },
  deepseek: {
    name: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com/anthropic',
    keyEnv: 'DEEPSEEK_API_KEY',
    models: tiers('deepseek-v4-pro', 'deepseek-flash'),
  },
  openrouter: {
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api',
    keyEnv: 'OPENROUTER_API_KEY',
    models: {
      ...tiers('~anthropic/claude-sonnet-latest', '~anthropic/claude-haiku-latest'),
      opus: '~anthropic/claude-opus-latest',
    },
  },
  kimi: { name: 'Kimi', baseUrl: 'https://api.moonshot.ai/anthropic', keyEnv: 'MOONSHOT_API_KEY', models: KIMI },
  'kimi-cn': {
    name: 'Kimi (moonshot.cn)',
    baseUrl: 'https://api.moonshot.cn/anthropic',
    keyEnv: 'MOONSHOT_API_KEY',
    models: KIMI,
  },
  ollama: { name: 'Ollama', baseUrl: 'http://localhost:11434', models: tiers('qwen3-coder', 'qwen3-coder') },
};

/** The agent with what its preset says filled in; what the config itself says wins, tier by tier. */
export function withPreset(agent: AgentConfig): AgentConfig {
  if (!agent.preset) return agent;
  const { baseUrl, keyEnv, models } = PROVIDERS[agent.preset];
  return { baseUrl, ...(keyEnv ? { keyEnv } : {}), ...agent, models: { ...models, ...agent.models } };
}
