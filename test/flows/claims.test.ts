import { join } from 'node:path';
import { expect, test } from 'vitest';
import { patternFor } from '../../src/core/pattern.ts';
import type { Task } from '../../src/core/task.ts';
import { answerRequest } from '../../src/flows/claims/answer.ts';
import { type ClaimInput, claim } from '../../src/flows/claims/claim.ts';
import { owns } from '../../src/flows/claims/owns.ts';
import { release } from '../../src/flows/claims/release.ts';
import { claimRequests } from '../../src/flows/claims/request.ts';
import { settleRequests } from '../../src/flows/claims/settle.ts';
import { escalations } from '../../src/flows/escalate.ts';
import { refreshHooks } from '../../src/flows/hooks.ts';
import { resolve } from '../../src/flows/resolve.ts';
import { changeTask, taskNamed } from '../../src/flows/tasks.ts';
import { configure } from '../support/branches.ts';
import { addTask, claimed } from '../support/claimed.ts';
import type { Scene } from '../support/scene.ts';

const PAY = 'src/billing/pay.ts';

/** Whether a change to a path can be committed: the same, with the hooks that `--no-verify` leaves out, and without. */
function commits(s: Scene, task: string, path: string): boolean {
  const w = s.worktree(task);
  s.write(join(w, path), `${Math.random()}\n`);
  s.gitIn(w, 'add', '--', `:(literal)${path}`);
  const { code } = s.tryGit(w, 'commit', '-qm', 'change');
  const dared = s.tryGit(w, 'commit', '-qm', 'change', '--no-verify', '--allow-empty');
  if (code !== 0) s.gitIn(w, 'reset', '-q', '--', `:(literal)${path}`);
  expect(dared.code === 0).toBe(code === 0);
  return code === 0;
}

const asks = (s: Scene, task: string, patterns: readonly string[], more: Partial<ClaimInput> = {}) =>
  claim(s.portsAt(s.worktree(task)), { patterns, mode: 'exclusive', ...more });

/** Two tasks, each with a folder of its own. */
async function two(): Promise<Scene> {
  const { s } = await claimed();
  await addTask(s, 'billing', { owns: ['src/billing/**'] });
  return s;
}

const notes = async (s: Scene, task: string): Promise<string> =>
  (await s.ports().ledger.read(`tasks/${task}`))?.docs['notes.json'] ?? '';

test('what nobody holds is the task’s at once: its hooks let it through, those of others no longer', async () => {
  const { s, w } = await claimed();
  await addTask(s, 'open');
  expect([commits(s, 'login', 'docs/x.md'), commits(s, 'open', 'docs/x.md')]).toEqual([false, true]);
  const done = await asks(s, 'login', ['docs/'], { why: 'the manual' });
  expect(done).toMatchObject({ taken: ['/docs/'], held: [], common: [], request: null });
  expect([commits(s, 'login', 'docs/x.md'), commits(s, 'open', 'docs/y.md')]).toEqual([true, false]);
  expect(s.read(join(w, 'CLAUDE.local.md'))).toContain('`src/auth/**`, `/docs/`');
  expect(s.read(join(s.worktree('open'), 'CLAUDE.local.md'))).toContain('`/docs/`: owned by task `login`');
  expect((await asks(s, 'login', ['docs/x.md', 'src/auth/a.ts'])).held).toEqual(['docs/x.md', 'src/auth/a.ts']);
});

test('an open task keeps all it could change when it claims something, a bound one may change nothing when it gives up all', async () => {
  const { s } = await claimed();
  await addTask(s, 'open');
  await asks(s, 'open', ['docs/**']);
  expect([commits(s, 'open', 'top.ts'), commits(s, 'open', 'docs/a'), commits(s, 'open', 'src/auth/a.ts')]).toEqual([
    true,
    true,
    false,
  ]);
  const left = await release(s.portsAt(s.worktree('login')), { patterns: [], all: true });
  expect(left).toMatchObject({ released: ['src/auth/**'], owns: [], shares: [] });
  expect([commits(s, 'login', 'src/auth/a.ts'), commits(s, 'login', 'new.ts')]).toEqual([false, false]);
  expect(commits(s, 'open', 'src/auth/b.ts')).toBe(true);
});

test('of processes that claim the same at once exactly one has it, and the others ask', async () => {
  const { s } = await claimed();
  for (const name of ['a', 'b', 'c']) await addTask(s, name, { owns: [`${name}/**`] });
  const all = await Promise.all(
    ['login', 'a', 'b', 'c'].map((task) => s.gwt('claim', 'wanted/*', '--task', task, '--json')),
  );
  expect(all.map(({ code }) => code).sort()).toEqual([0, 3, 3, 3]);
  const holders = [];
  for (const name of ['login', 'a', 'b', 'c'])
    if ((await taskNamed(s.ports(), name)).owns.includes('wanted/*')) holders.push(name);
  expect(holders).toHaveLength(1);
  const asked = (await claimRequests(s.ports())).flatMap(({ parties }) => parties.map(({ task }) => task));
  expect(asked).toEqual([...holders, ...holders, ...holders]);
});

