import { spawn as start } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../src/core/config.ts';
import { escalations, openEscalation } from '../../src/flows/escalate.ts';
import { inbox } from '../../src/flows/inbox.ts';
import { pidFile, runsFolder } from '../../src/flows/loop/places.ts';
import { resolve } from '../../src/flows/resolve.ts';
import { changeTask, taskNamed } from '../../src/flows/tasks.ts';
import { tend } from '../../src/flows/tend.ts';
import type { Ports } from '../../src/ports.ts';
import { taskScene } from '../support/looping.ts';
import { running } from '../support/running.ts';
import { type Scene, scene } from '../support/scene.ts';

const MINUTE = 60_000;

/** Ports so many minutes later, with this in the config. */
function later(s: Scene, minutes: number, over: Partial<Pick<Config, 'inbox' | 'heartbeat'>> = {}): Ports {
  const real = s.ports();
  const clock = { ...real.clock, now: () => Date.now() + minutes * MINUTE };
  return s.ports({ clock, config: { ...real.config, load: async () => ({ ...(await real.config.load()), ...over }) } });
}

test('a question that nobody answers is told again after a time, by one of many, and again after that', async () => {
  const s = await scene();
  await openEscalation(s.ports(), { branch: 'x', reason: 'stuck', summary: 'no progress' });
  const again = { inbox: { again: 30 } };
  expect((await tend(later(s, 29, again))).reminded).toEqual([]);
  const at30 = await Promise.all([1, 2, 3].map(() => tend(later(s, 31, again))));
  expect(at30.flatMap(({ reminded }) => reminded)).toEqual(['1']);
  expect((await tend(later(s, 45, again))).reminded).toEqual([]);
  expect((await tend(later(s, 62, again))).reminded).toEqual(['1']);
  const told = await s.ports().ledger.history('escalations/1');
  expect(told.map(({ type }) => type)).toEqual(['escalation.opened', 'escalation.waiting', 'escalation.waiting']);
  expect((await tend(later(s, 999, { inbox: { again: 0 } }))).reminded).toEqual([]);
});

/** A process that holds the task as a loop does, and whose last beat is long ago. */
async function silent(s: Scene): Promise<{ pid: number }> {
  const ports = s.ports();
  const child = start('sh', ['-c', 'echo; while :; do sleep 0.05; done'], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((ready) => child.stdout.once('data', ready));
  const pid = child.pid ?? 0;
  const started = ports.self.processStart(pid) ?? '';
  const beat = Date.now() - MINUTE;
  const lease = { holder: 'it', pid, started, host: ports.self.host, beat, ttl: MINUTE, run: 'r' };
  const event = { type: 'task.changed', at: new Date().toISOString(), task: 't', what: 'runs' } as const;
  await changeTask(ports, 't', () => ({ event, state: 'running', change: { lease } }));
  const repo = await ports.git.repo();
  await ports.files.write(pidFile(repo, 't'), JSON.stringify({ pid, started, run: 'r', task: 't' }));
  const path = join(runsFolder(repo, 't'), 'heartbeat.json');
  await ports.files.write(path, '{}');
  utimesSync(path, beat / 1000, beat / 1000);
  return { pid };
}

/** The second look, a little later: one look alone proves nothing. */
async function twice(s: Scene, over: Parameters<typeof later>[2]) {
  expect((await tend(later(s, 20, over), { start: false })).stale).toEqual([]);
  return (await tend(later(s, 20.5, over), { start: false })).stale;
}

test('alert: a person is asked once, and going on ends what is left of the loop', async () => {
  const s = await taskScene('echo');
  const { pid } = await silent(s);
  expect((await tend(later(s, 5))).stale).toEqual([]);
  expect(await twice(s, {})).toMatchObject([{ task: 't', did: 'alert', minutes: expect.any(Number) }]);
  expect((await tend(later(s, 30))).stale).toEqual([]);
  const ports = s.ports();
  expect((await inbox(ports, {})).escalations).toMatchObject([{ id: '1', reason: 'stale', task: 't' }]);
  expect(await resolve(ports, { id: '1', answer: 'retry' })).toMatchObject({ outcome: 'queued' });
  expect(ports.self.processStart(pid)).toBeUndefined();
  expect((await taskNamed(ports, 't')).state).toBe('queued');
});

test.each([
  ['takeBack', 'a', { did: 'takeBack' }],
  ['reassign', 'b', { did: 'reassign', agent: 'b' }],
] as const)('%s: the silent loop is ended and its task waits for %s', async (policy, agent, expected) => {
  const s = await taskScene('echo', { loop: { fallback: ['a', 'b'] } });
  const { pid } = await silent(s);
  expect(await twice(s, { heartbeat: { stale: 10, policy } })).toMatchObject([{ task: 't', ...expected }]);
  const task = await taskNamed(s.ports(), 't');
  expect(task).toMatchObject({ state: 'queued', agent });
  expect(task.lease).toBeUndefined();
  expect(s.ports().self.processStart(pid)).toBeUndefined();
  expect(await escalations(s.ports())).toEqual([]);
});

test('a loop that beats again between two looks is left alone', async () => {
  const s = await taskScene('echo');
  await silent(s);
  const over = { heartbeat: { stale: 10, policy: 'takeBack' as const } };
  expect((await tend(later(s, 20, over))).stale).toEqual([]);
  const ports = s.ports();
  await ports.files.write(join(runsFolder(await ports.git.repo(), 't'), 'heartbeat.json'), '{}');
  expect((await tend(later(s, 20.5, over))).stale).toEqual([]);
  expect((await taskNamed(ports, 't')).state).toBe('running');
});

test('the supervisor beats, not the agent: what it holds and has not committed is told while it works', async () => {
  const s = await taskScene('hang');
  s.write(`${s.worktree('t')}/left.txt`, 'x\n');
  const loop = running(s.dir, ['loop', 't']);
  const beat = () =>
    JSON.parse(s.exists('.git/gwt/runs/t/heartbeat.json') ? s.read('.git/gwt/runs/t/heartbeat.json') : '{}');
  while (beat().memory === undefined) await new Promise((again) => setTimeout(again, 100));
  expect(beat()).toMatchObject({ state: 'agent', story: 'S-1', iteration: 1, errors: 0, uncommitted: 1 });
  expect(beat().memory).toBeGreaterThan(100_000);
  loop.kill('SIGKILL');
  await loop.end;
});
