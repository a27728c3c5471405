import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentHome } from '../../test/support/agent-home.ts';
import type { Worker } from './loop-story.ts';
import { PROJECT } from './world.ts';

/** A program of the fixtures that works in steps. */
export function scriptedWorker(): Worker {
  return {
    name: 'scripted',
    agent: { driver: 'command', command: [join(PROJECT, 'fixtures/agents/in-steps')] },
    env: {},
    stories: ['US-1', 'US-2', 'US-3', 'US-4'],
    keepsBook: true,
  };
}

/** How each CLI is told of the server. */
const CLIS: Readonly<Record<string, (url: string) => Readonly<Record<string, unknown>>>> = {
  claude: (url) => ({ driver: 'claude', baseUrl: url }),
  codex: (url) => ({ driver: 'codex', model: 'fake-model', baseUrl: `${url}/v1` }),
  gemini: (url) => ({ driver: 'gemini', model: 'fake-model', baseUrl: url }),
  qwen: (url) => ({ driver: 'qwen', model: 'fake-model', baseUrl: `${url}/v1` }),
  copilot: (url) => ({ driver: 'copilot', model: 'fake-model', baseUrl: `${url}/v1` }),
  opencode: (url) => ({ driver: 'opencode', model: 'fake-model', baseUrl: `${url}/v1` }),
};

/** A real CLI from `GWT_AGENTS_DIR`, talking to the model server, in a home of its own. */
export function cliWorker(name: string, url: string, box: string): Worker {
  const path = join(process.env['GWT_AGENTS_DIR'] ?? join(tmpdir(), 'gwt-test-agents'), 'node_modules/.bin', name);
  const agent = CLIS[name]?.(url);
  if (!agent) throw new Error(`one of scripted, ${Object.keys(CLIS).join(', ')}, not ${name}`);
  if (!existsSync(path)) throw new Error(`${path} is not there: npm run test:agents installs it`);
  const home = join(box, `${name} home`);
  mkdirSync(home);
  return {
    name,
    agent: { keyEnv: 'TEST_KEY', ...agent, command: [path] },
    env: agentHome(home, 'sk-test-key-that-stands-nowhere'),
    stories: ['US-1', 'US-2'],
    keepsBook: false,
  };
}

/** The loopback model server of the fixtures. */
export async function withModelServer(): Promise<{ readonly url: string; stop(): void }> {
  const child = spawn(process.execPath, [join(PROJECT, 'fixtures/model-server/server.mjs')], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const base = await new Promise<string>((done, failed) => {
    child.once('exit', () => failed(new Error('the model server did not start')));
    child.stdout.on('data', (chunk) => {
      const [url] = /http:\/\/\S+/.exec(String(chunk)) ?? [];
      if (url) done(url);
    });
  });
  return { url: `${base}/s/stories`, stop: () => void child.kill() };
}
