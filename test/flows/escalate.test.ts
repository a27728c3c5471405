import { expect, test } from 'vitest';
import { escalations, openEscalation } from '../../src/flows/escalate.ts';
import { log } from '../../src/flows/log.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { scene } from '../support/scene.ts';

const question = (branch: string) => ({ branch, reason: 'stuck', summary: 'no progress' }) as const;

test('an escalation has a number, and its choices are commands to type', async () => {
  const s = await scene();
  const ports = s.ports();
  expect(await openEscalation(ports, question('gwt/a'))).toEqual({ id: '1' });
  const [first] = await escalations(ports);
  expect(first).toMatchObject({ id: '1', state: 'open', branch: 'gwt/a', reason: 'stuck' });
  expect(first?.choices.map(({ command }) => command)).toEqual([
    'gwt resolve 1 --answer "…"',
    'gwt resolve 1 --retry',
    'gwt resolve 1 --drop',
  ]);
  expect(ports.events).toMatchObject([{ type: 'escalation.opened', escalation: '1' }]);
});

test('the same question about the same branch is asked once, another one gets its own number', async () => {
  const ports = (await scene()).ports();
  await openEscalation(ports, question('gwt/a'));
  expect(await openEscalation(ports, { ...question('gwt/a'), summary: 'still none' })).toEqual({ id: '1' });
  expect(await openEscalation(ports, question('gwt/b'))).toEqual({ id: '2' });
  expect(await openEscalation(ports, { ...question('gwt/a'), reason: 'conflict' })).toEqual({ id: '3' });
  expect((await escalations(ports)).map(({ summary }) => summary)).toEqual([
    'still none',
    'no progress',
    'no progress',
  ]);
});

test('twelve questions at once get twelve numbers', async () => {
  const ports = (await scene()).ports();
  const ids = await Promise.all(Array.from({ length: 12 }, (_, n) => openEscalation(ports, question(`gwt/${n}`))));
  expect(ids.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
});

test('it blocks its task in the same step, and keeps the commits it speaks of', async () => {
  const s = await scene();
  const ports = s.ports();
  await spawn(ports, { tasks: ['login'] });
  const kept = s.git('commit-tree', 'HEAD^{tree}', '-m', 'lonely');
  const input = { ...question('gwt/login'), task: 'login', blocks: true, keeps: [kept] };
  const { id } = await openEscalation(ports, input);
  const task = JSON.parse(s.git('cat-file', '-p', 'refs/gwt/tasks/login:task.json'));
  expect(task).toMatchObject({ state: 'blocked', blocked: { reason: 'no progress', escalation: id } });
  s.git('gc', '--quiet', '--prune=now');
  expect(s.git('cat-file', '-t', kept)).toBe('commit');
  expect(await ports.ledger.history(`escalations/${id}`)).toMatchObject([{ type: 'escalation.opened' }]);
});

test('the same question asked again is told as that', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  const ports = s.ports();
  const ask = () => openEscalation(ports, { branch: 'work', reason: 'conflict', summary: 'which?' });
  expect([await ask(), await ask()]).toEqual([{ id: '1' }, { id: '1' }]);
  expect((await log(ports, {})).entries.map(({ text }) => text)).toEqual([
    'escalation 1: work, conflict',
    'escalation 1 asks again: work, conflict',
  ]);
});
