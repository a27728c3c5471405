import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RefusalCode } from '../../src/core/refusal.ts';
import { openEscalation } from '../../src/flows/escalate.ts';
import { ask, inbox } from '../../src/flows/inbox.ts';
import { merge } from '../../src/flows/merge.ts';
import { resolve } from '../../src/flows/resolve.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { changeTask, taskNamed } from '../../src/flows/tasks.ts';
import { undo } from '../../src/flows/undo.ts';
import { branch, configure } from '../support/branches.ts';
import { type Scene, scene } from '../support/scene.ts';

const refused = (code: RefusalCode) => expect.objectContaining({ code });

/** `work` conflicts with main in a.txt; escalation 1 is open. */
async function conflicted(): Promise<Scene> {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  branch(s, 'work', { 'a.txt': 'a\nwork\n', 'new.txt': 'new\n' });
  s.commit('main moves', { 'a.txt': 'a\nmain\n' });
  await merge(s.ports(), { names: ['work'] });
  return s;
}
const open = async (s: Scene) => (await inbox(s.ports(), {})).escalations.map(({ id }) => id);

test('an escalation tells both intents, the hunk and the commands', async () => {
  const s = await conflicted();
  const answer = await s.gwt('inbox', 'show', '1');
  expect(answer.out).toContain('ours (main) wanted:\n  main moves');
  expect(answer.out).toContain('theirs (work) wanted:\n  work work');
  expect(answer.out).toContain('<<<<<<< main\nmain\n||||||| base\n=======\nwork\n>>>>>>> work');
  for (const way of ['--ours', '--theirs', '--edit', '--take', '--retry', '--drop'])
    expect(answer.out).toContain(`gwt resolve 1 ${way}`);
  expect((await s.gwt('inbox')).out).toContain('work conflicts with main in a.txt');
});

test.each([
  { side: 'ours', text: 'a\nmain\n' },
  { side: 'theirs', text: 'a\nwork\n' },
] as const)('--$side settles by side and the rest of the branch lands', async ({ side, text }) => {
  const s = await conflicted();
  const result = await resolve(s.ports(), { id: '1', answer: side });
  expect(result.merged?.landed).toMatchObject([{ branch: 'work', resolved: [{ path: 'a.txt', by: 'person' }] }]);
  expect([s.read('a.txt'), s.read('new.txt')]).toEqual([text, 'new\n']);
  expect(await open(s)).toEqual([]);
});

test('--ours on a branch with nothing else in it settles the question all the same', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  branch(s, 'work', { 'a.txt': 'a\nwork\n' });
  s.commit('main moves', { 'a.txt': 'a\nmain\n' });
  await merge(s.ports(), { names: ['work'] });
  const result = await resolve(s.ports(), { id: '1', answer: 'ours' });
  expect(result.merged?.landed).toMatchObject([{ branch: 'work', commits: 0 }]);
  expect([result.outcome, await open(s), s.read('a.txt')]).toEqual(['landed', [], 'a\nmain\n']);
});

test('--edit lays the conflict out, --take lands what was edited, and the folder goes', async () => {
  const s = await conflicted();
  const edit = await s.gwt('resolve', '1', '--edit', '--json');
  const { folder } = edit.json();
  expect(s.gitIn(folder, 'status', '--porcelain')).toBe('UU a.txt\nA  new.txt');
  const early = await s.gwt('resolve', '1', '--take');
  expect([early.code, early.err]).toEqual([
    1,
    expect.stringContaining('a.txt still has conflict markers (line 2, 4, 5, 7)'),
  ]);
  writeFileSync(`${folder}/a.txt`, 'a\nmain and work\n');
  await s.gwt('resolve', '1', '--edit');
  const take = await s.gwt('resolve', '1', '--take', `${folder}/a.txt`);
  expect([take.code, take.out]).toEqual([0, expect.stringContaining('person settled a.txt')]);
  expect(s.read('a.txt')).toBe('a\nmain and work\n');
  expect(s.exists(folder)).toBe(false);
  expect(s.git('worktree', 'list')).not.toContain('.resolve');
});

test('--take works from inside the folder, which then stays', async () => {
  const s = await conflicted();
  const { folder = '' } = await resolve(s.ports(), { id: '1', answer: 'edit' });
  writeFileSync(`${folder}/a.txt`, 'a\nfrom inside\n');
  expect((await s.gwtIn(folder, ['resolve', '1', '--take', 'a.txt'])).code).toBe(0);
  expect([s.read('a.txt'), s.exists(folder)]).toEqual(['a\nfrom inside\n', true]);
});

