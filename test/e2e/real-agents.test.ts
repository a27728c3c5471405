import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { carriers } from '../../src/adapters/process/kill.ts';
import { agentHome } from '../support/agent-home.ts';
import { agentCli, modelServer } from '../support/model-server.ts';
import { type Scene, scene } from '../support/scene.ts';

/** `npm run test:agents` installs the CLIs; a plain `npm test` goes without what is not there, and says so. */
const required = process.env['GWT_AGENTS_REQUIRED'] === '1';
const installed = (name: string) => {
  const path = agentCli(name);
  if (!path && required) throw new Error(`${name} is not installed`);
  return path;
};
const needs = (name: string) => (installed(name) ? name : `${name} (not installed: npm run test:agents installs it)`);

const KEY = 'sk-test-key-that-stands-nowhere';
const STORIES = JSON.stringify({
  userStories: [
    {
      id: 'US-1',
      title: 'First',
      description: 'Write the first file',
      acceptanceCriteria: [],
      priority: 1,
      passes: false,
    },
    {
      id: 'US-2',
      title: 'Second',
      description: 'Write the second file',
      acceptanceCriteria: [],
      priority: 2,
      passes: false,
    },
  ],
});

/** A repository whose agent is the real CLI, talking to the model server. */
async function sceneWith(
  agent: Record<string, unknown>,
  loop: Record<string, unknown> = {},
): Promise<{ s: Scene; env: Record<string, string> }> {
  const s = await scene();
  const gates = ['test -d src'];
  s.write(
    'gwt.config.json',
    JSON.stringify({ gates, agents: { real: { keyEnv: 'TEST_KEY', ...agent } }, loop: { agent: 'real', ...loop } }),
  );
  s.write('stories.json', STORIES);
  // Copilot's tool makes no folders.
  s.write('src/README', 'sources\n');
  s.commit('config');
  const env = agentHome(s.box, KEY);
  return { s, env };
}

async function loopToTheEnd(s: Scene, env: Record<string, string>) {
  const spawned = await s.gwtIn(s.dir, ['spawn', 'two files', '--prd', 'stories.json', '--owns', 'src/**'], env);
  expect(spawned.code, `${spawned}`).toBe(0);
  const looped = await s.gwtIn(s.dir, ['loop', 'two-files', '--yes', '--json'], env);
  expect(looped.code, `${looped}`).toBe(0);
  expect(looped.json().tasks[0]).toMatchObject({
    id: 'two-files',
    outcome: 'complete',
    iterations: 2,
    stories: { total: 2, passing: 2 },
    usage: { inputTokens: 7200, outputTokens: 204, cacheReadTokens: 4800 },
  });
  const tree = s.git('ls-tree', '-r', '--name-only', 'gwt/two-files');
  expect(tree).toContain('src/US-1.txt\nsrc/US-2.txt');
  expect(tree).not.toMatch(/prd\.json|progress\.md|CLAUDE\.local/);
  return looped;
}

