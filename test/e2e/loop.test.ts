import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { passing, prdOf, stateOf, taskScene } from '../support/looping.ts';
import { PROJECT, type Scene } from '../support/scene.ts';

/** The built program, running. */
function started(s: Scene, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const bin = join(PROJECT, 'bin/gwt.js');
  return spawn(process.execPath, [bin, ...args], { cwd: s.dir, env: { ...process.env, ...env }, stdio: 'ignore' });
}

const runs = (text: string) =>
  execFileSync('ps', ['-eo', 'stat,args'], { encoding: 'utf8' })
    .split('\n')
    .some((line) => line.includes(text) && !line.startsWith('Z'));
const until = async (done: () => boolean) => {
  for (let tries = 0; tries < 800 && !done(); tries += 1) await sleep(25);
  expect(done()).toBe(true);
};
/** A length of sleep that no other process has: how a test finds its own. */
const unique = () => `${50_000 + Math.floor(Math.random() * 1e6)}.${process.pid}`;

test('Ctrl-C: the agent’s whole tree is gone, the task can go on, exit 130', async () => {
  const s = await taskScene('slow', { gates: ['test -d src'] });
  const mark = unique();
  const child = started(s, ['loop', 't', '--yes'], { SLOW_MARK: mark, SLOW_SECONDS: '600' });
  await until(() => runs(`sleep ${mark}`));
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(130);
  expect(runs(`sleep ${mark}`)).toBe(false);
  expect(stateOf(s)).toBe('queued');
  expect(s.exists('.git/gwt/loops/t.json')).toBe(false);
  const again = await s.gwtIn(s.dir, ['loop', '--yes', '--json', 't'], { SLOW_SECONDS: '0' });
  expect(again.json().tasks[0]).toMatchObject({ outcome: 'complete', stories: { passing: 1 } });
});

test('kill -9 at any instant: the loop goes on where it was, and nothing of it is lost or left running', async () => {
  const ids = ['S-1', 'S-2', 'S-3', 'S-4'];
  const s = await taskScene('slow', { prd: prdOf(...ids), gates: ['test -d src'] });
  const mark = unique();
  const env = { SLOW_MARK: mark, SLOW_SECONDS: '0.1' };
  let before: readonly string[] = [];
  for (let kills = 0; kills < 8; kills += 1) {
    const child = started(s, ['loop', 't', '--yes'], env);
    await sleep(150 + Math.floor(Math.random() * 1200));
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const now = passing(s);
    expect(now).toEqual(expect.arrayContaining([...before]));
    before = now;
  }
  const last = await s.gwtIn(s.dir, ['loop', 't', '--yes', '--json'], env);
  expect(last.json().tasks[0], `${last}`).toMatchObject({ outcome: 'complete', stories: { total: 4, passing: 4 } });
  const files = s.git('ls-tree', '-r', '--name-only', 'gwt/t', 'src/').split('\n');
  expect(files).toEqual(ids.flatMap((id) => [`src/${id}-a.txt`, `src/${id}-b.txt`]));
  expect(s.gitIn(s.worktree('t'), 'status', '--porcelain')).toBe('');
  expect(runs(`sleep ${mark}`)).toBe(false);
  expect(s.tryGit(s.dir, 'fsck', '--no-dangling').code).toBe(0);
});

test('inside a worktree gwt loop is about that task, and tells on stderr what happens', async () => {
  const s = await taskScene('honest', { gates: ['test -d src'] });
  const answer = await s.gwtIn(s.worktree('t'), ['loop', '--yes']);
  expect(answer.code).toBe(0);
  expect(answer.out).toBe('t  complete  1/1 stories, 1 iteration\n  every story passes\n  next: gwt merge t\n');
  expect(answer.err.replace(/\d+\.\d s/g, 'N s').replace(/\b[0-9a-f]{10}\b/g, '<oid>')).toMatchInlineSnapshot(`
    "t: loop started with a, at most 20 iterations
    t: iteration 1 on S-1: Story S-1
    t: gate test -d src passed on <oid>
    t: iteration 1 on S-1 passed, commits: 1, N s, gates passed: 1
    t: story S-1 passes on <oid>
    t: checkpoint 1
    t: loop ended, complete after 1
    "
  `);
  const beat = JSON.parse(readFileSync(s.path('.git/gwt/runs/t/heartbeat.json'), 'utf8'));
  expect(beat).toMatchObject({ state: 'idle', story: 'S-1', iteration: 1, agent: 'a' });
});

test('exit codes and answers: 0 complete, 1 not complete, 3 needs a person, 2 typed wrongly', async () => {
  const s = await taskScene('noop');
  expect((await s.gwt('loop', 't', '--yes', '--max', '1')).code).toBe(1);
  const stuck = await s.gwt('loop', 't', '--yes');
  expect(stuck.code).toBe(3);
  expect(stuck.out).toMatch(/stuck {2}0\/1 stories, 3 iterations[\s\S]*gwt resolve 1/);
  expect((await s.gwt('loop', 't', '--max', 'many')).code).toBe(2);
  expect((await s.gwt('loop', 'nobody')).code).toBe(1);
  expect((await s.gwt('loop', '--json')).json().error.code).toBe('task.none');
});
