import { expect, test } from 'vitest';
import { loop } from '../../src/flows/loop.ts';
import { merge } from '../../src/flows/merge.ts';
import { debate } from '../../src/flows/patterns/debate.ts';
import { judge } from '../../src/flows/patterns/judge.ts';
import { spawnPattern } from '../../src/flows/patterns/spawn.ts';
import { restore } from '../../src/flows/restore.ts';
import { agentPath, stateOf } from '../support/looping.ts';
import { type Scene, scene } from '../support/scene.ts';

const command = (name: string, ...args: string[]) => ({ driver: 'command', command: [agentPath(name), ...args] });
const agents = {
  honest: command('honest'),
  wordy: command('wordy'),
  noop: command('noop'),
  stages: command('stages'),
  reviewer: command('reviewer'),
  judge: command('thinker.mjs', 'judge', 'do-2'),
  liar: command('thinker.mjs', 'judge', 'main'),
  thinker: command('thinker.mjs', 'plan'),
  stubborn: command('thinker.mjs', 'stubborn'),
  silent: command('thinker.mjs', 'silent'),
};
const begun = (more: object = {}): Promise<Scene> =>
  scene({ 'a.txt': 'a\n', 'gwt.config.json': JSON.stringify({ agents, loop: { agent: 'honest', max: 4 }, ...more }) });
const files = (s: Scene): readonly string[] => s.git('ls-tree', '-r', '--name-only', 'main').split('\n');

test('several do the same task with the same claim; the best lands, the others can be had back', async () => {
  const s = await begun();
  const input = { tasks: ['do'], compete: 3, agents: ['wordy', 'honest', 'noop'], owns: ['src/**'], prompt: 'do it' };
  const { tasks, judged } = await spawnPattern(s.ports(), { ...input, loop: true });
  expect(tasks.map(({ id, agent }) => [id, agent])).toEqual([
    ['do-1', 'wordy'],
    ['do-2', 'honest'],
    ['do-3', 'noop'],
  ]);
  expect(judged).toMatchObject([
    { name: 'do', best: 'do-2', reasons: ['is the smallest: 1 line'], dropped: ['do-1', 'do-3'] },
  ]);
  expect(judged?.[0]?.rivals.map(({ finished }) => finished)).toEqual([true, true, false]);
  expect(files(s)).toContain('src/do-2.txt');
  expect(files(s)).not.toContain('src/wordy.txt');
  expect(['do-1', 'do-2', 'do-3'].map((task) => stateOf(s, task))).toEqual(['dropped', 'landed', 'dropped']);
  await restore(s.ports(), { task: 'do-1' });
  expect(s.git('show', 'gwt/do-1:src/wordy.txt')).toContain('9');
});

test('nobody of them lands before one was chosen; an agent may choose, and what it says is checked', async () => {
  const s = await begun();
  await spawnPattern(s.ports(), { tasks: ['do'], compete: 2, agents: ['honest', 'wordy'], loop: false });
  await loop(s.ports(), { tasks: ['do-1', 'do-2'] });
  const { landed, skipped } = await merge(s.ports(), { names: [] });
  expect(landed).toEqual([]);
  expect(skipped.map(({ reason }) => reason)).toEqual(Array(2).fill(expect.stringContaining('gwt judge do')));
  const tried = await judge(s.ports(), { name: 'do', agent: 'liar', dryRun: true });
  expect(tried).toMatchObject({ best: 'do-1', note: 'liar chose "main", which is none of them', dropped: [] });
  expect(await judge(s.ports(), { name: 'do', agent: 'silent', dryRun: true })).toMatchObject({
    best: 'do-1',
    note: 'silent gave no answer (exit 0)',
  });
  const chosen = await judge(s.ports(), { name: 'do', agent: 'judge', land: false });
  expect(chosen).toMatchObject({ best: 'do-2', reasons: ['reads best'], dropped: ['do-1'] });
  expect(await judge(s.ports(), { name: 'do' })).toMatchObject({ best: 'do-2', reasons: ['do-2 was chosen before'] });
  expect(stateOf(s, 'do-2')).toBe('landed');
});

test('where none is finished, none is chosen and none is put away', async () => {
  const s = await begun();
  const { judged } = await spawnPattern(s.ports(), { tasks: ['do'], compete: 2, agents: ['noop'], loop: true });
  expect(judged).toMatchObject([{ name: 'do', dropped: [] }]);
  expect(judged?.[0]?.best).toBeUndefined();
  expect([stateOf(s, 'do-1'), stateOf(s, 'do-2')]).not.toContain('dropped');
});

test('a pipeline is stages in one worktree, each with its role, what was found before, and its gate', async () => {
  const s = await begun({ stages: { test: { gates: ['test -e 2-implement.txt'] } } });
  const input = { tasks: ['do'], agent: 'stages', prompt: 'do it', pipeline: ['analyse', 'implement', 'test'] };
  const { looped } = await spawnPattern(s.ports(), { ...input, loop: true });
  expect(looped?.tasks).toMatchObject([{ outcome: 'complete', iterations: 3, stories: { total: 3, passing: 3 } }]);
  expect(s.git('show', 'gwt/do:2-implement.txt').trim()).not.toBe('0');
  const prd = s.git('show', 'refs/gwt/tasks/do:prd.json');
  expect(prd).toContain('In this stage you are the tester');
  expect(prd).toContain('test -e 2-implement.txt');
  await expect(spawnPattern(s.ports(), { tasks: ['x'], pipeline: ['analyse', 'dance'] })).rejects.toMatchObject({
    code: 'usage.bad',
  });
});

test('a task may have a reviewer of its own', async () => {
  const s = await begun();
  const { looped } = await spawnPattern(s.ports(), { tasks: ['do'], review: 'reviewer', loop: true });
  expect(looped?.tasks[0]?.reason).toContain('docs.txt: is missing');
  expect(stateOf(s, 'do')).not.toBe('finished');
});

test('a debate ends when the critic agrees, and the plan stands in the task', async () => {
  const s = await begun();
  const debaters = { proposer: 'architect', critic: 'reviewer', persona: 'an attacker' };
  const { plans } = await spawnPattern(s.ports(), { tasks: ['do'], debate: debaters, agents: ['thinker'] });
  expect(plans).toEqual([{ task: 'do', plan: 'second plan, with tests', agreed: true, rounds: 2, objections: [] }]);
  const prd = s.git('show', 'refs/gwt/tasks/do:prd.json');
  expect(prd).toContain('second plan, with tests');
  expect(prd).toContain('agreed with it after 2 rounds');
});

test('a debate also ends with its rounds, and one who says nothing agrees to nothing', async () => {
  const s = await begun();
  const common = {
    proposer: 'architect',
    critic: 'reviewer',
    task: 'do',
    wanted: 'w',
    commit: s.git('rev-parse', 'HEAD'),
  };
  const open = await debate(s.ports(), { ...common, agents: ['thinker', 'stubborn'], rounds: 2 });
  expect(open).toEqual({ plan: 'second plan, with tests', agreed: false, rounds: 2, objections: ['no tests'] });
  expect(await debate(s.ports(), { ...common, agents: ['silent', 'thinker'] })).toMatchObject({
    plan: '',
    agreed: false,
  });
  expect(await debate(s.ports(), { ...common, agents: ['thinker', 'silent'], rounds: 1 })).toMatchObject({
    agreed: false,
    objections: ['silent gave no answer (exit 0)'],
  });
});
