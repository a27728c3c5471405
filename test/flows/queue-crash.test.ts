import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { doctor } from '../../src/flows/doctor.ts';
import { add } from '../../src/flows/queue/add.ts';
import { listQueue } from '../../src/flows/queue/list.ts';
import { leaseFor, take } from '../../src/flows/queue/take.ts';
import { running } from '../support/running.ts';
import { type Scene, scene } from '../support/scene.ts';

const refs = (s: Scene): string[] =>
  s.git('for-each-ref', '--format=%(refname)', 'refs/gwt/queue', 'refs/gwt/tasks', 'refs/heads/gwt').split('\n');

test('killed while it makes a task of it: the work is planned again, and nothing half-made stays', async () => {
  const s = await scene();
  s.write('.gwtrc.json', '{"worktrees":{"setup":["touch ../started; sleep 60"]}}');
  s.write('todo.md', '- [ ] one\n- [ ] two\n');
  await s.gwt('queue', 'add', 'login', '--prd', 'todo.md', '--yes');
  const stories = s.git('show', 'refs/gwt/queue/login:prd.json');
  const gwt = running(s.dir, ['queue', 'next', '--spawn', '--yes']);
  while (!existsSync(`${s.worktree('login')}/../started`)) await sleep(20);
  expect(refs(s)).toEqual(['refs/gwt/tasks/login', 'refs/heads/gwt/login'].sort());
  gwt.kill('SIGKILL');
  await gwt.end;
  expect((await s.gwt('doctor', '--fix')).out).toContain('mended  login: its spawn was cut short');
  expect(refs(s)).toEqual(['refs/gwt/queue/login']);
  expect(s.git('show', 'refs/gwt/queue/login:prd.json')).toBe(stories);
  expect((await listQueue(s.ports())).queue).toMatchObject([{ id: 'login', attempts: [{ outcome: 'lost' }] }]);
  expect(existsSync(s.worktree('login'))).toBe(false);
  expect((await doctor(s.ports(), {})).ok).toBe(true);
});

test('taken by one that died before it made anything of it: doctor says so and puts it back', async () => {
  const s = await scene();
  const ports = s.ports();
  await add(ports, { titles: ['login', 'search'] });
  await take(ports, { lease: { ...leaseFor(ports), pid: 999_999_999, started: 'then', holder: 'a dead one' } });
  await s.gwt('init');
  const queue = ({ findings }: Awaited<ReturnType<typeof doctor>>) =>
    findings.filter(({ check }) => check === 'queue').map(({ subject, state, problem }) => [subject, state, problem]);
  expect(queue(await doctor(ports, {}))).toEqual([
    ['login', 'ill', 'taken by a dead one, which is gone'],
    ['search', 'well', ''],
  ]);
  expect(queue(await doctor(ports, { fix: true }))).toContainEqual(['login', 'mended', expect.anything()]);
  expect((await listQueue(ports)).queue).toMatchObject([{ attempts: [{ by: 'a dead one', outcome: 'lost' }] }, {}]);
});

test('status tells what is planned, also beside no task at all', async () => {
  const s = await scene();
  await s.gwt('queue', 'add', 'login', 'search', 'docs');
  await s.gwt('queue', 'pause', 'docs');
  expect((await s.gwt('status')).out).toContain('gwt queue  2 planned, 1 paused');
  await s.gwt('queue', 'next', '--spawn');
  expect((await s.gwt('status', '--json')).json().planned).toEqual({ waiting: 1, paused: 1, dead: 0 });
});
