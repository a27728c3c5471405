import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { carriers } from '../../src/adapters/process/kill.ts';
import type { ConfigInput } from '../../src/core/config.ts';
import { loop } from '../../src/flows/loop.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { status } from '../../src/flows/status.ts';
import { agentPath, of, passing, prdOf, stateOf } from '../support/looping.ts';
import { type Scene, scene } from '../support/scene.ts';

interface Setting {
  readonly loop?: Partial<ConfigInput['loop']>;
  readonly limits?: ConfigInput['limits'];
  readonly prd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A task whose agent speaks Claude Code's protocol and would use tokens for ten minutes. */
async function spending({ loop = {}, limits, prd = prdOf('S-1'), env = {} }: Setting): Promise<Scene> {
  const agents = {
    a: { driver: 'claude', command: [agentPath('spends')], env },
    b: { driver: 'command', command: [agentPath('honest')] },
  };
  const config = { agents, loop: { agent: 'a', ...loop }, ...(limits ? { limits } : {}) };
  const s = await scene({ 'README.md': '# sample\n', 'gwt.config.json': JSON.stringify(config), 'prd.json': prd });
  await spawn(s.ports(), { tasks: ['t'], prd: 'prd.json' });
  return s;
}

const looped = async (s: Scene, ports = s.ports()) => {
  const [row] = (await loop(ports, { tasks: ['t'] })).tasks;
  return { row, events: ports.events };
};

test.each<[string, Setting, RegExp]>([
  ['tokens of a loop', { loop: { tokens: 3000 } }, /^3000 of 3000 tokens are used$/],
  ['money, at the price of the model that answered', { loop: { usd: 0.006 } }, /^\$0\.0060 of \$0\.006 are spent$/],
  ['tokens of a task', { limits: { taskTokens: 2000 } }, /^the budget of the task: 2000 of 2000 tokens are used$/],
  ['tokens of a day', { limits: { dayTokens: 2000 } }, /^the budget of all tasks on [\d-]+: 2000 of 2000 tokens are/],
])('%s are bounded in the middle of a run, and its work is kept', async (_, setting, reason) => {
  const s = await spending(setting);
  const { row, events } = await looped(s);
  expect(row).toMatchObject({ outcome: 'budget', iterations: 1, reason: expect.stringMatching(reason) });
  const [end] = of(events, 'iteration.ended');
  expect(end).toMatchObject({ outcome: 'budget', reason: expect.stringMatching(/^ended while it worked: /) });
  expect(end?.seconds).toBeLessThan(60);
  expect(carriers(`GWT_WORKTREE=${s.worktree('t')}`)).toEqual([]);
  // What it committed, and what it left, is on the branch; the worktree is checkpointed, and the task can go on.
  expect(s.git('ls-tree', '-r', '--name-only', 'gwt/t', 'src/')).toBe('src/S-1-a.txt\nsrc/S-1-b.txt');
  expect(s.git('for-each-ref', '--format=%(refname)', 'refs/gwt/checkpoints/')).toBe('refs/gwt/checkpoints/t/1');
  expect(passing(s)).toEqual([]);
  expect(stateOf(s)).toBe('queued');
  expect(readFileSync(`${s.worktree('t')}/progress.md`, 'utf8')).toContain('ended while it worked');
});

test('hours are bounded by the time that a run may take', async () => {
  const s = await spending({});
  const { config } = s.ports();
  const load = async () => {
    const value = await config.load();
    return { ...value, loop: { ...value.loop, hours: 0.0003 } };
  };
  const { row } = await looped(s, s.ports({ config: { ...config, load } }));
  expect(row).toMatchObject({ outcome: 'budget', iterations: 1, reason: 'agents ran for 0.0 of 0.0003 hours' });
});

test('a story that uses up its budget is ended and set aside, and the loop goes on with the next', async () => {
  const s = await spending({ limits: { storyTokens: 2000 }, prd: prdOf('S-1', 'S-2') });
  const { row, events } = await looped(s);
  expect(row).toMatchObject({ outcome: 'stuck', iterations: 2, stories: { passing: 0 } });
  expect(of(events, 'story.aside').map(({ story, reason }) => `${story}: ${reason}`)).toEqual([
    'S-1: the budget of story S-1: 2000 of 2000 tokens are used',
    'S-2: the budget of story S-2: 2000 of 2000 tokens are used',
  ]);
});

test('what the agent uses is told while it runs, by status and heartbeat', async () => {
  const s = await spending({ loop: { tokens: 8000 } });
  const real = s.ports();
  const file = s.path('.git/gwt/runs/t/heartbeat.json');
  const beat = () => JSON.parse(existsSync(file) ? readFileSync(file, 'utf8') : '{"run":{"inputTokens":0}}');
  const seen: number[] = [];
  const shown: Promise<number>[] = [];
  // The heart beats faster than it does for people; what is done once a minute is left alone.
  const every = (ms: number, act: () => void) => {
    if (ms > 10_000) return real.clock.every(ms, act);
    const timer = setInterval(() => {
      act();
      seen.push(beat().run.inputTokens);
      if (seen.length % 8 === 4)
        shown.push(status(s.ports(), {}).then(({ tasks }) => tasks[0]?.usage.inputTokens ?? 0));
    }, 50);
    return () => clearInterval(timer);
  };
  const { row } = await looped(s, s.ports({ clock: { ...real.clock, every } }));
  expect(row?.outcome).toBe('budget');
  expect(seen.some((tokens) => tokens > 0 && tokens < 8000)).toBe(true);
  expect((await Promise.all(shown)).some((tokens) => tokens > 0 && tokens < 8000)).toBe(true);
  // What is recorded is not told a second time as what runs.
  expect(beat()).toMatchObject({ run: { inputTokens: 0 }, usage: { inputTokens: 8000 } });
});
