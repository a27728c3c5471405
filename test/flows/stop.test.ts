import { spawn as start } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { pidFile } from '../../src/flows/loop/places.ts';
import { remove } from '../../src/flows/remove.ts';
import { stop } from '../../src/flows/stop.ts';
import { changeTask, taskNamed } from '../../src/flows/tasks.ts';
import { type Scene, scene } from '../support/scene.ts';

/** A process that stands for a loop: it holds the task's lease and its pid file names it. */
async function looping(s: Scene, id: string, script: string) {
  const ports = s.ports();
  const child = start('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((ready) => child.stdout.once('data', ready));
  const pid = child.pid ?? 0;
  const started = ports.self.processStart(pid) ?? '';
  const run = `run-of-${id}`;
  const lease = { holder: 'test', pid, started, host: ports.self.host, beat: 0, ttl: 1, run };
  const event = { type: 'task.changed', at: '2026-01-01T00:00:00Z', task: id, what: 'running' } as const;
  await changeTask(ports, id, () => ({ event, state: 'running', change: { lease } }));
  await ports.files.write(pidFile(await ports.git.repo(), id), JSON.stringify({ pid, started, run, task: id }));
  return { ports, child, pid };
}

test('stop asks the process of the loop to end and waits until it is gone', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  const { ports, pid } = await looping(s, 'login', 'trap "exit 0" TERM; echo; while :; do sleep 0.05; done');
  expect(await stop(ports, { tasks: ['login'] })).toEqual({
    tasks: [{ id: 'login', outcome: 'stopped', pid, also: [] }],
  });
  expect(ports.self.processStart(pid)).toBeUndefined();
});

test('a loop that is deaf is killed, and its task waits again', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  const { ports, pid } = await looping(s, 'login', 'trap "" TERM; echo; while :; do sleep 0.05; done');
  let now = Date.now();
  const clock = { ...ports.clock, now: () => (now += 2_000) };
  expect((await stop({ ...ports, clock }, { tasks: ['login'] })).tasks[0]?.outcome).toBe('killed');
  expect(ports.self.processStart(pid)).toBeUndefined();
  expect(await taskNamed(ports, 'login')).toMatchObject({ state: 'queued' });
  expect((await taskNamed(ports, 'login')).lease).toBeUndefined();
});

test('a pid that is somebody else now is left alone; the stale file is told and removed', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  const { ports, pid, child } = await looping(s, 'login', 'echo; sleep 60');
  const path = pidFile(await ports.git.repo(), 'login');
  writeFileSync(path, JSON.stringify({ pid, started: '1', run: 'run-of-login', task: 'login' }));
  const answer = await s.gwt('stop', '--all');
  expect(answer.out).toContain('login: its loop had died; put in order');
  expect(child.exitCode).toBeNull();
  expect(s.exists(path)).toBe(false);
  expect((await s.gwt('stop', 'login')).out).toBe('login: no loop is running\n');
  expect((await s.gwt('stop')).code).toBe(2);
});

test('rm refuses while a loop holds the task', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  await looping(s, 'login', 'echo; sleep 60');
  expect((await s.gwt('rm', 'login', '--json')).json().error).toMatchObject({
    code: 'task.busy',
    hint: 'gwt stop login',
  });
});

test('a loop that begins while rm is on its way is not taken the ground from', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  const ports = s.ports();
  const snapshot: typeof ports.git.work.snapshot = async (...given) => {
    await looping(s, 'login', 'echo; sleep 60');
    return ports.git.work.snapshot(...given);
  };
  const git = { ...ports.git, work: { ...ports.git.work, snapshot } };
  await expect(remove({ ...ports, git }, { tasks: ['login'] })).rejects.toMatchObject({ code: 'task.busy' });
  expect(s.exists(s.worktree('login'))).toBe(true);
  expect(await taskNamed(ports, 'login')).toMatchObject({ state: 'running' });
});

test('two removals at once remove once, and what is kept is where the ledger says', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  const answers = await Promise.all([s.gwt('rm', 'login', '--keep-branch'), s.gwt('rm', 'login', '--keep-branch')]);
  expect(answers.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(s.exists((await taskNamed(s.ports(), 'login')).dropped?.trash ?? '')).toBe(true);
});

test('one process that works on several tasks is ended once, and the answer names them all', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login', 'api');
  const { ports, pid } = await looping(s, 'login', 'trap "" TERM; echo; while :; do sleep 0.05; done');
  const repo = await ports.git.repo();
  const started = ports.self.processStart(pid);
  await ports.files.write(pidFile(repo, 'api'), JSON.stringify({ pid, started, run: 'run-of-api', task: 'api' }));
  let now = Date.now();
  const clock = { ...ports.clock, now: () => (now += 2_000) };
  const { tasks } = await stop({ ...ports, clock }, { tasks: [], all: true });
  expect(tasks).toEqual([{ id: 'api', outcome: 'killed', pid, also: ['login'] }]);
  expect((await taskNamed(ports, 'login')).state).toBe('queued');
  expect(s.exists(pidFile(repo, 'login'))).toBe(false);
});
