import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openGit } from '../../src/adapters/git/git.ts';
import { openLedger } from '../../src/adapters/ledger/ledger.ts';
import { run } from '../../src/adapters/process/run.ts';
import type { Ledger, Run } from '../../src/ports.ts';
import { PROJECT, type Scene, scene, sceneIn } from '../support/scene.ts';

const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7];
const changed = (task: string, what = 'made') =>
  ({ type: 'task.changed', at: '2026-01-01T00:00:00Z', task, what }) as const;

function worker(s: Scene, ...words: readonly string[]): { child: ChildProcess; lines: Promise<readonly string[]> } {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(PROJECT, 'test/support/ledger-worker.ts'), s.dir, ...words],
    { cwd: PROJECT, stdio: ['ignore', 'pipe', 'inherit'], detached: true },
  );
  const lines = new Promise<readonly string[]>((done) => {
    let out = '';
    child.stdout?.on('data', (chunk) => (out += chunk));
    child.on('close', () => done(out.split('\n').filter(Boolean)));
  });
  return { child, lines };
}

/** Objects may dangle after a lost race, but nothing is broken or missing. */
function fsck(s: Scene): string {
  const { code, out } = s.tryGit(s.dir, 'fsck', '--strict', '--full', '--no-dangling');
  return `${code} ${out}`.trim();
}

async function fill(ledger: Ledger, names: readonly string[]): Promise<void> {
  await ledger.transact({ keys: [] }, () => ({
    writes: names.map((name) => ({
      key: `tasks/${name}` as const,
      event: changed(name),
      docs: { 'task.json': `{"id":"${name}"}\n` },
    })),
    result: undefined,
  }));
}

test('8 processes change one task 104 times in all and no change is lost', async () => {
  const s = await scene();
  const numbers = (await Promise.all(EIGHT.map(() => worker(s, 'count', 'busy', '13').lines))).flat().map(Number);
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 104 }, (_, n) => n + 1));
  const history = await s.ports().ledger.history('tasks/busy');
  expect(history.map((event) => event.type === 'task.changed' && event.what)).toEqual(
    Array.from({ length: 104 }, (_, n) => `count ${n + 1}`),
  );
  expect(fsck(s)).toBe('0');
});

test('8 processes claim 200 tasks and none is claimed twice', async () => {
  const s = await scene();
  const names = Array.from({ length: 200 }, (_, n) => `t${n}`);
  await fill(s.ports().ledger, names);
  const taken = await Promise.all(EIGHT.map((who) => worker(s, 'claim', String(who)).lines));
  expect(taken.flat().sort()).toEqual(names.map((name) => `tasks/${name}`).sort());
  for (const [who, keys] of taken.entries())
    for (const key of keys.slice(0, 3))
      expect((await s.ports().ledger.read(key as 'tasks/t'))?.docs['holder']).toBe(String(who));
  expect(fsck(s)).toBe('0');
});

test('kill -9 in the middle of writes leaves a ledger that reads, with all that was acknowledged', async () => {
  const s = await scene();
  const workers = EIGHT.slice(0, 4).map((n) => worker(s, 'count', `t${n}`, '100000'));
  await Promise.all(workers.map(({ child }) => new Promise((begun) => child.stdout?.once('data', begun))));
  await sleep(400);
  for (const { child } of workers) process.kill(-(child.pid ?? 0), 'SIGKILL');
  const acknowledged = await Promise.all(workers.map(({ lines }) => lines));
  const { ledger } = s.ports();
  expect(await ledger.list('tasks', ['count'])).toHaveLength(4);
  for (const [n, lines] of acknowledged.entries()) {
    const entry = await ledger.read(`tasks/t${n}`);
    const events = await ledger.history(`tasks/t${n}`);
    expect(Number(entry?.docs['count'])).toBeGreaterThanOrEqual(Number(lines.at(-1)));
    expect(events).toHaveLength(Number(entry?.docs['count']));
  }
  expect(fsck(s)).toBe('0');
});

/** A ledger that counts the git processes it starts. */
function counted(dir: string): { ledger: Ledger; calls: string[] } {
  const calls: string[] = [];
  const counting: Run = (file, args, options) => {
    calls.push(args.join(' '));
    return run(file, args, options);
  };
  const clock = { now: () => 0, sleep: async () => {} };
  return { ledger: openLedger(openGit(counting, dir), clock), calls };
}

test('1,000 tasks list in one git call, loose, packed and after gc, which loses nothing', async () => {
  const s = await scene();
  const names = Array.from({ length: 1000 }, (_, n) => `t${String(n).padStart(4, '0')}`);
  await fill(s.ports().ledger, names);
  const one = counted(s.dir);
  expect(await one.ledger.read('tasks/t0500')).toMatchObject({ docs: { 'task.json': '{"id":"t0500"}\n' } });
  expect(one.calls.length).toBeLessThanOrEqual(2);
  const listed = async () => {
    const { ledger, calls } = counted(s.dir);
    const entries = await ledger.list('tasks', ['task.json']);
    return {
      calls: calls.filter((line) => !line.startsWith('rev-parse')).length,
      ids: entries.map(({ docs }) => JSON.parse(docs['task.json'] ?? '{}').id),
    };
  };
  expect(await listed()).toEqual({ calls: 1, ids: names });
  s.git('gc', '--quiet', '--prune=now');
  expect(await listed()).toEqual({ calls: 1, ids: names });
  await fill(s.ports().ledger, ['after']);
  expect((await listed()).ids).toHaveLength(1001);
  expect(fsck(s)).toBe('0');
});

