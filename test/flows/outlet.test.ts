import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../src/core/config.ts';
import { openEscalation } from '../../src/flows/escalate.ts';
import { send } from '../../src/flows/messages/send.ts';
import { deliver } from '../../src/flows/outlet/deliver.ts';
import { journalFile, resultsFile } from '../../src/flows/outlet/places.ts';
import { spawn } from '../../src/flows/spawn.ts';
import type { Ports } from '../../src/ports.ts';
import { type Scene, scene } from '../support/scene.ts';

/** Ports whose config names handlers; in the file it does not stand, so that nothing is told by itself. */
async function told(on: Config['on']): Promise<{ s: Scene; ports: Ports; since: string }> {
  const s = await scene();
  const real = s.ports();
  const config = {
    ...real.config,
    load: async () => ({ ...(await real.config.load()), on }),
    layers: async () => [{ source: 'project' as const, file: 'gwt.config.json', value: { on } }],
  };
  return { s, ports: s.ports({ config }), since: new Date(real.clock.now()).toISOString() };
}
const open = (ports: Ports, branch: string) =>
  openEscalation(ports, { branch, reason: 'stuck', summary: `no progress on ${branch}` });
const linesOf = (s: Scene, path: string) => s.read(path).trim().split('\n');

test('a command gets each event once, as JSON, in order', async () => {
  const { s, ports, since } = await told({ escalated: 'cat >> told.jsonl; echo >> told.jsonl', landed: 'false' });
  for (const branch of ['a', 'b b', "c';$(x)"]) await open(ports, branch);
  expect((await deliver(ports, { since })).delivered).toHaveLength(3);
  expect((await deliver(ports, {})).delivered).toEqual([]);
  await open(ports, 'd');
  await Promise.all([deliver(ports, {}), deliver(ports, {})]);
  const rows = linesOf(s, 'told.jsonl').map((line) => JSON.parse(line));
  expect(rows.map(({ event }) => event.branch)).toEqual(['a', 'b b', "c';$(x)", 'd']);
  expect(rows[0]).toMatchObject({ name: 'escalated', repository: s.dir, key: 'escalations/1' });
  expect(rows.every(({ again }) => again === undefined)).toBe(true);
});

test('what happened before anybody was to be told is not told', async () => {
  const { ports } = await told({ escalated: 'true' });
  await open(ports, 'a');
  expect((await deliver(ports, {})).delivered).toEqual([]);
  await open(ports, 'b');
  expect((await deliver(ports, {})).delivered).toHaveLength(1);
});

test('one that fails, hangs or is not there hurts no other', async () => {
  const { s, ports, since } = await told({
    escalated: [
      'echo bad luck >&2; exit 7',
      { run: 'sleep 60', timeout: 1 },
      'no-such-program-here',
      'cat > last.json',
    ],
  });
  await open(ports, 'a');
  const { delivered } = await deliver(ports, { since });
  expect(delivered.map(({ problem }) => problem)).toEqual([
    'exit 7: bad luck',
    'not done within 1 s',
    expect.stringMatching(/^exit 127/),
    undefined,
  ]);
  expect(JSON.parse(s.read('last.json')).event.branch).toBe('a');
});

test('killed between two, it goes on with the second; killed within one, that is begun again and says so', async () => {
  const { s, ports, since } = await told({ escalated: ['cat >> one.jsonl', 'cat >> two.jsonl'] });
  await open(ports, 'a');
  const repo = await ports.git.repo();
  const id = s.git('rev-parse', 'refs/gwt/escalations/1');
  await ports.files.append(journalFile(repo), `begun ${id} 0\nended ${id} 0\nbegun ${id} 1\n`);
  await deliver(ports, { since });
  expect(s.exists('one.jsonl')).toBe(false);
  expect(JSON.parse(s.read('two.jsonl'))).toMatchObject({ id, again: true });
});

test('a webhook is called again while its server is busy, and its address stands in no log', async () => {
  const bodies: string[] = [];
  const answers = [503, 429, 200, 404];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += piece));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(answers[bodies.length - 1] ?? 500).end();
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((ready) => server.once('listening', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/S3CRET?key=S3CRET`;
  const { ports: real, since } = await told({ message: { url }, escalated: { urlEnv: 'HOOK_URL' } });
  const self = { ...real.self, env: { ...real.self.env, HOOK_URL: url } };
  const ports = { ...real, self, clock: { ...real.clock, sleep: async () => {} } };
  await spawn(ports, { tasks: ['t'] });
  await send(ports, { to: 't', text: 'hello' });
  await open(ports, 'a');
  const { delivered } = await deliver(ports, { since });
  expect(bodies.map((body) => JSON.parse(body).name)).toEqual(['message', 'message', 'message', 'escalated']);
  expect(new Set(bodies.slice(0, 3)).size).toBe(1);
  expect(delivered.map(({ problem }) => problem)).toEqual([undefined, 'it answered 404, tried 1 times']);
  const repo = await ports.git.repo();
  expect(readFileSync(resultsFile(repo), 'utf8')).not.toContain('S3CRET');
});

test('a notifier that is not installed is named', async () => {
  const { ports: real, since } = await told({ escalated: { notify: true } });
  const ports = { ...real, self: { ...real.self, platform: 'linux-x64' } };
  await open(ports, 'a');
  const [first] = (await deliver(ports, { since })).delivered;
  expect(first?.problem ?? 'notify-send').toMatch(/notify-send|exit/);
});

test('a project command that nobody approved is not run, and is told once it was', async () => {
  const { s, ports: real, since } = await told({ escalated: 'touch ran' });
  const person = { ...real.person, approves: false, present: false };
  const self = { ...real.self, env: { ...real.self.env, XDG_STATE_HOME: `${s.box}/state` } };
  const ports = { ...real, person, self };
  await open(ports, 'a');
  expect(await deliver(ports, { since })).toEqual({ delivered: [], held: 'unapproved' });
  expect(s.exists('ran')).toBe(false);
  const asked = {
    ...person,
    present: true,
    ask: async (question: string) => question.includes('on escalated: touch ran'),
  };
  expect((await deliver({ ...ports, person: asked }, { since })).delivered).toHaveLength(1);
});

test('by itself: the built program tells in the background, also what an agent caused, and nobody waits for it', async () => {
  const s = await scene({ 'gwt.config.json': JSON.stringify({ on: { escalated: 'cat > told.json; env > env.txt' } }) });
  await s.gwt('spawn', 't');
  const env = { GWT_TASK: 't', GWT_AGENT_ID: 't-a', GWT_RUN_ID: 'run' };
  await s.gwtIn(s.worktree('t'), ['escalate', 'which colour?'], env);
  while (!s.exists('env.txt') || s.read('env.txt') === '') await new Promise((again) => setTimeout(again, 100));
  expect(JSON.parse(s.read('told.json'))).toMatchObject({
    name: 'escalated',
    text: expect.stringContaining('question'),
  });
  expect(s.read('env.txt')).not.toContain('GWT_TASK=');
});