test('what was edited outside the conflict is neither taken nor lost', async () => {
  const s = await conflicted();
  const { folder } = await resolve(s.ports(), { id: '1', answer: 'edit' });
  writeFileSync(`${folder}/a.txt`, 'a\nboth\n');
  writeFileSync(`${folder}/b.txt`, 'b changed\n');
  await expect(resolve(s.ports(), { id: '1', answer: 'take' })).rejects.toEqual(refused('escalation.unresolved'));
  expect(await open(s)).toEqual(['1']);
});

test('a resolution that turns a gate red stays open and says so', async () => {
  const s = await conflicted();
  configure(s, JSON.stringify({ gates: ['grep -q main a.txt'] }));
  const result = await resolve(s.ports(), { id: '1', answer: 'theirs' });
  expect(result.outcome).toBe('open');
  const { shown } = await inbox(s.ports(), { id: '1' });
  expect(shown?.context.tried?.at(-1)).toMatch(/settled by a person, but the gate grep/);
  expect((await resolve(s.ports(), { id: '1', answer: 'ours' })).outcome).toBe('landed');
});

test('conflicts of several commits are settled one after the other, and none is asked twice', async () => {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  branch(s, 'work', { 'a.txt': 'a\nwork\n' });
  s.git('checkout', '-q', 'work');
  s.commit('second', { 'b.txt': 'b\nwork\n' });
  s.git('checkout', '-q', 'main');
  s.commit('main moves', { 'a.txt': 'a\nmain\n', 'b.txt': 'b\nmain\n' });
  await merge(s.ports(), { names: ['work'] });
  const settle = async (file: string) => {
    const { folder } = await resolve(s.ports(), { id: '1', answer: 'edit' });
    writeFileSync(`${folder}/${file}`, 'settled\n');
    return resolve(s.ports(), { id: '1', answer: 'take' });
  };
  expect((await settle('a.txt')).outcome).toBe('open');
  expect((await inbox(s.ports(), {})).escalations).toMatchObject([{ id: '1', paths: ['b.txt'] }]);
  expect((await settle('b.txt')).outcome).toBe('landed');
  expect([s.read('a.txt'), s.read('b.txt')]).toEqual(['settled\n', 'settled\n']);
});

test('an answer that does not fit is refused with the commands that do', async () => {
  const s = await conflicted();
  const answer = await s.gwt('resolve', '1', '--allow');
  expect([answer.code, answer.err]).toEqual([1, expect.stringContaining('gwt resolve 1 --theirs')]);
  await expect(resolve(s.ports(), { id: '7', answer: 'ours' })).rejects.toEqual(refused('escalation.unknown'));
});

test('dropping a plain branch closes the question and leaves the branch', async () => {
  const s = await conflicted();
  expect((await resolve(s.ports(), { id: '1', answer: 'drop' })).outcome).toBe('kept');
  expect(s.git('branch', '--list', 'work')).toContain('work');
  expect(await open(s)).toEqual([]);
});

test('the answer to a stuck task reaches its agent and puts it back in the queue', async () => {
  const s = await scene();
  const ports = s.ports();
  await spawn(ports, { tasks: ['login'] });
  const stuck = { branch: 'gwt/login', task: 'login', reason: 'stuck', summary: 'no progress', blocks: true } as const;
  const { id } = await openEscalation(ports, stuck);
  const result = await resolve(ports, { id, answer: 'answer', text: 'use the other library' });
  expect(result).toMatchObject({ outcome: 'queued', next: ['gwt loop login'] });
  const entry = await ports.ledger.read('tasks/login');
  expect(entry?.docs['notes.json']).toContain('use the other library');
  expect((await taskNamed(ports, 'login')).state).toBe('queued');
});

test('a question of an agent does not stop its task', async () => {
  const s = await scene();
  const ports = s.ports();
  await spawn(ports, { tasks: ['login'] });
  const inside = s.portsAt(s.worktree('login'));
  await ask(inside, { question: 'may I?' });
  await ask(inside, { question: 'and this?' });
  expect(await open(s)).toEqual(['2', '1']);
  expect((await taskNamed(ports, 'login')).state).toBe('queued');
  await resolve(ports, { id: '1', answer: 'answer', text: 'yes' });
  expect(await open(s)).toEqual(['2']);
});