test('a path of another task is asked for; granted, it changes hands in one step, and what was committed there still counts', async () => {
  const s = await two();
  expect([commits(s, 'billing', PAY), commits(s, 'login', PAY)]).toEqual([true, false]);
  const { request, taken } = await asks(s, 'login', [PAY, 'docs/a.md'], { why: 'a route' });
  expect([taken, request?.patterns, request?.parties[0]?.task]).toEqual([['docs/a.md'], [PAY], 'billing']);
  expect((await asks(s, 'login', [PAY])).request).toMatchObject({ id: request?.id, escalation: '1' });
  const agent = { ...s.ports(), self: { ...s.ports().self, env: { GWT_AGENT_ID: 'login-claude' } } };
  await expect(resolve(agent, { id: '1', answer: 'grant' })).rejects.toThrow('claim.foreign');
  await expect(
    answerRequest(s.ports(), { request: 'r1', answer: 'grant' }, { name: 'x', task: 'login' }),
  ).rejects.toThrow('claim.foreign');
  await answerRequest(s.ports(), { request: 'r1', answer: 'grant' }, { name: 'billing-claude', task: 'billing' });
  expect([commits(s, 'login', PAY), commits(s, 'billing', PAY)]).toEqual([true, false]);
  expect([commits(s, 'billing', 'src/billing/new.ts'), commits(s, 'login', 'src/billing/new.ts')]).toEqual([
    true,
    false,
  ]);
  expect(await notes(s, 'login')).toContain('request r1 for src/billing/pay.ts is granted: it is yours alone now');
  const [shown] = (await owns(s.portsAt(s.worktree('billing')), { paths: [PAY] })).paths;
  expect(shown).toMatchObject({ owner: { task: 'login', pattern: PAY, why: 'a route' }, here: { may: false } });
  expect((await escalations(s.ports())).map(({ reason, state }) => [reason, state])).toEqual([['claim', 'resolved']]);
});

test('shared, both may change it; refused, it stays, and the reason is told', async () => {
  const s = await two();
  await asks(s, 'login', [PAY]);
  await resolve(s.ports(), { id: '1', answer: 'share' });
  expect([commits(s, 'login', PAY), commits(s, 'billing', PAY)]).toEqual([true, true]);
  await addTask(s, 'third', { owns: ['third/**'] });
  expect(await asks(s, 'third', [PAY], { mode: 'shared' })).toMatchObject({ taken: [PAY], request: null });
  const { request } = await asks(s, 'third', ['src/billing/x.ts']);
  await answerRequest(s.ports(), { request: request?.id ?? '', answer: 'refuse', text: 'half done' }, { name: 'Ada' });
  expect(commits(s, 'third', 'src/billing/x.ts')).toBe(false);
  expect(await notes(s, 'third')).toContain('is refused (half done)');
  await expect(asks(s, 'third', ['src/**', '!src/a.ts'])).rejects.toThrow('usage.bad');
});

test('a task that runs is asked in its next prompt; a person when it does not answer in time, or stops', async () => {
  const s = await two();
  const ports = s.ports();
  const { pid, startedAt: started, host } = ports.self;
  const lease = { holder: 'x', pid, started, host, beat: Date.now(), ttl: 60_000, run: 'x' };
  const event = {
    type: 'loop.started',
    at: '2026-01-01T00:00:00Z',
    task: 'billing',
    agent: 'x',
    run: 'x',
    max: 1,
  } as const;
  await changeTask(ports, 'billing', () => ({ event, state: 'running', change: { lease } }));
  await asks(s, 'login', [PAY], { why: 'a route' });
  expect(await notes(s, 'billing')).toContain('login asks for src/billing/pay.ts, for itself alone: a route');
  expect(await notes(s, 'billing')).toContain('gwt claim --grant r1');
  const open = async () =>
    (await escalations(s.ports())).filter(({ state }) => state === 'open').map(({ reason }) => reason);
  expect(await open()).toEqual([]);
  const later = { ...ports, clock: { ...ports.clock, now: () => Date.now() + 31 * 60_000 } };
  await settleRequests(later);
  await settleRequests(later);
  expect(await open()).toEqual(['claim']);
  await resolve(s.ports(), { id: '1', answer: 'refuse', text: 'no' });
  expect([await open(), await notes(s, 'login')]).toEqual([[], expect.stringContaining('is refused (no)')]);
  const { request } = await asks(s, 'login', [PAY]);
  expect([request?.id, await open()]).toEqual(['2', []]);
  await changeTask(ports, 'billing', () => ({ event, state: 'queued', change: { lease: undefined } }));
  expect((await s.gwt('inbox', '--json')).json().escalations).toMatchObject([{ reason: 'claim', request: '2' }]);
});

