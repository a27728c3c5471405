import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConfigInput } from '../../src/core/config.ts';
import { escalations } from '../../src/flows/escalate.ts';
import { type LoopInput, loop } from '../../src/flows/loop.ts';
import { pauses } from '../../src/flows/pause.ts';
import { resolve } from '../../src/flows/resolve.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { agentPath, of, passing, prdOf, stateOf } from '../support/looping.ts';
import { type Scene, scene } from '../support/scene.ts';

/** Noon in UTC; sleeping moves it on, and nobody waits. */
const NOON = Date.parse('2026-10-01T12:00:00Z');

/** Ports with a clock of their own and a state folder of this scene alone. */
function portsOf(s: Scene, start = NOON) {
  const real = s.ports();
  let now = start;
  const sleep = async (ms: number) => {
    now += ms;
  };
  const clock = { ...real.clock, now: () => now, sleep };
  const self = { ...real.self, zone: 'UTC', env: { ...real.self.env, XDG_STATE_HOME: join(s.box, 'state') } };
  return s.ports({ clock, self });
}

interface Limited {
  readonly words: string;
  readonly times?: number;
  readonly stream?: 'stdout' | 'stderr';
  readonly code?: number;
  readonly loop?: Partial<ConfigInput['loop']>;
  readonly limits?: ConfigInput['limits'];
  readonly prd?: string;
}

async function limited({ words, times = 1, stream = 'stdout', code = 1, loop, limits, prd = prdOf('S-1') }: Limited) {
  const env = { LIMIT: words, TIMES: String(times), STREAM: stream, CODE: String(code) };
  const config = {
    agents: {
      a: { driver: 'command', command: [agentPath('limited')], env },
      b: { driver: 'command', command: [agentPath('honest')] },
    },
    loop: { agent: 'a', ...loop },
    ...(limits ? { limits } : {}),
  };
  const s = await scene({ 'README.md': '# sample\n', 'gwt.config.json': JSON.stringify(config), 'prd.json': prd });
  const ports = portsOf(s);
  await spawn(ports, { tasks: ['t'], prd: 'prd.json' });
  return { s, ports };
}

async function run(ports: ReturnType<typeof portsOf>, input: Partial<LoopInput> = {}) {
  const [row] = (await loop(ports, { tasks: ['t'], ...input })).tasks;
  if (!row) throw new Error('no loop was run');
  return row;
}

test.each<[string, Limited, string]>([
  ['a time', { words: '5-hour limit reached ∙ resets 12:01pm' }, '2026-10-01T12:01:00.000Z'],
  [
    'its zone on stderr',
    { words: "You've hit your limit · resets 1:01pm (Europe/London)", stream: 'stderr' },
    '2026-10-01T12:01:00.000Z',
  ],
  ['it with exit 0', { words: "You've hit your limit · resets 12:01pm (UTC)", code: 0 }, '2026-10-01T12:01:00.000Z'],
  ['seconds since 1970', { words: `Claude AI usage limit reached|${NOON / 1000 + 60}` }, '2026-10-01T12:01:00.000Z'],
  ['no time', { words: "You're out of extra usage" }, '2026-10-01T12:15:00.000Z'],
])('a usage limit that tells %s is waited out, and charged to nobody', async (_, setting, until) => {
  const { s, ports } = await limited(setting);
  const row = await run(ports, { max: 1 });
  expect(row).toMatchObject({ outcome: 'complete', stories: { passing: 1 } });
  expect(of(ports.events, 'loop.waiting').map((event) => event.until)).toEqual([until]);
  expect(of(ports.events, 'iteration.ended').map(({ trouble }) => trouble)).toEqual(['limit', undefined]);
  expect(stateOf(s)).toBe('finished');
  expect(await pauses(ports)).toEqual([]);
});

test('where nobody wants to wait the loop ends with the time, and the next one waits for the same', async () => {
  const { s, ports } = await limited({ words: '5-hour limit reached ∙ resets 12:10pm' });
  const row = await run(ports, { wait: false });
  expect(row).toMatchObject({ outcome: 'limit', iterations: 1 });
  expect(row.reason).toContain('the limit ends at 2026-10-01T12:10:00.000Z');
  expect(stateOf(s)).toBe('queued');
  // Another process, nine minutes later: it knows, and starts no agent in vain.
  const later = portsOf(s, NOON + 9 * 60_000);
  expect(await run(later)).toMatchObject({ outcome: 'complete', iterations: 1 });
  expect(of(later.events, 'loop.waiting')).toMatchObject([{ until: '2026-10-01T12:10:00.000Z' }]);
});

test('a limit that ends too far off is not waited for', async () => {
  const { ports } = await limited({ words: 'Weekly limit reached, try again in 3 days', loop: { waitHours: 48 } });
  expect(await run(ports)).toMatchObject({ outcome: 'limit' });
});

test('what one task met holds for all: another one starts no agent before the limit ends', async () => {
  const { s, ports } = await limited({ words: 'usage limit reached, resets 12:01pm' });
  await spawn(ports, { tasks: ['u'], prd: 'prd.json' });
  writeFileSync(`${s.worktree('u')}.runs`, '1');
  expect(await run(ports, { wait: false })).toMatchObject({ outcome: 'limit' });
  expect(await run(ports, { tasks: ['u'], max: 1 })).toMatchObject({ outcome: 'complete' });
  const told = ports.events.flatMap((event) => ('task' in event && event.task === 'u' ? [event.type] : []));
  expect(told.indexOf('loop.waiting')).toBeLessThan(told.indexOf('iteration.started'));
});

