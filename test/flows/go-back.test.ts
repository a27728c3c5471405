import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { saveCheckpoint } from '../../src/flows/checkpoint.ts';
import { checkpoint } from '../../src/flows/checkpoints.ts';
import { loop } from '../../src/flows/loop.ts';
import { changeTask, taskNamed } from '../../src/flows/tasks.ts';
import type { Ports } from '../../src/ports.ts';
import { AWKWARD, BASE, taskIn } from '../support/awkward.ts';
import { listing } from '../support/listing.ts';
import { passing, prdOf, stateOf, taskScene } from '../support/looping.ts';
import { scene } from '../support/scene.ts';

const GREEN = 'test -d src';

test('going back takes back what stories say, the loop goes on from there, and what was there returns the same way', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2', 'S-3'), gates: [GREEN] });
  await loop(s.ports(), { tasks: ['t'] });
  const head = s.git('rev-parse', 'gwt/t');
  const at = (path: string) => join(s.worktree('t'), path);
  writeFileSync(at('mine.txt'), 'not committed\n');
  const whole = listing(s.worktree('t'));
  const back = await s.gwt('checkpoint', 'restore', 't', '1');
  expect(back.out).toBe(
    't is as in checkpoint 1; what was there is checkpoint 4.\nOpen again: S-2, S-3\n  back: gwt checkpoint restore --task t 4\n',
  );
  expect(s.git('log', '--format=%s', 'main..gwt/t')).toBe('S-1: done');
  expect([passing(s), stateOf(s), existsSync(at('mine.txt')), existsSync(at('src/S-2.txt'))]).toEqual([
    ['S-1'],
    'queued',
    false,
    false,
  ]);
  const forth = await checkpoint(s.ports(), { task: 't', verb: 'restore', number: 4 });
  expect(forth).toMatchObject({ outcome: 'restored', undone: [] });
  expect(listing(s.worktree('t'))).toBe(whole);
  expect([passing(s), stateOf(s), s.git('rev-parse', 'gwt/t')]).toEqual([['S-1', 'S-2', 'S-3'], 'finished', head]);
  const again = await s.gwt('loop', 't', '--from-checkpoint', '2', '--yes', '--json');
  expect(again.json().tasks[0]).toMatchObject({ outcome: 'complete', iterations: 1, stories: { passing: 3 } });
  expect(s.git('log', '--format=%s', 'main..gwt/t')).toBe('S-3: done\nS-2: done\nS-1: done');
  expect(readFileSync(at('progress.md'), 'utf8')).toMatch(/### back at checkpoint 1, [\s\S]*Open again: S-2, S-3\./);
}, 120_000);

test('work of before does not count for a story once it is off the branch', async () => {
  const s = await taskScene('exit-1', { loop: { max: 1 } });
  const first = await saveCheckpoint(s.ports(), await taskNamed(s.ports(), 't'), 'first');
  await loop(s.ports(), { tasks: ['t'] });
  expect(s.git('rev-list', '--count', 'main..gwt/t')).toBe('1');
  writeFileSync(s.path('idle'), '#!/bin/sh\n', { mode: 0o755 });
  s.write(
    'gwt.config.json',
    JSON.stringify({ agents: { a: { driver: 'command', command: [s.path('idle')] } }, loop: { agent: 'a' } }),
  );
  const { tasks } = await loop(s.ports(), { tasks: ['t'], fromCheckpoint: first.number, max: 1 });
  expect(tasks[0]).toMatchObject({ outcome: 'max', stories: { passing: 0 } });
}, 60_000);

test('it is refused while a loop runs there, for another task’s number, and for what is not there', async () => {
  const s = await taskScene('honest');
  const ports = s.ports();
  const task = await taskNamed(ports, 't');
  await saveCheckpoint(ports, task, 'one');
  const { pid, host, startedAt: started } = ports.self;
  const lease = { holder: 'gwt loop, pid 1', pid, host, started, beat: 0, ttl: 0, run: 'r' };
  const event = { type: 'task.changed', at: '', task: 't', what: 'held' } as const;
  await changeTask(ports, 't', () => ({ event, change: { lease } }));
  const busy = await s.gwt('checkpoint', 'restore', 't', '1');
  expect([busy.code, busy.err]).toEqual([1, expect.stringContaining('gwt loop, pid 1')]);
  await changeTask(ports, 't', () => ({ event, change: { lease: undefined } }));
  expect((await s.gwt('checkpoint', 'restore', 't', '7')).err).toContain('task t has no checkpoint 7; it has: 1');
  expect((await s.gwt('checkpoint', 'restore', 'u', '1')).err).toContain('no task u');
  rmSync(s.worktree('t'), { recursive: true });
  expect((await s.gwt('checkpoint', 'restore', 't')).err).toContain('the worktree of t');
}, 60_000);

