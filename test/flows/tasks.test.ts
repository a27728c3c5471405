import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nearest } from '../../src/core/near.ts';
import { changeTask, taskHere, taskNamed } from '../../src/flows/tasks.ts';
import { scene } from '../support/scene.ts';

test.each([
  { typed: 'logn', near: ['login'] },
  { typed: 'log', near: ['login'] },
  { typed: 'serach', near: ['search'] },
  { typed: 'LOGIN', near: ['login'] },
  { typed: 'zzzzzzzz', near: [] },
])('near $typed: $near', ({ typed, near }) => expect(nearest(typed, ['login', 'search', 'billing'])).toEqual(near));

test('a task is found by its id, its branch and its worktree; another name is refused with what is near', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login', 'search');
  const ports = s.ports();
  expect((await taskNamed(ports, 'login')).id).toBe('login');
  expect((await taskNamed(ports, 'gwt/search')).id).toBe('search');
  expect((await taskNamed(ports, s.worktree('login'))).id).toBe('login');
  await expect(taskNamed(ports, 'logn')).rejects.toMatchObject({
    code: 'task.unknown',
    facts: { task: 'logn', known: ['login'] },
  });
  await expect(taskNamed(ports, '../x y')).rejects.toMatchObject({ code: 'task.unknown' });
});

test('the task here is the one whose worktree gwt stands in, also in a folder of it; GWT_TASK names it elsewhere', async () => {
  const s = await scene({ 'src/a.ts': 'a\n' });
  await s.gwt('spawn', 'login', 'search');
  const at = (folder: string, env = {}) => {
    const ports = s.portsAt(folder);
    return taskHere({ ...ports, self: { ...ports.self, env } });
  };
  expect((await at(s.worktree('login')))?.id).toBe('login');
  expect((await at(join(s.worktree('login'), 'src'), { GWT_TASK: 'search' }))?.id).toBe('login');
  expect((await at(s.dir, { GWT_TASK: 'search' }))?.id).toBe('search');
  expect(await at(s.dir)).toBeUndefined();
});

test('a change is one event, and a move the states do not know is refused', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  const ports = s.ports();
  const event = { type: 'task.changed', at: '2026-01-01T00:00:00Z', task: 'login', what: 'priority 3' } as const;
  expect((await changeTask(ports, 'login', () => ({ event, change: { priority: 3 } }))).priority).toBe(3);
  expect(ports.events).toEqual([event]);
  await expect(changeTask(ports, 'login', () => ({ event, state: 'landed', doing: 'land' }))).rejects.toMatchObject({
    code: 'task.state',
    facts: { doing: 'land', state: 'queued' },
  });
  expect((await ports.ledger.history('tasks/login')).at(-1)).toEqual(event);
});
