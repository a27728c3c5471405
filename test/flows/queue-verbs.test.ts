import { expect, test } from 'vitest';
import { add } from '../../src/flows/queue/add.ts';
import { pause } from '../../src/flows/queue/change.ts';
import { drop } from '../../src/flows/queue/drop.ts';
import { giveBack } from '../../src/flows/queue/give-back.ts';
import { deadLetters, listQueue } from '../../src/flows/queue/list.ts';
import { next } from '../../src/flows/queue/next.ts';
import { revive } from '../../src/flows/queue/revive.ts';
import { leaseFor, take } from '../../src/flows/queue/take.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { type Scene, scene } from '../support/scene.ts';

const ids = async (s: Scene): Promise<string[]> => (await listQueue(s.ports())).queue.map(({ id }) => id);
const refs = (s: Scene): string[] => s.git('for-each-ref', '--format=%(refname)', 'refs/gwt/queue').split('\n');

test('the command line: plan, look, move, pause, take, drop, bring back', async () => {
  const s = await scene();
  expect((await s.gwt('queue')).out).toContain('Nothing waits.');
  expect((await s.gwt('queue', 'add', 'Log in', 'Log out', '--owns', 'src/a b/**')).out).toBe(
    'In the queue: log-in, log-out\n',
  );
  expect((await s.gwt('queue', 'next')).out).toBe('log-in\n');
  expect((await s.gwt('queue', 'move', 'Log out', '--first')).code).toBe(0);
  expect((await s.gwt('queue', 'next')).out).toBe('log-out\n');
  expect((await s.gwt('queue', 'pause', 'log-out')).out).toBe('log-out: paused\n');
  const taken = (await s.gwt('queue', 'next', '--take', '--json')).json();
  expect(taken).toMatchObject({ outcome: 'taken', id: 'log-in', worktree: null, lease: { pid: 0, ttl: 600_000 } });
  const none = await s.gwt('queue', 'next');
  expect([none.code, none.out]).toEqual([1, 'Nothing is ready: log-out paused; and 1 more\n']);
  expect((await s.gwt('queue', 'drop', 'log-out')).out).toContain('gwt queue retry log-out');
  expect(refs(s)).toEqual(['refs/gwt/queue/log-in']);
  expect((await s.gwt('queue', 'retry', 'log-out')).out).toBe('log-out: waiting\n');
  const { queue, counts } = (await s.gwt('queue', 'list', '--json')).json();
  expect(counts).toEqual({ ready: 0, waiting: 1, taken: 1, dead: 0 });
  expect(queue.map(({ id, why }: { id: string; why: string }) => [id, why.slice(0, 8)])).toEqual([
    ['log-out', 'src/a b/'],
    ['log-in', 'taken by'],
  ]);
});

test.each([
  [['queue', 'lst'], 'did you mean list'],
  [['queue', 'add'], 'no task is named'],
  [['queue', 'list', '--first'], '--first belongs to queue move'],
  [['queue', 'move', 'a', '--first', '--last'], 'takes one of'],
  [['queue', 'pause'], 'or --all'],
  [['queue', 'next', '--for', '3'], '--for belongs to --take'],
  [['queue', 'drop', 'nobody'], 'nobody is not in the queue'],
  [['queue', 'add', 'a', '--agent', 'nobody'], 'nobody'],
  [['queue', 'add', 'a', '--after', 'nobody'], 'nobody'],
  [['queue', 'add', 'a', 'A'], 'would be called a'],
])('refused: %j', async (line, words) => {
  const s = await scene();
  const { code, err } = await s.gwt(...line);
  expect(code).toBeGreaterThan(0);
  expect(err).toContain(words);
  expect(refs(s)).toEqual(['']);
});

test('what fails three times is a dead letter that nobody takes until it is revived', async () => {
  const s = await scene();
  const ports = s.ports();
  await add(ports, { titles: ['login', 'search'] });
  for (const n of [1, 2, 3]) {
    const taken = await take(ports, { only: ['login'] });
    if (taken.outcome !== 'taken') throw new Error('nothing taken');
    await giveBack(ports, 'login', taken.lease.run, { outcome: 'failed', reason: `no ${n}`, log: `/logs/${n}` });
  }
  expect(await take(ports, { only: ['login'] })).toEqual({
    outcome: 'none',
    why: [{ id: 'login', why: 'failed 3 times' }],
  });
  expect((await deadLetters(ports)).dead).toMatchObject([
    { id: 'login', revive: 'gwt queue retry login', attempts: [{ reason: 'no 1' }, {}, { log: '/logs/3' }] },
  ]);
  expect((await s.gwt('queue', 'dead')).out).toMatch(/failed: no 2\n +\/logs\/2\n/);
  await revive(ports, 'all');
  expect((await take(ports, { only: ['login'] })).outcome).toBe('taken');
});

test('a task that fails three times is blocked, and queued again when it is revived', async () => {
  const s = await scene();
  const ports = s.ports();
  await spawn(ports, { tasks: ['login'] });
  for (const n of [1, 2, 3]) {
    const taken = await take(ports);
    if (taken.outcome !== 'taken') throw new Error('nothing taken');
    expect((await take(ports)).outcome).toBe('none');
    await giveBack(ports, 'login', taken.lease.run, { outcome: 'failed', reason: `no ${n}` });
  }
  const state = async () => JSON.parse((await ports.ledger.read('tasks/login'))?.docs['task.json'] ?? '').state;
  expect(await state()).toBe('blocked');
  expect((await s.gwt('status')).out).toContain('failed 3 times, last: no 3');
  await revive(ports, ['login']);
  expect(await state()).toBe('queued');
  expect((await take(ports)).outcome).toBe('taken');
});

test('what a taker that is gone had is taken again, and the loss is remembered', async () => {
  const s = await scene();
  const ports = s.ports();
  await add(ports, { titles: ['login'] });
  const dead = { ...leaseFor(ports), pid: 999_999_999, started: 'then', holder: 'a dead one' };
  await take(ports, { lease: dead });
  const again = await take(ports);
  expect(again).toMatchObject({
    outcome: 'taken',
    entry: { attempts: [{ outcome: 'lost', by: 'a dead one' }], takenBy: { pid: process.pid } },
  });
  // The one that was gone comes back late: it has nothing to give.
  expect(await giveBack(ports, 'login', dead.run, { outcome: 'failed', reason: 'late' })).toBeUndefined();
  await expect(pause(ports, ['login'])).rejects.toMatchObject({ code: 'task.busy' });
  await expect(drop(ports, ['login'])).rejects.toMatchObject({ code: 'task.busy' });
});

test('what was taken for a time goes back when the time is over', async () => {
  const s = await scene();
  const ports = s.ports();
  await add(ports, { titles: ['login'] });
  expect(await next(ports, { minutes: 10 })).toMatchObject({ outcome: 'taken', id: 'login' });
  expect((await take(ports)).outcome).toBe('none');
  const later = s.ports({ clock: { ...ports.clock, now: () => Date.now() + 601_000 } });
  expect((await take(later)).outcome).toBe('taken');
});

test('two that should not run at once are not taken at once, however many take', async () => {
  const s = await scene();
  const names = Array.from({ length: 8 }, (_, at) => `t${at}`);
  await add(s.ports(), { titles: names });
  const apart = names.flatMap((a) => names.filter((b) => b > a).map((b) => [a, b] as const));
  const taken = await Promise.all(Array.from({ length: 6 }, () => take(s.ports(), { apart })));
  expect(taken.filter(({ outcome }) => outcome === 'taken').length).toBe(1);
  expect((await ids(s)).length).toBe(8);
});
