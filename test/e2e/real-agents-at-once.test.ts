import { expect, test } from 'vitest';
import { agentHome } from '../support/agent-home.ts';
import { prdOf } from '../support/looping.ts';
import { agentCli, modelServer } from '../support/model-server.ts';
import { scene } from '../support/scene.ts';

/** Each CLI, and where its protocol starts below the server's address. */
const CLIS = { claude: '', codex: '/v1', copilot: '/v1', gemini: '', opencode: '/v1', qwen: '/v1' };
const missing = Object.keys(CLIS).filter((name) => !agentCli(name));
if (missing.length > 0 && process.env['GWT_AGENTS_REQUIRED'] === '1') throw new Error(`not installed: ${missing}`);

/** US dollars for a million tokens. */
const PRICE = { input: 2, output: 10, cacheRead: 0.5, cacheWrite: 3 };

interface Counted {
  readonly in: number;
  readonly out: number;
  readonly cread: number;
  readonly cwrite: number;
}

/** What the server told one of them, as gwt should have it. */
function usageFrom(all: readonly Counted[]) {
  const sum = (of: (one: Counted) => number) => all.reduce((total, one) => total + of(one), 0);
  const [inputTokens, outputTokens] = [sum((one) => one.in), sum((one) => one.out)];
  const [cacheReadTokens, cacheWriteTokens] = [sum((one) => one.cread), sum((one) => one.cwrite)];
  const cost =
    inputTokens * PRICE.input +
    outputTokens * PRICE.output +
    cacheReadTokens * PRICE.cacheRead +
    cacheWriteTokens * PRICE.cacheWrite;
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, costUsd: Math.round(cost) / 1e6 };
}

test.skipIf(missing.length > 0)(
  `six CLIs at once, two stories each, and what each used to the token${missing.length > 0 ? ` (not installed: ${missing})` : ''}`,
  { timeout: 600_000 },
  async () => {
    const server = await modelServer();
    const s = await scene();
    const agents = Object.fromEntries(
      Object.entries(CLIS).map(([driver, path]) => {
        const baseUrl = `${server.url(`stories@${driver}`)}${path}`;
        return [driver, { driver, command: [agentCli(driver)], keyEnv: 'TEST_KEY', model: 'fake-model', baseUrl }];
      }),
    );
    const config = { gates: ['test -d src'], agents, prices: { 'fake-model': PRICE } };
    s.write('stories.json', prdOf('US-1', 'US-2'));
    s.commit('config', { 'gwt.config.json': JSON.stringify(config), 'src/README': 'sources\n' });
    const env = agentHome(s.box, 'sk-test-key-that-stands-nowhere');
    for (const name of Object.keys(CLIS)) {
      const spawned = await s.gwtIn(s.dir, ['spawn', name, '--agent', name, '--prd', 'stories.json'], env);
      expect(spawned.code, `${spawned}`).toBe(0);
    }
    const looped = await s.gwtIn(s.dir, ['loop', '--all', '--parallel', '6', '--yes', '--json'], env);
    expect(looped.code, `${looped}`).toBe(0);
    const requests = server.requests().map((text) => JSON.parse(text));
    const told = (name: string) =>
      requests.flatMap(({ url, counted }) => (url.includes(`@${name}/`) && counted ? [counted as Counted] : []));
    const rows = looped.json().tasks as { id: string; outcome: string; stories: unknown; usage: unknown }[];
    expect(rows.map(({ id, outcome, stories, usage }) => ({ id, outcome, stories, usage }))).toEqual(
      Object.keys(CLIS).map((id) => ({
        id,
        outcome: 'complete',
        stories: { total: 2, passing: 2 },
        usage: usageFrom(told(id)),
      })),
    );
    for (const name of Object.keys(CLIS)) {
      expect(told(name).length).toBeGreaterThanOrEqual(6);
      expect(s.git('ls-tree', '-r', '--name-only', `gwt/${name}`, 'src/')).toBe(
        'src/README\nsrc/US-1.txt\nsrc/US-2.txt',
      );
    }
    // All at once: somebody's first request came before anybody's last.
    const times = (name: string) => requests.filter(({ url }) => url.includes(`@${name}/`)).map(({ t }) => Number(t));
    const lastBegin = Math.max(...Object.keys(CLIS).map((name) => Math.min(...times(name))));
    expect(Object.keys(CLIS).filter((name) => Math.max(...times(name)) > lastBegin).length).toBeGreaterThan(0);
  },
);
