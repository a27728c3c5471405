import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { forPerson, markRead, taskBox, thread } from '../../src/flows/messages/box.ts';
import { type SendInput, send } from '../../src/flows/messages/send.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { agentPath, looped, taskScene } from '../support/looping.ts';
import { running } from '../support/running.ts';
import { type Scene, scene } from '../support/scene.ts';

/** Says something as the agent of a task. */
function as(s: Scene, task: string, input: SendInput) {
  const ports = s.ports();
  return send({ ...ports, self: { ...ports.self, env: { GWT_TASK: task, GWT_AGENT_ID: `${task}-agent` } } }, input);
}

async function team() {
  const s = await scene();
  const ports = s.ports();
  await spawn(ports, { tasks: ['api', 'web'], role: 'coder' });
  await spawn(ports, { tasks: ['checks'], role: 'tester' });
  const texts = async (task: string) => (await taskBox(ports, { task })).messages.map(({ text }) => text);
  return { s, ports, texts };
}

test('a role and everybody are told, but not the one who speaks; nobody of a role is refused', async () => {
  const { s, ports, texts } = await team();
  const all = await as(s, 'api', { to: '@all', text: 'to all' });
  expect(all).toMatchObject({ id: 1, from: 'api-agent', task: 'api', recipients: ['checks', 'web'] });
  expect(await send(ports, { to: '@coder', text: 'to coders' })).toMatchObject({ id: 2, recipients: ['api', 'web'] });
  expect([await texts('api'), await texts('web'), await texts('checks')]).toEqual([
    ['to coders'],
    ['to all', 'to coders'],
    ['to all'],
  ]);
  await expect(send(ports, { to: '@pilot', text: 'x' })).rejects.toMatchObject({
    code: 'message.nobody',
    facts: { to: '@pilot', roles: ['coder', 'tester'] },
  });
});

test('a reply goes back to who spoke, and the talk is one thread', async () => {
  const { s, ports, texts } = await team();
  const asked = await as(s, 'api', { to: 'web', text: 'which port?', type: 'request' });
  const told = await as(s, 'web', { text: '8080', replyTo: asked.id });
  expect(told).toMatchObject({ to: 'api', thread: asked.id, replyTo: asked.id });
  expect(await texts('api')).toEqual(['8080']);
  const more = await send(ports, { text: 'make it 9090', replyTo: told.id, type: 'decision' });
  expect(more.recipients).toEqual(['web']);
  expect((await thread(ports, told.id)).map(({ text }) => text)).toEqual(['which port?', '8080', 'make it 9090']);
  await expect(send(ports, { text: 'x', replyTo: 99 })).rejects.toMatchObject({ code: 'message.unknown' });
});

test('what is for the person waits in their inbox; a request there is a question', async () => {
  const { s, ports } = await team();
  await as(s, 'api', { to: '@person', text: 'half way', type: 'status' });
  const asked = await as(s, 'api', { to: '@person', text: 'tabs or spaces?', type: 'request' });
  expect(asked.escalation).toBe('1');
  const answer = await s.gwt('inbox', '--json');
  expect(answer.json()).toMatchObject({
    escalations: [{ reason: 'question', task: 'api', summary: 'tabs or spaces?' }],
    messages: [{ text: 'half way', type: 'status' }],
  });
  await markRead(
    ports,
    (await forPerson(ports)).map(({ id }) => id),
  );
  expect(await forPerson(ports)).toEqual([]);
});

test('twenty who speak at once get twenty numbers, and nothing said is lost', async () => {
  const { ports, texts } = await team();
  const said = Array.from({ length: 20 }, (_, n) => `word ${n}`);
  const sent = await Promise.all(said.map((text) => send(ports, { to: '@all', text })));
  expect(sent.map(({ id }) => id).sort((a, b) => a - b)).toEqual(said.map((_, n) => n + 1));
  for (const task of ['api', 'web', 'checks']) expect((await texts(task)).sort()).toEqual([...said].sort());
});

/** The part of a prompt with notes. */
function notesIn(s: Scene, iteration: number): string {
  const prompt = readFileSync(s.path(`.git/gwt/runs/t/${iteration}.log`), 'utf8');
  return /## Notes for you\n\n([\s\S]*?)\n\n##/.exec(prompt)?.[1] ?? '';
}

test('a note stands in exactly one prompt; after that the journal has a line of it', async () => {
  const s = await taskScene('echo');
  await send(s.ports(), { to: 't', text: 'use the blue one', type: 'request' });
  await looped(s, { max: 2 });
  expect(notesIn(s, 1)).toContain('(request): use the blue one\n> (to answer: gwt note --reply-to 1 "…")');
  expect(notesIn(s, 2)).toBe('');
  expect(readFileSync(s.path('.git/gwt/runs/t/2.log'), 'utf8')).toContain('told: message 1 from Ada: use the blue one');
  expect(await taskBox(s.ports(), { task: 't', all: true })).toMatchObject({
    messages: [{ text: 'use the blue one', delivered: 1 }],
    unread: 0,
  });
});

test('a loop that is killed has said nothing: the next prompt says it, and only that one', async () => {
  const s = await taskScene('hang');
  await send(s.ports(), { to: 't', text: 'mind the gap' });
  const loop = running(s.dir, ['loop', 't']);
  const offered = () => s.git('show', 'refs/gwt/tasks/t:notes.json').includes('"offered": 1');
  while (!offered()) await new Promise((again) => setTimeout(again, 50));
  loop.kill('SIGKILL');
  await loop.end;
  const echo = { agents: { e: { driver: 'command', command: [agentPath('echo')] } } };
  s.write('gwt.config.json', JSON.stringify(echo));
  await looped(s, { max: 2, agent: 'e' });
  expect([notesIn(s, 2), notesIn(s, 3)]).toEqual(['> Ada: mind the gap', '']);
});

test('what an agent has acknowledged is not said again', async () => {
  const s = await taskScene('echo');
  await send(s.ports(), { to: 't', text: 'read me' });
  const env = { GWT_TASK: 't', GWT_AGENT_ID: 't-a' };
  expect((await s.gwtIn(s.worktree('t'), ['inbox', '--ack'], env)).out).toContain('read me');
  expect((await s.gwtIn(s.worktree('t'), ['inbox'], env)).out).toBe('Nothing new for t.\n');
  await looped(s, { max: 1 });
  expect(notesIn(s, 1)).toBe('');
});

test('the command takes apart who is meant and what is said', async () => {
  const { s } = await team();
  expect((await s.gwt('note', 'web', 'a', 'b', '--json')).json()).toMatchObject({ task: 'web', text: 'a b', id: 1 });
  expect((await s.gwt('note', '--reply-to', '1', 'so it is', '--json')).json()).toMatchObject({ to: '@person' });
  expect((await s.gwt('note', '--reply-to', '1', 'web', 'is', 'it')).out).toBe('Message 3, noted for web: is it\n');
  expect((await s.gwt('note', 'web', 'x', '--type', 'shout')).code).toBe(2);
  expect((await s.gwt('inbox', 'thread', '3')).out).toMatch(/a b\n.*so it is\n.*is it\n/);
});