test('what lies outside a claim lands only when a person allows it', async () => {
  const s = await scene({ 'src/a.txt': 'a\n', 'docs/d.txt': 'd\n' });
  const ports = s.ports();
  await spawn(ports, { tasks: ['login'], owns: ['src/**'] });
  s.git('checkout', '-q', '--detach', 'gwt/login');
  const head = s.commit('oversteps', { 'docs/d.txt': 'd\nlogin\n', 'src/a.txt': 'a\nlogin\n' });
  s.git('checkout', '-q', 'main');
  s.git('update-ref', 'refs/heads/gwt/login', head);
  const at = new Date(ports.clock.now()).toISOString();
  const event = { type: 'task.changed', at, task: 'login', what: 'finished' } as const;
  await changeTask(ports, 'login', () => ({ event, state: 'finished' }));
  const result = await merge(ports, { names: [] });
  expect(result.escalated).toMatchObject([{ task: 'login', reason: 'trespass', paths: ['docs/d.txt'] }]);
  expect((await taskNamed(ports, 'login')).state).toBe('blocked');
  expect((await resolve(ports, { id: '1', answer: 'retry' })).outcome).toBe('open');
  const allowed = await resolve(ports, { id: '1', answer: 'allow' });
  expect(allowed.merged?.landed).toMatchObject([{ task: 'login', allowed: ['docs/d.txt'] }]);
  expect(s.read('docs/d.txt')).toBe('d\nlogin\n');
  expect((await taskNamed(ports, 'login')).state).toBe('landed');
});

test('choosing a side decides the conflict alone: what git merged elsewhere in that file stays', async () => {
  const lines = Array.from({ length: 30 }, (_, at) => `${at + 1}\n`);
  const changed = (changes: Record<number, string>) => lines.map((line, at) => changes[at + 1] ?? line).join('');
  const s = await scene({ 'f.txt': lines.join('') });
  branch(s, 'work', { 'f.txt': changed({ 3: 'work\n', 12: 'also work\n' }) });
  s.commit('main moves', { 'f.txt': changed({ 3: 'main\n', 25: 'also main\n' }) });
  await merge(s.ports(), { names: ['work'] });
  await resolve(s.ports(), { id: '1', answer: 'theirs' });
  expect(s.read('f.txt')).toBe(changed({ 3: 'work\n', 12: 'also work\n', 25: 'also main\n' }));
});

test('what landed with a settled conflict is not landed again, nor with a branch built on top of it', async () => {
  const s = await scene({ 'a.txt': 'top\nend\n' });
  branch(s, 'work', { 'a.txt': 'top\nwork\nend\n' });
  branch(s, 'later', { 'later.txt': 'later\n' }, 'work');
  s.commit('main moves', { 'a.txt': 'top\nmain\nend\n' });
  await merge(s.ports(), { names: ['work'] });
  const { folder } = await resolve(s.ports(), { id: '1', answer: 'edit' });
  writeFileSync(`${folder}/a.txt`, 'top\nmain\nwork\nend\n');
  expect((await resolve(s.ports(), { id: '1', answer: 'take' })).outcome).toBe('landed');
  const again = await merge(s.ports(), { names: ['work', 'later'] });
  expect(again.skipped).toEqual([{ branch: 'work', reason: 'landed already, in an earlier landing', there: true }]);
  expect(again.landed).toMatchObject([{ branch: 'later', commits: 1 }]);
  expect(s.git('log', '--format=%s', 'main').split('\n')).toEqual(['later work', 'work work', 'main moves', 'first']);
  expect(s.read('a.txt')).toBe('top\nmain\nwork\nend\n');
});

test('a question about another branch than the target is answered there, and what was said binds only there', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  branch(s, 'release', { 'a.txt': 'a\nrelease\n' });
  branch(s, 'work', { 'a.txt': 'a\nwork\n' });
  await merge(s.ports(), { names: ['work'], into: 'release' });
  const before = s.git('rev-parse', 'main');
  const answer = await s.gwt('resolve', '1', '--theirs');
  expect(answer.out).toContain('gwt undo --into release takes it back');
  expect(s.git('rev-parse', 'main')).toBe(before);
  expect(s.git('show', 'release:a.txt')).toBe('a\nwork');
  expect(await open(s)).toEqual([]);
  expect((await s.gwt('undo', '--into', 'release')).code).toBe(0);
});

