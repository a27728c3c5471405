import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { note } from '../../src/flows/agent/tell.ts';
import { logs } from '../../src/flows/logs.ts';
import { runsFolder } from '../../src/flows/loop/places.ts';
import { scene } from '../support/scene.ts';

test('words that say nothing are refused, and nothing is written down', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  const before = s.git('for-each-ref', 'refs/gwt');
  for (const line of [
    ['note', 'login', ' '],
    ['escalate', ''],
    ['handoff', ''],
  ])
    expect((await s.gwtIn(s.worktree('login'), line)).code).toBe(2);
  expect(s.git('for-each-ref', 'refs/gwt')).toBe(before);
});

test('notes are kept in order with who said them', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  await s.gwt('note', 'login', 'use', 'v2');
  await s.gwtIn(s.worktree('login'), ['note', 'login', 'and "v3" later'], { GWT_AGENT_ID: 'api-claude' });
  const ports = s.ports();
  const entry = await ports.ledger.read('tasks/login');
  expect(JSON.parse(entry?.docs['notes.json'] ?? '')).toMatchObject([
    { from: 'Ada', text: 'use v2' },
    { from: 'api-claude', text: 'and "v3" later' },
  ]);
  await expect(note(ports, { task: 'logout', text: 'x' })).rejects.toMatchObject({ code: 'task.unknown' });
});

test('a hand-over tells stories, commits, what is not committed, and reaches the other task', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login', 'api');
  const at = s.worktree('login');
  writeFileSync(join(at, 'a.ts'), 'a\n');
  s.gitIn(at, 'add', '--all');
  s.gitIn(at, 'commit', '-qm', 'first half', '--', 'a.ts');
  writeFileSync(join(at, 'b.ts'), 'b\n');
  const answer = await s.gwtIn(at, ['handoff', 'mend the tests', '--to', 'api', '--json']);
  expect(answer.json()).toMatchObject({ from: 'login', to: 'api', path: join(s.worktree('api'), '.gwt/handoff.md') });
  const text = s.read(join(s.worktree('api'), '.gwt/handoff.md'));
  for (const said of ['# Hand-over of login', 'mend the tests', 'first half', '`??` b.ts'])
    expect(text).toContain(said);
  expect(s.gitIn(s.worktree('api'), 'status', '--porcelain', '--', '.gwt')).toBe('');
  const shown = (await s.gwt('show', 'api')).out;
  expect(shown).toContain('login: hand-over: mend the tests');
  expect((await s.gwt('handoff', 'tests', 'are', 'red', '--json')).json().error.code).toBe('task.none');
  expect((await s.gwt('handoff', 'login', 'go on', '--json')).json()).toMatchObject({ from: 'login', to: 'login' });
});

test('a heartbeat shows in status, from a folder inside the worktree too', async () => {
  const s = await scene({ 'src/a.ts': 'a\n' });
  await s.gwt('spawn', 'login');
  expect((await s.gwtIn(join(s.worktree('login'), 'src'), ['heartbeat', 'slow', 'tests'])).code).toBe(0);
  const [row] = (await s.gwt('status', '--json')).json().tasks;
  expect(row).toMatchObject({ id: 'login', said: 'slow tests' });
  expect(row.age).toBeLessThan(60);
  expect((await s.gwt('heartbeat', '--json')).json().error.code).toBe('task.none');
});

