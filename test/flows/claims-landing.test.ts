import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerRequest } from '../../src/flows/claims/answer.ts';
import { claim } from '../../src/flows/claims/claim.ts';
import { release } from '../../src/flows/claims/release.ts';
import { tellOfTouched, touch } from '../../src/flows/claims/touched.ts';
import { doctor } from '../../src/flows/doctor.ts';
import { escalations } from '../../src/flows/escalate.ts';
import { merge } from '../../src/flows/merge.ts';
import { show } from '../../src/flows/show.ts';
import { changeTask } from '../../src/flows/tasks.ts';
import { configure } from '../support/branches.ts';
import { addTask, claimed } from '../support/claimed.ts';
import { PROJECT, type Scene, scene } from '../support/scene.ts';

const PAY = 'src/billing/pay.ts';
const NO_HOOKS = ['-c', 'core.hooksPath=/dev/null'];

function commit(s: Scene, task: string, path: string, text: string, how: readonly string[] = []): void {
  s.write(join(s.worktree(task), path), text);
  s.gitIn(s.worktree(task), ...how, 'add', '--all');
  s.gitIn(s.worktree(task), ...how, 'commit', '-qm', `${task}: ${text.trim()}`);
}

async function finish(s: Scene, task: string): Promise<void> {
  const event = { type: 'loop.ended', at: '2026-01-01T00:00:00Z', task, outcome: 'complete', iterations: 1 } as const;
  await changeTask(s.ports(), task, () => ({ event, state: 'finished' }));
}

/** Billing has committed two versions of a file and given it to login since. */
async function handedOver(): Promise<Scene> {
  const { s } = await claimed();
  await addTask(s, 'billing', { owns: ['src/billing/**'] });
  commit(s, 'billing', PAY, 'first\n');
  commit(s, 'billing', PAY, 'second\n');
  await claim(s.portsAt(s.worktree('login')), { patterns: [PAY], mode: 'exclusive' });
  await answerRequest(s.ports(), { request: 'r1', answer: 'grant' }, { name: 'billing', task: 'billing' });
  return s;
}

test('what was committed before a hand-over lands as it was; what was committed there afterwards does not', async () => {
  const s = await handedOver();
  await finish(s, 'billing');
  expect((await merge(s.ports(), { names: ['billing'] })).landed.map(({ task }) => task)).toEqual(['billing']);
  expect(s.read(PAY)).toBe('second\n');
  const other = await handedOver();
  commit(other, 'billing', PAY, 'third\n', NO_HOOKS);
  await finish(other, 'billing');
  const { landed, escalated } = await merge(other.ports(), { names: ['billing'] });
  expect([landed, escalated.map(({ reason, paths }) => [reason, paths])]).toEqual([[], [['trespass', [PAY]]]]);
});

test('a train lands by the claims of that moment: a path claimed by another while gates ran does not land', async () => {
  const { s } = await claimed();
  await addTask(s, 'open');
  commit(s, 'open', 'docs/x.md', 'x\n');
  await finish(s, 'open');
  const gate = `'${process.execPath}' '${PROJECT}/bin/gwt.js' -C '${s.dir}' claim 'docs/**' --task login`;
  configure(s, JSON.stringify({ merge: { gates: [`unset GWT_TASK GWT_AGENT_ID; ${gate}`] } }));
  const merged = await s.gwt('merge', 'open', '--yes', '--json');
  expect(merged.json().landed, merged.err).toEqual([]);
  expect(merged.json().escalated).toMatchObject([{ reason: 'trespass', paths: ['docs/x.md'] }]);
  expect(s.exists('docs/x.md')).toBe(false);
});