test('a request is granted by itself once nobody is in the way, and ends with the task that asked', async () => {
  const s = await two();
  await addTask(s, 'third', { owns: ['third/**'] });
  await asks(s, 'login', [PAY]);
  await asks(s, 'third', ['src/auth/x.ts']);
  await s.gwt('rm', 'third', '--yes');
  await release(s.portsAt(s.worktree('billing')), { patterns: [PAY] });
  expect((await claimRequests(s.ports())).map(({ state }) => state)).toEqual(['granted', 'withdrawn']);
  expect(commits(s, 'login', PAY)).toBe(true);
});

test('a claim with a time to live lapses by itself, for the hooks too; what was committed under it counts', async () => {
  const { s } = await claimed();
  await asks(s, 'login', ['docs/**', 'more/**'], { ttl: 86_400_000 });
  expect(commits(s, 'login', 'docs/a.md')).toBe(true);
  const ended = (task: Task) => (task.terms ?? []).map((term) => ({ ...term, until: '2026-01-02T00:00:00.000Z' }));
  const event = { type: 'task.changed', at: '2026-01-01T00:00:00Z', task: 'login', what: 'a day passes' } as const;
  await changeTask(s.ports(), 'login', (task) => ({ event, change: { terms: ended(task) } }));
  await refreshHooks(s.ports());
  expect([commits(s, 'login', 'docs/b.md'), commits(s, 'login', 'src/auth/c.ts')]).toEqual([false, true]);
  const { owns: left, kept = [] } = await taskNamed(s.ports(), 'login');
  expect([left, kept.map(({ path }) => path)]).toEqual([['src/auth/**'], ['docs/a.md']]);
});

test('what is frozen, and what code owners guard, is a person’s to grant', async () => {
  const { s } = await claimed();
  s.commit('owners', { '.github/CODEOWNERS': '* @all\n/docs/ @ada @org/writers\nsrc/auth/\n' });
  configure(s, '{"ownership":{"frozen":["LICENSE"],"codeowners":"approve","approvers":{"shared.txt":"billing"}}}');
  await addTask(s, 'billing', { owns: ['src/billing/**'] });
  expect([commits(s, 'login', 'LICENSE'), commits(s, 'login', 'docs/a.md')]).toEqual([false, false]);
  expect(commits(s, 'login', 'src/auth/a.ts')).toBe(true);
  await asks(s, 'login', ['LICENSE', '/docs/']);
  const [question] = await escalations(s.ports());
  expect(question).toMatchObject({ reason: 'claim', paths: ['/LICENSE', '/docs/'] });
  expect(question?.context.notes?.join('\n')).toContain('in need of approval by @ada or @org/writers');
  await resolve(s.ports(), { id: '1', answer: 'grant' });
  expect([commits(s, 'login', 'LICENSE'), commits(s, 'login', 'docs/a.md'), commits(s, 'login', 'top')]).toEqual([
    true,
    true,
    false,
  ]);
  const { request } = await asks(s, 'login', ['shared.txt']);
  expect(request?.parties.map(({ why, task }) => [why, task])).toEqual([['approval', 'billing']]);
  const [shown] = (await owns(s.ports(), { paths: ['docs/b'] })).paths;
  expect(shown?.codeowners).toEqual({ approvers: ['@ada', '@org/writers'], source: '.github/CODEOWNERS:2' });
});

const NAMES = [
  'a b/c d',
  'it\'s "q"',
  'line\nend',
  '-rf',
  'ünï/日本',
  'back\\slash',
  '*',
  'a[b]?.ts',
  '#c',
  '!not',
  'end ',
];

test('whatever a path is called, the command that a refusal names claims it, and no other', async () => {
  const { s, w } = await claimed({}, { 'src/a.ts': 'a\n' });
  for (const path of NAMES) s.write(join(w, path), 'x\n');
  await asks(s, 'login', NAMES.map(patternFor));
  const { paths } = await owns(s.portsAt(w), { paths: [...NAMES, 'other'] });
  expect(paths.map(({ path, here }) => [path, here?.may])).toEqual([
    ...NAMES.map((path) => [path, true]),
    ['other', false],
  ]);
  s.gitIn(w, 'add', '--all');
  expect(s.tryGit(w, 'commit', '-qm', 'all of them', '--no-verify')).toEqual({ code: 0, out: '' });
  expect(commits(s, 'login', 'other')).toBe(false);
});
