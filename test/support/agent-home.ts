import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The environment of a person whose home holds nothing of any agent CLI's, and whose key is this. */
export function agentHome(box: string, key: string): Record<string, string> {
  const home = join(box, 'agent home');
  for (const folder of ['.claude', '.codex', '.copilot']) mkdirSync(join(home, folder), { recursive: true });
  return {
    HOME: home,
    TEST_KEY: key,
    CLAUDE_CONFIG_DIR: join(home, '.claude'),
    CODEX_HOME: join(home, '.codex'),
    COPILOT_HOME: join(home, '.copilot'),
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
  };
}
