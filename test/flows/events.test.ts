import { expect, test } from 'vitest';
import { note } from '../../src/flows/agent/tell.ts';
import { openEscalation } from '../../src/flows/escalate.ts';
import { events } from '../../src/flows/events.ts';
import { log } from '../../src/flows/log.ts';
import { merge } from '../../src/flows/merge.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { finished } from '../support/finished.ts';
import { running } from '../support/running.ts';
import { scene } from '../support/scene.ts';

test('one stream has the history of tasks, landings and questions, in order', async () => {
  const s = await scene();
  await finished(s, 'login', { 'a.txt': 'a\n' });
  const ports = s.ports();
  await merge(ports, { names: [] });
  await openEscalation(ports, { branch: 'x', reason: 'stuck', summary: 'no progress' });
  const told: string[] = [];
  const ids = new Set<string>();
  await events(ports, {}, ({ id, event }) => {
    told.push(event.type);
    ids.add(id);
  });
  const at = (type: string) => told.indexOf(type);
  expect(told).toHaveLength(ids.size);
  expect([at('task.spawning'), at('loop.ended'), at('landing.landed'), at('escalation.opened')]).toEqual(
    [at('task.spawning'), at('loop.ended'), at('landing.landed'), at('escalation.opened')].sort((a, b) => a - b),
  );
  expect(at('landing.done')).toBeGreaterThan(at('loop.ended'));
  expect((await log(ports, {})).entries.map(({ event }) => event.type)).toEqual(told);
});

test('what came after an event, and the newest of them', async () => {
  const s = await scene();
  const ports = s.ports();
  await spawn(ports, { tasks: ['a'] });
  for (const text of ['one', 'two', 'three']) await note(ports, { task: 'a', text });
  const all: string[] = [];
  await events(ports, {}, ({ id }) => all.push(id));
  const some = async (input: Parameters<typeof events>[1]) => {
    const got: string[] = [];
    await events(ports, input, ({ id }) => got.push(id));
    return got;
  };
  expect(await some({ after: all.at(-3) ?? '' })).toEqual(all.slice(-2));
  expect(await some({ count: 1 })).toEqual(all.slice(-1));
  await expect(some({ after: 'nothing' })).rejects.toMatchObject({ code: 'usage.bad' });
  expect((await log(ports, { count: 2 })).entries.map(({ id }) => id)).toEqual(all.slice(-2));
});

test('-f tells each event once, as it happens, also of entries that are new', async () => {
  const s = await scene();
  const ports = s.ports();
  await spawn(ports, { tasks: ['a'] });
  const follower = running(s.dir, ['events', '-f', '--json']);
  await follower.line(/task\.spawned/);
  await Promise.all(Array.from({ length: 8 }, (_, n) => note(ports, { task: 'a', text: `note ${n}` })));
  await openEscalation(ports, { branch: 'x', reason: 'stuck', summary: 'no progress' });
  await note(ports, { task: 'a', text: 'the last' });
  await Promise.all([follower.line(/the last/), follower.line(/escalation\.opened/)]);
  follower.kill('SIGINT');
  const { out, code } = await follower.end;
  expect(code).toBe(130);
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(rows.filter(({ event }) => event.type === 'note.added')).toHaveLength(9);
});