test('landing elsewhere leaves the question about a target open', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  s.git('branch', 'release');
  branch(s, 'work', { 'a.txt': 'a\nwork\n' });
  s.commit('main moves', { 'a.txt': 'a\nmain\n' });
  await merge(s.ports(), { names: ['work'] });
  await merge(s.ports(), { names: ['work'], into: 'release' });
  expect(await open(s)).toEqual(['1']);
});

test('a decision that left nothing to land can be undone, and is remembered', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  branch(s, 'work', { 'a.txt': 'a\nwork\n' });
  s.commit('main moves', { 'a.txt': 'a\nmain\n' });
  await merge(s.ports(), { names: ['work'] });
  await resolve(s.ports(), { id: '1', answer: 'ours' });
  expect(await undo(s.ports(), {})).toMatchObject({ branches: ['work'] });
  const again = await merge(s.ports(), { names: ['work'] });
  expect(again.landed).toMatchObject([{ branch: 'work', commits: 0, resolved: [{ by: 'memory', from: 'person' }] }]);
});

test('a side is chosen of what was shown: where the target has changed those lines since, it is asked again', async () => {
  const s = await conflicted();
  s.commit('hotfix', { 'a.txt': 'a\nhotfix\n' });
  expect((await resolve(s.ports(), { id: '1', answer: 'theirs' })).outcome).toBe('open');
  expect(s.read('a.txt')).toBe('a\nhotfix\n');
  expect((await s.gwt('inbox', 'show', '1')).out).toContain('hotfix');
  // What was said of the old lines stays without effect.
  expect((await merge(s.ports(), { names: ['work'] })).landed).toEqual([]);
  expect((await resolve(s.ports(), { id: '1', answer: 'theirs' })).outcome).toBe('landed');
  expect(s.read('a.txt')).toBe('a\nwork\n');
});

test('a side chosen stays chosen where the target has changed something else since', async () => {
  const s = await conflicted();
  s.commit('elsewhere', { 'b.txt': 'b\nmain\n' });
  expect((await resolve(s.ports(), { id: '1', answer: 'theirs' })).outcome).toBe('landed');
});

test('sides chosen for conflicts of several commits are all kept', async () => {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  branch(s, 'work', { 'a.txt': 'a\nwork\n' });
  s.git('checkout', '-q', 'work');
  s.commit('second', { 'b.txt': 'b\nwork\n' });
  s.git('checkout', '-q', 'main');
  s.commit('main moves', { 'a.txt': 'a\nmain\n', 'b.txt': 'b\nmain\n' });
  await merge(s.ports(), { names: ['work'] });
  expect((await resolve(s.ports(), { id: '1', answer: 'theirs' })).outcome).toBe('open');
  expect((await resolve(s.ports(), { id: '1', answer: 'ours' })).outcome).toBe('landed');
  expect([s.read('a.txt'), s.read('b.txt')]).toEqual(['a\nwork\n', 'b\nmain\n']);
});

test('of a branch that is gone nobody says that it stays', async () => {
  const s = await conflicted();
  s.git('branch', '-q', '-D', 'work');
  const answer = await s.gwt('resolve', '1', '--drop');
  expect([answer.code, answer.out.trim()]).toEqual([0, 'Answered; nobody waits for it.']);
  expect(await open(s)).toEqual([]);
});

test('the folder of a question goes when a landing settles it by other ways, and stays where somebody edited it', async () => {
  for (const edited of [false, true]) {
    const s = await conflicted();
    const ports = s.ports();
    const made = await resolve(ports, { id: '1', answer: 'edit' });
    const { folder = '' } = made.outcome === 'editing' ? made : {};
    if (edited) writeFileSync(`${folder}/a.txt`, 'mine\n');
    s.git('checkout', '-q', 'work');
    s.commit('made to fit', { 'a.txt': 'a\nmain\nwork\n' });
    s.git('rebase', '-q', '-X', 'theirs', 'main');
    s.git('checkout', '-q', 'main');
    expect((await merge(ports, { names: ['work'] })).landed).toHaveLength(1);
    const told = ports.events.some(({ type }) => type === 'resolve.kept');
    expect([await open(s), existsSync(folder), told]).toEqual([[], edited, edited]);
  }
});