test('while the provider has its limit another agent goes on, and that is written down', async () => {
  const words = 'usage limit reached, resets 3pm';
  const { s, ports } = await limited({ words, times: 9, loop: { fallback: ['b'] }, prd: prdOf('S-1', 'S-2') });
  expect(await run(ports)).toMatchObject({ outcome: 'complete', iterations: 3 });
  expect(of(ports.events, 'agent.changed')).toMatchObject([{ from: 'a', to: 'b', reason: words }]);
  expect(of(ports.events, 'loop.waiting')).toEqual([]);
  expect(s.git('log', '--format=%s', 'refs/gwt/tasks/t')).toContain('b goes on instead of a');
});

test('a busy provider is asked again, later each time, and that costs no attempt', async () => {
  const { ports } = await limited({ words: 'API Error: 529 Overloaded', times: 3, limits: { storyAttempts: 1 } });
  expect(await run(ports, { max: 1 })).toMatchObject({ outcome: 'complete', iterations: 4 });
  const at = of(ports.events, 'loop.waiting').map(({ at, until }) => Date.parse(until) - Date.parse(at));
  expect(at).toEqual([5_000, 10_000, 20_000]);
});

test('one that stays busy, or is closed, ends the loop with its words when nobody stands in', async () => {
  const busy = await limited({ words: '503 Service Unavailable', times: 99, loop: { retries: 2 } });
  const row = await run(busy.ports);
  expect(row).toMatchObject({ outcome: 'failed', iterations: 3 });
  expect(row.reason).toBe('no agent can work: a: 503 Service Unavailable (asked 3 times)');
  const closed = await limited({ words: 'API Error: 402 Insufficient Balance', times: 99 });
  expect(await run(closed.ports)).toMatchObject({ outcome: 'failed', iterations: 1 });
  expect(stateOf(closed.s)).toBe('blocked');
});

test('a story that is tried in vain is set aside with its reason, and the loop goes on with others', async () => {
  const prd = prdOf('S-1', 'S-2');
  const { s, ports } = await limited({ words: 'AssertionError: no', times: 2, limits: { storyAttempts: 2 }, prd });
  const row = await run(ports);
  expect(row).toMatchObject({ outcome: 'stuck', stories: { total: 2, passing: 1 }, iterations: 3 });
  expect(passing(s)).toEqual(['S-2']);
  expect(of(ports.events, 'story.aside')).toMatchObject([{ story: 'S-1', attempts: 2 }]);
  const [question] = await escalations(ports);
  expect(question).toMatchObject({ state: 'open', reason: 'stuck' });
  expect(JSON.stringify(question)).toContain('2 attempts; the last one: the agent ended badly: exit 1');
  // Told to go on, it has all its attempts again.
  await resolve(ports, { id: question?.id ?? '', answer: 'retry' });
  expect(await run(ports)).toMatchObject({ outcome: 'complete' });
});

test('an agent that asks is answered: the question waits in the inbox, other stories go on', async () => {
  const prd = prdOf('S-1', 'S-2');
  const { s, ports } = await limited({ words: 'Tabs or spaces?', code: 0, prd });
  expect(await run(ports)).toMatchObject({ outcome: 'stuck', stories: { passing: 1 }, iterations: 2 });
  const asked = (await escalations(ports)).filter(({ state }) => state === 'open');
  const question = asked.find(({ reason }) => reason === 'question');
  expect(question?.summary).toBe('S-1: Tabs or spaces?');
  await resolve(ports, { id: question?.id ?? '', answer: 'answer', text: 'tabs' });
  expect(await run(ports)).toMatchObject({ outcome: 'complete' });
  const [note] = JSON.parse(s.git('show', 'refs/gwt/tasks/t:notes.json'));
  expect(note).toMatchObject({ text: expect.stringContaining('tabs'), delivered: 3 });
});

test.each<[string, Limited['limits'], RegExp]>([
  ['iterations of a task', { taskIterations: 1 }, /^the budget of the task: 1 iterations are used up/],
  ['money of a day', { dayUsd: 0 }, /^the budget of all tasks on 2026-10-01: \$0\.0000 of \$0 are spent/],
])('%s are bounded over all loops', async (_, limits, reason) => {
  const { s, ports } = await limited({ words: 'x', times: 0, limits: limits ?? {}, prd: prdOf('S-1', 'S-2') });
  const row = await run(ports);
  expect(row).toMatchObject({ outcome: 'budget', reason: expect.stringMatching(reason) });
  expect(stateOf(s)).toBe('queued');
});

test('what is used up is a question to a person, who may give as much again', async () => {
  const limits = { taskIterations: 1 };
  const { ports } = await limited({ words: 'x', times: 0, limits, prd: prdOf('S-1', 'S-2') });
  expect(await run(ports)).toMatchObject({ outcome: 'budget', iterations: 1 });
  await run(ports);
  const asked = (await escalations(ports)).filter(({ state }) => state === 'open');
  expect(asked).toMatchObject([{ id: '1', reason: 'budget', task: 't' }]);
  expect(await resolve(ports, { id: '1', answer: 'grant' })).toMatchObject({ outcome: 'queued' });
  expect(await run(ports)).toMatchObject({ outcome: 'complete', iterations: 1 });
});