test('logs prints the last transcript, made safe for a terminal, and follows into the next iteration until the loop ends', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  const ports = s.ports();
  const folder = runsFolder(await ports.git.repo(), 'login');
  expect((await s.gwt('logs', 'login', '--json')).json().error).toMatchObject({
    code: 'logs.none',
    hint: 'gwt loop login',
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '9.log'), 'nine\n');
  writeFileSync(join(folder, '10.log'), Buffer.from('\u001b[31mred\u001b[0m \u001b]0;title\u0007ü\u0000 end\n'));
  expect((await s.gwt('logs', 'login')).out).toBe('red ü� end\n');
  expect((await s.gwt('logs', 'login', '--iteration', '9')).out).toBe('nine\n');
  expect((await s.gwt('logs', 'login', '--iteration', '8')).code).toBe(1);
  let looks = 0;
  const said: string[] = [];
  const umlaut = Buffer.from('ü');
  const sleep = async () => {
    looks += 1;
    if (looks === 1) appendFileSync(join(folder, '10.log'), umlaut.subarray(0, 1));
    if (looks === 2) appendFileSync(join(folder, '10.log'), umlaut.subarray(1));
    if (looks === 3) writeFileSync(join(folder, '11.log'), 'eleven\n');
  };
  const ledger = { ...ports.ledger, read: (key: `tasks/${string}`) => running(key) };
  const running = async (key: `tasks/${string}`) => {
    const entry = await ports.ledger.read(key);
    const { pid, host, startedAt: started } = ports.self;
    const lease = { holder: 'test', pid, started, host, beat: 0, ttl: 1, run: 'r' };
    const task = { ...JSON.parse(entry?.docs['task.json'] ?? ''), ...(looks < 5 ? { lease } : {}) };
    return entry && { ...entry, docs: { 'task.json': JSON.stringify(task) } };
  };
  const followed = await logs(
    { ...ports, ledger: ledger as typeof ports.ledger, clock: { ...ports.clock, sleep } },
    { task: 'login', follow: true },
    (text) => said.push(text),
  );
  expect(followed.iterations).toEqual([10, 11]);
  expect(said.join('')).toMatch(/end\nü\n── iteration 11 ──\neleven\n$/);
});

test('log tells the history of one task, and of all in the order it happened', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login');
  await s.gwt('spawn', 'api');
  await s.gwt('note', 'login', 'hello\u001b[31m');
  const texts = (await s.gwt('log', '--json'))
    .json()
    .entries.map(({ text }: { text: string }) => text.replace(/ from .*| in .*/, ''));
  expect(texts).toEqual([
    'login: spawning gwt/login',
    'login: spawned',
    'api: spawning gwt/api',
    'api: spawned',
    'message 1: Ada to login',
    'login: note',
  ]);
  const one = (await s.gwt('log', 'login', '-n', '1')).out;
  expect(one).toMatch(/^… 2 older\n.* {2}login: note from Ada: hello \[31m\n$/);
});

test('a checkpoint is listed, compared and gone back to, commits included, and nothing of now is lost', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  await s.gwt('spawn', 'login');
  const at = s.worktree('login');
  const gwt = (...args: string[]) => s.gwtIn(at, args);
  writeFileSync(join(at, 'a.txt'), 'one\n');
  writeFileSync(join(at, 'new.txt'), 'new\n');
  expect((await gwt('checkpoint', '-m', 'a good place')).out).toBe('Saved checkpoint 1 of login.\n');
  expect((await gwt('checkpoint')).out).toBe('Nothing changed since checkpoint 1 of login.\n');
  const head = s.gitIn(at, 'rev-parse', 'HEAD');
  writeFileSync(join(at, 'a.txt'), 'two\n');
  s.gitIn(at, 'commit', '-qam', 'second');
  s.gitIn(at, 'clean', '-q', '-f', '--', 'new.txt');
  writeFileSync(join(at, 'other.txt'), 'other\n');
  const diff = (await gwt('checkpoint', 'diff', '1')).out;
  expect(diff).toContain('M  a.txt\nD  new.txt\nA  other.txt\n');
  expect((await gwt('checkpoint', 'restore', '1')).out).toBe(
    'login is as in checkpoint 1; what was there is checkpoint 2.\n  back: gwt checkpoint restore --task login 2\n',
  );
  expect(s.gitIn(at, 'rev-parse', 'HEAD')).toBe(head);
  expect(s.gitIn(at, 'status', '--porcelain', '--', '*.txt')).toBe(' M a.txt\n?? new.txt');
  expect(s.read(join(at, 'a.txt'))).toBe('one\n');
  await gwt('checkpoint', 'restore', '2');
  expect(s.gitIn(at, 'log', '-1', '--format=%s')).toBe('second');
  expect(s.gitIn(at, 'status', '--porcelain', '--', '*.txt')).toBe('?? other.txt');
  expect((await gwt('checkpoint', 'list')).out).toMatch(/^1 .* a good place\n2 .* before going back to 1\n/m);
  expect((await gwt('checkpoint', 'restore', '77', '--json')).json().error.code).toBe('checkpoint.unknown');
  expect((await gwt('checkpoint', 'retsore')).code).toBe(2);
});
