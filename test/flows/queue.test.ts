import { expect, test } from 'vitest';
import { add } from '../../src/flows/queue/add.ts';
import { listQueue } from '../../src/flows/queue/list.ts';
import { spawnTaken } from '../../src/flows/queue/spawn.ts';
import { take } from '../../src/flows/queue/take.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { scene } from '../support/scene.ts';

const refsOf = (s: Awaited<ReturnType<typeof scene>>): string[] =>
  s.git('for-each-ref', '--format=%(refname)', 'refs/gwt/queue', 'refs/gwt/tasks').split('\n').filter(Boolean);

test('planned work is taken in order, once each, and becomes a task whose entry is gone', async () => {
  const s = await scene();
  const ports = s.ports();
  await add(ports, { titles: ['Write docs'], priority: -1 });
  await add(ports, { titles: ['Log in', 'Log out'], owns: ['src/**'] });
  await add(ports, { titles: ['Hot fix'], priority: 5, prompt: 'mend it' });
  expect((await listQueue(ports)).queue.map(({ id }) => id)).toEqual(['hot-fix', 'log-in', 'log-out', 'write-docs']);
  const first = await take(ports);
  if (first.outcome !== 'taken' || !('entry' in first)) throw new Error('nothing taken');
  expect(first.entry).toMatchObject({ id: 'hot-fix', prompt: 'mend it' });
  expect((await listQueue(ports)).queue[0]).toMatchObject({ id: 'hot-fix', state: 'taken' });
  const made = await spawnTaken(ports, first);
  expect(made).toMatchObject({ outcome: 'spawned', task: { id: 'hot-fix', state: 'queued', prompt: 'mend it' } });
  expect(refsOf(s)).toEqual([
    'refs/gwt/queue/log-in',
    'refs/gwt/queue/log-out',
    'refs/gwt/queue/write-docs',
    'refs/gwt/tasks/hot-fix',
  ]);
  expect((await listQueue(ports)).queue[0]).toMatchObject({ id: 'hot-fix', kind: 'task' });
});

test('names are shared with tasks, both ways', async () => {
  const s = await scene();
  const ports = s.ports();
  await add(ports, { titles: ['login'] });
  await expect(spawn(ports, { tasks: ['login'] })).rejects.toMatchObject({ code: 'task.exists' });
  await spawn(ports, { tasks: ['search'] });
  await expect(add(ports, { titles: ['other', 'search'] })).rejects.toMatchObject({ code: 'task.exists' });
  expect(refsOf(s)).toEqual(['refs/gwt/queue/login', 'refs/gwt/tasks/search']);
});

test('many takers at once never take the same thing', async () => {
  const s = await scene();
  await add(s.ports(), { titles: Array.from({ length: 24 }, (_, at) => `task ${at}`) });
  const worker = async () => {
    const ports = s.ports();
    const mine: string[] = [];
    for (;;) {
      const taken = await take(ports);
      if (taken.outcome === 'none') return mine;
      if ('entry' in taken) mine.push(taken.entry.id);
    }
  };
  const all = (await Promise.all(Array.from({ length: 6 }, worker))).flat();
  expect(all.length).toBe(24);
  expect(new Set(all).size).toBe(24);
});

test('a spawn that fails puts the entry back, stories and all, with the attempt', async () => {
  const s = await scene();
  s.write('plan.md', '- [ ] first\n- [ ] second\n');
  s.write('.gwtrc.json', '{"worktrees":{"setup":["echo broken; exit 3"]}}');
  const ports = s.ports();
  await add(ports, { titles: ['login'], prd: 'plan.md' });
  const before = s.git('show', 'refs/gwt/queue/login:prd.json');
  const taken = await take(ports);
  if (taken.outcome !== 'taken' || !('entry' in taken)) throw new Error('nothing taken');
  expect(await spawnTaken(ports, taken)).toMatchObject({ outcome: 'refused', refusal: { code: 'setup.failed' } });
  expect(refsOf(s)).toEqual(['refs/gwt/queue/login']);
  expect(s.git('show', 'refs/gwt/queue/login:prd.json')).toBe(before);
  expect((await listQueue(ports)).queue).toMatchObject([
    { id: 'login', state: 'waiting', attempts: [{ outcome: 'failed', reason: expect.stringContaining('broken') }] },
  ]);
  expect(s.git('branch', '--list', 'gwt/login')).toBe('');
});