/** Everything gwt wrote about the runs. */
function logsOf(s: Scene): string {
  const folder = s.path('.git/gwt/runs');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(log|json)$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

test.skipIf(!installed('claude'))(`${needs('claude')}: spawn, loop, two stories, complete`, async () => {
  const server = await modelServer();
  const { s, env } = await sceneWith({
    driver: 'claude',
    command: [agentCli('claude')],
    baseUrl: server.url('stories'),
  });
  const looped = await loopToTheEnd(s, env);
  expect(looped.err).toMatch(/Writing US-1|Write .*US-1\.txt/);
  expect(s.git('log', '--format=%B', 'main..gwt/two-files')).not.toMatch(/Co-Authored-By/i);
  expect(logsOf(s)).not.toContain(KEY);
  expect(server.requests().join('\n')).toContain('Task: two files');
});

test.skipIf(!installed('claude'))(
  `${needs('claude')}: asks for paths with the commands it is told, and works on where they are its own`,
  async () => {
    const server = await modelServer();
    const { s, env } = await sceneWith({
      driver: 'claude',
      command: [agentCli('claude')],
      baseUrl: server.url('claims'),
    });
    await s.gwtIn(s.dir, ['spawn', 'other', '--owns', 'theirs/**'], env);
    await s.gwtIn(s.dir, ['spawn', 'two files', '--prd', 'stories.json', '--owns', 'src/**'], env);
    const looped = await s.gwtIn(s.dir, ['loop', 'two-files', '--yes', '--json'], env);
    expect(looped.json().tasks[0], `${looped}`).toMatchObject({ outcome: 'complete', iterations: 2 });
    expect(s.git('show', 'gwt/two-files:docs/US-2.md')).toBe('in time');
    const sent = server.requests().join('\n');
    expect(sent).toMatch(/docs\/US-1.md is not yours to change .*gwt claim \/docs\/US-1.md/);
    expect(sent).toContain('Asked for as request r1: theirs/a.txt');
    const { claims, requests } = (await s.gwt('claims', '--json')).json();
    expect(claims.map(({ pattern, why }: Record<string, unknown>) => [pattern, why])).toContainEqual([
      '/docs',
      'the manual',
    ]);
    expect(requests).toMatchObject([{ id: '1', state: 'open', task: 'two-files', patterns: ['theirs/a.txt'] }]);
  },
);

test.skipIf(!installed('claude'))(
  `${needs('claude')}: settles a conflict once it was told what it lost, and agrees as a reviewer`,
  async () => {
    const server = await modelServer();
    const { s, env } = await sceneWith({
      driver: 'claude',
      command: [agentCli('claude')],
      baseUrl: server.url('settle'),
    });
    s.write(
      'gwt.config.json',
      s.read('gwt.config.json').replace('"loop":', '"merge":{"agent":"real","review":"real"},"loop":'),
    );
    s.commit('config', { 'list "x".txt': 'top\nend\n' });
    for (const name of ['one', 'two']) {
      s.git('checkout', '-q', '-b', name, 'main');
      s.commit(name, { 'list "x".txt': `top\nfrom ${name}\nend\n` });
    }
    s.git('checkout', '-q', 'main');
    const merged = await s.gwtIn(s.dir, ['merge', 'one', 'two', '--yes', '--json'], env);
    expect(merged.code, `${merged}`).toBe(0);
    expect(merged.json().landed[1].resolved).toMatchObject([
      { path: 'list "x".txt', by: 'agent', agent: 'real', proof: 'proven', reviewed: 'real' },
    ]);
    expect(s.read('list "x".txt')).toBe('top\nfrom one\nfrom two\nend\n');
    const sent = server.requests().join('\n');
    expect(sent).toContain('lost a line that theirs added: from two');
    // The reviewer may write its verdict and nothing else.
    expect(sent).toMatch(/Permission to use Write .*denied/);
  },
);

test.skipIf(!installed('claude'))(
  `${needs('claude')}: its tool is told where it may not write, and what its shell does outside is seen`,
  async () => {
    const server = await modelServer();
    const agent = { driver: 'claude', command: [agentCli('claude')], baseUrl: server.url('outside') };
    const { s, env } = await sceneWith(agent);
    await s.gwtIn(s.dir, ['spawn', 'two files', '--prd', 'stories.json', '--owns', 'src/**'], env);
    const kept = await s.gwtIn(s.dir, ['loop', 'two-files', '--yes', '--json', '--max', '1'], env);
    expect(kept.json().tasks[0]).toMatchObject({ stories: { passing: 1 } });
    expect(s.exists('stray.txt')).toBe(false);
    expect(s.tryGit(s.worktree('two-files'), 'status', '--porcelain', '--ignored', 'other').out).toBe('');
    const told = server.requests().join('\n');
    expect(told).toContain('stray.txt lies outside of your worktree');
    expect(told).toContain('other/by-the-tool.txt is not yours to change (outside the claim)');
    s.write('gwt.config.json', s.read('gwt.config.json').replace('/s/outside', '/s/outside-shell'));
    const strayed = await s.gwtIn(s.dir, ['loop', 'two-files', '--yes', '--json', '--max', '1'], env);
    expect(s.exists('stray.txt')).toBe(true);
    expect(strayed.json().tasks[0]).toMatchObject({ stories: { passing: 1 } });
    expect(strayed.err).toMatch(/outside its worktree, while its agent ran: .*stray\.txt is new/);
  },
);

test.skipIf(!installed('claude'))(
  `${needs('claude')} with a preset: no request names a model of another provider`,
  async () => {
    const server = await modelServer();
    const { s, env } = await sceneWith({
      driver: 'claude',
      preset: 'zai',
      command: [agentCli('claude')],
      baseUrl: server.url('stories'),
    });
    const looped = await loopToTheEnd(s, env);
    // What the CLI makes up for models it does not know is no cost.
    expect(looped.json().tasks[0].usage.costUsd).toBe(0);
    const models = server.requests().map((request) => JSON.parse(request).model);
    expect(new Set(models)).toEqual(new Set(['glm-5.3']));
    expect(logsOf(s)).not.toContain(KEY);
  },
);

test.skipIf(!installed('codex'))(`${needs('codex')}: spawn, loop in its sandbox, two stories, complete`, async () => {
  const server = await modelServer();
  const { s, env } = await sceneWith({
    driver: 'codex',
    command: [agentCli('codex')],
    model: 'fake-model',
    baseUrl: `${server.url('stories')}/v1`,
  });
  await loopToTheEnd(s, env);
  expect(logsOf(s)).not.toContain(KEY);
  expect(server.requests().join('\n')).toContain('Task: two files');
});

/** The four besides, and where their protocol starts below the server's address. */
const OTHERS = { gemini: '', qwen: '/v1', copilot: '/v1', opencode: '/v1' };
for (const [name, path] of Object.entries(OTHERS))
  test.skipIf(!installed(name))(
    `${needs(name)}: spawn, loop, two stories, complete`,
    { timeout: 240_000 },
    async () => {
      const server = await modelServer();
      const { s, env } = await sceneWith({
        driver: name,
        command: [agentCli(name)],
        model: 'fake-model',
        baseUrl: `${server.url('stories')}${path}`,
      });
      const looped = await loopToTheEnd(s, env);
      expect(looped.err).toMatch(/Writing US-1|US-1\.txt/);
      expect(logsOf(s)).not.toContain(KEY);
      // Two stories of three requests each, and not one more: what was consumed is what was told.
      expect(server.requests()).toHaveLength(6);
      expect(server.requests().join('\n')).toContain('Task: two files');
    },
  );

/** Both leave their shells behind when they are ended, and one of them exits with 0. */
for (const [name, path] of [
  ['gemini', ''],
  ['opencode', '/v1'],
] as const)
  test.skipIf(!installed(name) || process.platform !== 'linux')(
    `${needs(name)}: ended by its time limit, nothing of it runs on`,
    { timeout: 240_000 },
    async () => {
      const server = await modelServer();
      const agent = {
        driver: name,
        command: [agentCli(name)],
        model: 'fake-model',
        baseUrl: server.url('sleep') + path,
      };
      // The one takes half a minute to start on a machine that has much to do.
      const { s, env } = await sceneWith(agent, { minutes: name === 'opencode' ? 2 : 0.7 });
      await s.gwtIn(s.dir, ['spawn', 'two files', '--prd', 'stories.json'], env);
      const looped = await s.gwtIn(s.dir, ['loop', 'two-files', '--yes', '--json', '--max', '1'], env);
      expect(looped.json().tasks[0]).toMatchObject({ outcome: 'max', stories: { passing: 0 } });
      expect(looped.err).toMatch(/ran longer than it may/);
      // It was in the middle of its shell.
      expect(server.requests().map((one) => JSON.parse(one).does)).toContain(
        name === 'gemini' ? 'call run_shell_command' : 'call bash',
      );
      expect(carriers(`GWT_WORKTREE=${s.worktree('two-files')}`)).toEqual([]);
    },
  );

const CLIS = { claude: '', codex: '/v1', ...OTHERS };
test.skipIf(!required)(
  'agents check: every CLI answers, and one that is refused says why',
  { timeout: 240_000 },
  async () => {
    const server = await modelServer();
    const agent = ([driver, path]: readonly string[], scenario: string) => ({
      driver,
      command: [agentCli(driver ?? '')],
      keyEnv: 'TEST_KEY',
      model: driver === 'claude' ? 'sonnet' : 'fake-model',
      baseUrl: `${server.url(scenario)}${path}`,
    });
    const { s, env } = await sceneWith({ driver: 'claude' });
    const agents = Object.fromEntries(Object.entries(CLIS).map((cli) => [cli[0], agent(cli, 'hello')]));
    const refused = agent(['qwen', '/v1'], 'r401');
    s.write('gwt.config.json', JSON.stringify({ agents: { ...agents, refused } }));
    const names = [...Object.keys(CLIS), 'refused'];
    const asked = await s.gwtIn(s.dir, ['agents', 'check', '--yes', '--json', ...names], env);
    expect(asked.json().agents).toMatchObject([
      ...Object.keys(CLIS).map((name) => ({ name, outcome: 'works', said: 'HELLO FROM FAKE' })),
      { name: 'refused', outcome: 'failed', problem: expect.stringContaining('invalid x-api-key') },
    ]);
  },
);

test.skipIf(!installed('claude'))(
  `${needs('claude')}: a lie is not believed, and a provider that refuses is named`,
  async () => {
    const server = await modelServer();
    for (const [scenario, outcome, reason] of [
      ['lie', 'max', /nothing was changed/],
      // A key that is refused is refused the next time too: with nobody to stand in, the loop ends.
      ['r401', 'failed', /Invalid API key|Not logged in/],
    ] as const) {
      const { s, env } = await sceneWith({
        driver: 'claude',
        command: [agentCli('claude')],
        baseUrl: server.url(scenario),
      });
      await s.gwtIn(s.dir, ['spawn', 'two files', '--prd', 'stories.json'], env);
      const looped = await s.gwtIn(s.dir, ['loop', 'two-files', '--yes', '--json', '--max', '1'], {
        ...env,
        CLAUDE_CODE_MAX_RETRIES: '0',
      });
      expect(looped.json().tasks[0]).toMatchObject({ outcome, stories: { passing: 0 } });
      expect(looped.err).toMatch(reason);
    }
  },
);