test('what an agent claims in its iteration counts for what it commits in it; the answer to a request comes with a prompt', async () => {
  const s = await scene();
  const line = [
    'cat >"$GWT_WORKTREE/../prompt.$GWT_STORY"',
    'gwt claim docs/ --why "the manual" && mkdir -p docs && echo $GWT_STORY >docs/$GWT_STORY',
    'gwt claim theirs/a --why "a need"; git add docs && git commit -qm docs',
    // The other task gives it up while this one works.
    '(unset GWT_TASK GWT_AGENT_ID; gwt -C ../other release theirs/a >/dev/null 2>&1); true',
  ].join('\n');
  const agents = { mine: { driver: 'command', command: ['sh', '-c', line] } };
  const gates = ['true'];
  const prd = { userStories: ['A', 'B'].map((id) => ({ id, title: id, description: id, passes: false })) };
  s.commit('config', { 'gwt.config.json': JSON.stringify({ gates, agents, loop: { agent: 'mine', max: 3 } }) });
  s.write('stories.json', JSON.stringify(prd));
  await addTask(s, 'other', { owns: ['theirs/**'] });
  await addTask(s, 't', { owns: ['src/**'], prd: 'stories.json' });
  const looped = await s.gwt('loop', 't', '--json');
  expect(looped.json().tasks[0], looped.err).toMatchObject({ outcome: 'complete', iterations: 2 });
  const said = s.read(join(s.box, 'repo.worktrees/prompt.B'));
  expect(said).toContain('request r1 for theirs/a is granted: it is yours alone now');
  expect((await escalations(s.ports())).map(({ reason, state }) => [reason, state])).toEqual([['claim', 'resolved']]);
});

test('who builds on a file hears once of each version that lands on the target, and gwt show shows it', async () => {
  const { s, w } = await claimed();
  const ports = s.portsAt(w);
  const heard = async () => {
    await tellOfTouched(ports, 'login');
    return (await s.ports().ledger.read('tasks/login'))?.docs['notes.json']?.match(/which you build on/g)?.length ?? 0;
  };
  const first = await touch(ports, { paths: ['src/other.ts', 'src/billing/', 'no such\nfile'] });
  expect(first.touched.map(({ path, changed }) => [path, changed])).toEqual([
    ['src/other.ts', false],
    ['src/billing', false],
    ['no such\nfile', false],
  ]);
  expect(await heard()).toBe(0);
  s.commit('other, anew', { 'src/other.ts': 'changed\n' });
  expect([await heard(), await heard()]).toEqual([1, 1]);
  s.commit('pay, anew', { [PAY]: 'more\n' });
  expect([await heard(), await heard()]).toEqual([2, 2]);
  const { touched } = await show(s.ports(), { task: 'login' });
  expect(touched.filter(({ changed }) => changed).map(({ path, by }) => [path, by[0]?.slice(11)])).toEqual([
    ['src/other.ts', 'other, anew'],
    ['src/billing', 'pay, anew'],
  ]);
  // What a branch has itself by now is no news.
  s.gitIn(w, 'merge', '-q', '--no-edit', 'main');
  expect((await touch(ports, { paths: ['src/other.ts'] })).touched[0]?.changed).toBe(false);
});

test('a change of claims that was written down and never told is found and made up for', async () => {
  const { s, w } = await claimed();
  await addTask(s, 'open');
  const event = { type: 'claim.taken', at: '2026-01-01T00:00:00Z', task: 'login', owns: ['docs/**'] } as const;
  await changeTask(s.ports(), 'login', ({ owns }) => ({ event, change: { owns: [...owns, 'docs/**'] } }));
  const ill = (await doctor(s.ports(), {})).findings.filter(({ state }) => state === 'ill');
  expect(ill.map(({ check, subject }) => `${check} ${subject}`).sort()).toEqual([
    'claim login',
    'claim open',
    'memory login',
    'memory open',
  ]);
  expect((await doctor(s.ports(), { fix: true })).ok).toBe(true);
  expect(s.read(join(w, 'CLAUDE.local.md'))).toContain('`docs/**`');
  await release(s.portsAt(w), { patterns: ['docs/**'] });
  expect((await doctor(s.ports(), {})).ok).toBe(true);
});