test('cut short between the ledger and the files, the next loop, or going back again, finishes it', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2'), gates: [GREEN] });
  await loop(s.ports(), { tasks: ['t'] });
  const cut = (over: Ports): Ports => ({
    ...over,
    git: { ...over.git, work: { ...over.git.work, unpack: () => Promise.reject(new Error('killed')) } },
  });
  await expect(checkpoint(cut(s.ports()), { task: 't', verb: 'restore', number: 1 })).rejects.toThrow('killed');
  expect([passing(s), existsSync(join(s.worktree('t'), 'src/S-2.txt'))]).toEqual([['S-1'], true]);
  // The holder of its lease is dead.
  await changeTask(s.ports(), 't', ({ lease }) => ({
    event: { type: 'task.changed', at: '', task: 't', what: 'died' },
    change: { lease: lease && { ...lease, started: 'long ago' } },
  }));
  const { tasks } = await loop(s.ports(), { tasks: ['t'] });
  expect(tasks[0]).toMatchObject({ outcome: 'complete', iterations: 1 });
  expect(s.git('log', '--format=%s', 'main..gwt/t')).toBe('S-2: done\nS-1: done');
  expect(s.gitIn(s.worktree('t'), 'status', '--porcelain')).toBe('');
}, 60_000);

test.each([
  'a merge in conflict',
  'staged, then changed again',
  'awkward names',
  'a folder in the place of a file',
  'CRLF where git normalises',
])(
  'from a clean worktree back to one with: %s',
  async (name) => {
    const s = await scene(BASE);
    const { ports, task, at, git } = await taskIn(s);
    const clean = await saveCheckpoint(ports, task, 'clean');
    AWKWARD[name]?.(at, git);
    const before = listing(task.worktree);
    const odd = await saveCheckpoint(ports, task, 'odd');
    await checkpoint(ports, { task: 'login', verb: 'restore', number: clean.number });
    expect(git('status', '--porcelain')).toBe('');
    await checkpoint(ports, { task: 'login', verb: 'restore', number: odd.number });
    expect(listing(task.worktree)).toBe(before);
  },
  60_000,
);

test('a branch that is not the task’s is not moved where it went on since', async () => {
  const s = await scene(BASE);
  const { ports, task, git, at } = await taskIn(s);
  s.git('branch', 'elsewhere');
  git('checkout', '-q', 'elsewhere');
  writeFileSync(at('x'), 'x');
  const saved = await saveCheckpoint(ports, task, 'elsewhere');
  git('checkout', '-q', 'gwt/login');
  s.git('branch', '-D', 'elsewhere');
  await checkpoint(ports, { task: 'login', verb: 'restore', number: saved.number });
  expect([git('branch', '--show-current').trim(), git('status', '--porcelain')]).toEqual(['elsewhere', '?? x\n']);
  git('checkout', '-q', 'gwt/login');
  s.git('branch', '-f', 'elsewhere', 'other');
  const refused = await s.gwt('checkpoint', 'restore', 'login', String(saved.number));
  expect(refused.err).toContain('the checkpoint was on branch elsewhere at');
  expect(s.git('rev-parse', 'elsewhere')).toBe(s.git('rev-parse', 'other'));
}, 60_000);

test('list tells iteration, time, verdict and size; diff compares two, or one with now', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2'), gates: [GREEN] });
  await loop(s.ports(), { tasks: ['t'] });
  const worktree = s.worktree('t');
  appendFileSync(join(worktree, 'README.md'), 'x'.repeat(2000));
  writeFileSync(join(worktree, 'new'), 'y');
  await s.gwt('checkpoint', 'save', 't', '-m', 'Gwt-Iteration: 9');
  const list = await s.gwt('checkpoint', 'list', 't');
  expect(
    list.out.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'at').replace(/\b[0-9a-f]{10}\b/g, '<oid>'),
  ).toMatchInlineSnapshot(`
    "#  WHEN (UTC)        ITER  VERDICT  COMMIT      UNCOMMITTED      WHY
    1  at     1  passed   <oid>  nothing
    2  at     2  passed   <oid>  nothing
    3  at     –  –        <oid>  2 files, 2.0 kB  Gwt-Iteration: 9
    "
  `);
  expect((await s.gwtIn(worktree, ['checkpoint', 'diff', '1', '2'])).out).toMatch(
    /^A {2}src\/S-2\.txt\nline by line: git diff refs\/\S+\/1 refs\/\S+\/2\n$/,
  );
  expect((await s.gwt('checkpoint', 'diff', 't', '2', '1')).out).toContain('D  src/S-2.txt');
  execFileSync('git', ['rm', '-q', 'old.txt'], { cwd: worktree });
  expect((await s.gwt('checkpoint', 'diff', 't', '2')).out).toMatch(/^M {2}README\.md\nA {2}new\nD {2}old\.txt\n/);
  expect((await s.gwt('checkpoint', 'list', 't', '--json')).json().checkpoints[1]).toMatchObject({
    number: 2,
    iteration: 2,
    outcome: 'passed',
    files: 0,
    head: s.git('rev-parse', 'gwt/t'),
  });
  for (const [args, words] of [
    [['undo'], 'no verb undo'],
    [['restore', 't', 'two'], 'a checkpoint is a number, not two'],
    [['diff', '1', '2', '3', '4'], 'at most 2'],
  ] as const)
    expect((await s.gwt('checkpoint', ...args)).err).toContain(words);
}, 60_000);

test('a task that is brought back from an older checkpoint has the stories of then', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2'), gates: [GREEN] });
  await loop(s.ports(), { tasks: ['t'] });
  await s.gwt('rm', 't', '--yes');
  expect((await s.gwt('restore', 't', '--checkpoint', '1', '--json')).json()).toMatchObject({ from: 'checkpoint 1' });
  expect([passing(s), stateOf(s), s.git('log', '--format=%s', 'main..gwt/t')]).toEqual([
    ['S-1'],
    'queued',
    'S-1: done',
  ]);
}, 60_000);