test.each(['sha1', 'sha256'])(
  'objects and entries in a %s repository are as git itself writes them',
  async (format) => {
    const outer = await scene({});
    const s = sceneIn(outer.box, join(outer.box, format));
    execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', '--object-format', format, s.dir]);
    s.commit('first', { a: '1' });
    const { git, ledger } = s.ports();
    for (const body of ['', 'text\n', 'ünïcode', '\0\r\n', 'x'.repeat(100_000)]) {
      s.write('blob', body);
      expect(await git.objects.write('blob', body)).toBe(s.git('hash-object', 'blob'));
    }
    const tree = await git.objects.read(['HEAD^{tree}', 'HEAD']);
    expect(await git.objects.write('tree', tree[0]?.body ?? '')).toBe(s.git('rev-parse', 'HEAD^{tree}'));
    expect(await git.objects.write('commit', tree[1]?.body ?? '')).toBe(s.git('rev-parse', 'HEAD'));
    await fill(ledger, ['one']);
    await fill(ledger, ['two']);
    expect(await ledger.read('tasks/one')).toMatchObject({ docs: { 'task.json': '{"id":"one"}\n' } });
    expect(fsck(s)).toBe('0');
  },
);

test('a ledger whose objects lie in another repository is read and carried on', async () => {
  const s = await scene();
  await fill(s.ports().ledger, ['one', 'two']);
  const clone = sceneIn(s.box, join(s.box, 'clone'));
  s.git('clone', '--quiet', '--shared', s.dir, clone.dir);
  clone.git('fetch', '--quiet', 'origin', 'refs/gwt/*:refs/gwt/*');
  clone.git('pack-refs', '--all');
  await fill(clone.ports().ledger, ['three']);
  const { ledger } = clone.ports();
  await ledger.transact({ keys: ['tasks/one'] }, () => ({
    writes: [{ key: 'tasks/one', event: changed('one', 'again'), docs: { count: '1' } }],
    result: 1,
  }));
  expect((await ledger.list('tasks', ['count'])).map(({ key, docs }) => [key, docs['count']])).toEqual([
    ['tasks/one', '1'],
    ['tasks/three', undefined],
    ['tasks/two', undefined],
  ]);
  expect(await ledger.history('tasks/one')).toHaveLength(2);
  expect((await s.ports().ledger.read('tasks/one'))?.docs['count']).toBeUndefined();
  expect(fsck(clone)).toBe('0');
});

test('an object that was there before is freshened, so that a later gc sees it as new', async () => {
  const s = await scene();
  const { git } = s.ports();
  const oid = await git.objects.write('blob', 'kept');
  const path = s.path('.git/objects', oid.slice(0, 2), oid.slice(2));
  execFileSync('touch', ['-d', '2020-01-01', path]);
  expect(await git.objects.write('blob', 'kept')).toBe(oid);
  s.git('prune', '--expire', '2.weeks.ago');
  expect(s.git('cat-file', '-p', oid)).toBe('kept');
});

test('a lock that a killed process left behind is named at once', async () => {
  const s = await scene();
  const { ledger } = s.ports();
  await fill(ledger, ['stuck']);
  s.write('.git/refs/gwt/tasks/stuck.lock', '');
  execFileSync('touch', ['-d', '2020-01-01', s.path('.git/refs/gwt/tasks/stuck.lock')]);
  const write = { key: 'tasks/stuck' as const, event: changed('stuck'), docs: {} };
  const change = ledger.transact({ keys: ['tasks/stuck'] }, () => ({ writes: [write], result: 1 }));
  await expect(change).rejects.toMatchObject({
    code: 'ref.locked',
    facts: { path: s.path('.git/refs/gwt/tasks/stuck.lock') },
  });
});

test('a move that can never succeed is refused with what git says, not tried again', async () => {
  const s = await scene();
  const { ledger } = s.ports();
  await fill(ledger, ['a']);
  await expect(fill(ledger, ['a/b'])).rejects.toMatchObject({ code: 'git.failed' });
  s.write('.git/hooks/reference-transaction', '#!/bin/sh\nexit 1\n', 0o755);
  await expect(fill(ledger, ['c'])).rejects.toMatchObject({ code: 'git.failed' });
});

test('a ref that somebody else moved is refused by name, and nothing of the decision happens', async () => {
  const s = await scene();
  const { ledger } = s.ports();
  const head = s.git('rev-parse', 'HEAD');
  const moves = [{ ref: 'refs/heads/main', from: head.replace(/^./, (c) => (c === 'a' ? 'b' : 'a')), to: head }];
  const write = { key: 'tasks/x' as const, event: changed('x'), docs: {} };
  await expect(
    ledger.transact({ keys: ['tasks/x'] }, () => ({ writes: [write], moves, result: 1 })),
  ).rejects.toMatchObject({ code: 'ledger.moved', facts: { refs: ['refs/heads/main'] } });
  expect(await ledger.read('tasks/x')).toBeUndefined();
});
