import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addStory } from '../../src/core/prd.ts';
import { handoff } from '../../src/flows/agent/tell.ts';
import { escalations } from '../../src/flows/escalate.ts';
import { loop } from '../../src/flows/loop.ts';
import { resolve } from '../../src/flows/resolve.ts';
import { show } from '../../src/flows/show.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { changeTask } from '../../src/flows/tasks.ts';
import { agentPath, looped, of, passing, prdOf, stateOf, taskScene } from '../support/looping.ts';
import { type Scene, scene } from '../support/scene.ts';

const worktree = (s: Scene, path = '') => join(s.worktree('t'), path);
const inWorktree = (s: Scene, path: string) => readFileSync(worktree(s, path), 'utf8');
const onBranch = (s: Scene) => s.git('ls-tree', '-r', '--name-only', 'gwt/t').split('\n');
const GREEN = 'test -d src';

test('story after story by a fresh agent, each verified on the committed tree, until all pass', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2'), gates: [GREEN] });
  const { row, events } = await looped(s);
  expect(row).toMatchObject({
    id: 't',
    outcome: 'complete',
    iterations: 2,
    stories: { total: 2, passing: 2 },
    gates: 1,
  });
  expect(of(events, 'iteration.ended').map(({ story, outcome, verified }) => [story, outcome, verified])).toEqual([
    ['S-1', 'passed', true],
    ['S-2', 'passed', true],
  ]);
  expect(stateOf(s)).toBe('finished');
  expect(passing(s)).toEqual(['S-1', 'S-2']);
  expect(inWorktree(s, 'prd.json')).toBe(s.git('show', 'refs/gwt/tasks/t:prd.json').concat('\n'));
  expect(inWorktree(s, 'progress.md').match(/^## .* · iteration \d · S-\d · passed$/gm)).toHaveLength(2);
  expect(s.git('for-each-ref', '--format=%(refname)', 'refs/gwt/checkpoints/t')).toMatch(/\/\d+$/m);
  expect(existsSync(s.path('.git/gwt/runs/t/2.log'))).toBe(true);
  expect(existsSync(s.path('.git/gwt/loops/t.json'))).toBe(false);
  expect(JSON.parse(s.git('show', 'refs/gwt/tasks/t:task.json'))).not.toHaveProperty('lease');
});

test('a finished task needs no agent', async () => {
  const s = await taskScene('honest');
  await looped(s);
  const ports = s.ports();
  expect((await loop(ports, { tasks: ['t'] })).tasks[0]).toMatchObject({ outcome: 'complete', iterations: 0 });
  expect(of(ports.events, 'loop.started')).toEqual([]);
});

test('without gates a story passes on new commits, and the answer says that nothing was verified', async () => {
  const s = await taskScene('honest');
  const { row, last } = await looped(s);
  expect(row).toMatchObject({ outcome: 'complete', gates: 0 });
  expect(last).toMatchObject({
    outcome: 'passed',
    verified: false,
    reason: expect.stringContaining('nothing was verified'),
  });
});

test('what the agent left uncommitted is committed in its name, and no generated file with it', async () => {
  const s = await taskScene('leaves-dirty', { gates: [GREEN, '! test -e old.txt'] });
  const { row, last } = await looped(s);
  expect(row.outcome).toBe('complete');
  expect(last.commits).toBe(1);
  expect(s.git('show', '--format=%cn|%s', '--name-status', 'gwt/t')).toBe(
    `${s.git('log', '-1', '--format=%cn', 'main')} (t-a)|S-1: Story S-1\n\nM\tREADME.md\nD\told.txt\nA\tsrc/S-1.txt`,
  );
  expect(s.gitIn(worktree(s), 'status', '--porcelain')).toBe('');
});

test('names that mean something elsewhere are only names', async () => {
  const s = await taskScene('odd-names', { gates: ['test -e ./-rf'] });
  expect((await looped(s)).row.outcome).toBe('complete');
  const names = s.git('diff', '--name-only', '-z', 'main', 'gwt/t').split('\0').filter(Boolean);
  expect(names.sort()).toEqual(
    ['src/a b/c', '-rf', 'new\nline.txt', 'ünï.txt', ':(top)x/y', '*.md', '"quoted"', '.gitignore.d'].sort(),
  );
});

test('the project’s own hook may refuse what gwt commits; what it said is told, and nothing is lost', async () => {
  const s = await taskScene('leaves-dirty', { gates: ['true'] });
  s.write('.git/hooks/pre-commit', '#!/bin/sh\necho "no, the linter says" >&2\nexit 1\n', 0o755);
  const { row, last } = await looped(s, { max: 1 });
  expect(row.stories.passing).toBe(0);
  expect(last.reason).toMatch(/README\.md, old\.txt, src\/S-1\.txt/);
  expect(inWorktree(s, 'progress.md')).toContain('no, the linter says');
  expect(inWorktree(s, 'src/S-1.txt')).toBe('S-1\n');
});

test('with --no-autocommit it is only told, and the story does not pass', async () => {
  const s = await taskScene('leaves-dirty', { gates: [GREEN] });
  const { row, last } = await looped(s, { autocommit: false, max: 1 });
  expect(row).toMatchObject({ outcome: 'max', stories: { passing: 0 } });
  expect(last.outcome).toBe('empty');
  expect(s.git('rev-parse', 'gwt/t')).toBe(s.git('rev-parse', 'main'));
  expect(inWorktree(s, 'progress.md')).toMatch(/not committed: src\/S-1\.txt \(left by the agent; autocommit is off\)/);
});

test.each([
  ['lie', 'empty', 3],
  ['echo', 'empty', 3],
  ['noop', 'empty', 3],
  ['question', 'empty', 1],
])(
  '%s: nothing was changed, so nothing passes, and a person is asked: after three times, of a question at once',
  async (agent, outcome, iterations) => {
    const s = await taskScene(agent, { gates: ['true'] });
    const { row, last } = await looped(s);
    expect(row).toMatchObject({ outcome: 'stuck', iterations, stories: { total: 1, passing: 0 }, escalation: '1' });
    expect(last.outcome).toBe(outcome);
    expect(stateOf(s)).toBe('blocked');
    expect(passing(s)).toEqual([]);
    expect(inWorktree(s, 'prd.json')).toContain('"passes": false');
    const escalation = JSON.parse(s.git('show', 'refs/gwt/escalations/1:escalation.json'));
    expect(JSON.stringify(escalation)).toContain('gwt loop t');
    expect(escalation.context.tried).toHaveLength(iterations);
  },
);

test('whoever starts the loop on a blocked task has answered: it goes on, and the question is closed', async () => {
  const s = await taskScene('noop');
  await looped(s);
  s.write('gwt.config.json', JSON.stringify({ agents: { b: { driver: 'command', command: [agentPath('honest')] } } }));
  const { row } = await looped(s, { agent: 'b' });
  expect(row).toMatchObject({ outcome: 'complete', iterations: 1 });
  expect(JSON.parse(s.git('show', 'refs/gwt/escalations/1:escalation.json'))).toMatchObject({ state: 'resolved' });
});

test('exit 1 is no proposal, even after good work; the work is kept', async () => {
  const s = await taskScene('exit-1', { gates: [GREEN] });
  const { row, last } = await looped(s, { max: 1 });
  expect(row).toMatchObject({ outcome: 'max', stories: { passing: 0 } });
  expect(last).toMatchObject({ outcome: 'failed', commits: 1, reason: expect.stringContaining('exit 1') });
  expect(onBranch(s)).toContain('src/S-1.txt');
});

test('what a person answers, and a hand-over, stand in the next prompts', async () => {
  const s = await taskScene('echo');
  await looped(s);
  await resolve(s.ports(), { id: '1', answer: 'answer', text: 'use the blue one' });
  await handoff(s.ports(), { from: 't', text: 'the rest' });
  await looped(s, { max: 2 });
  for (const iteration of [4, 5]) {
    const prompt = readFileSync(s.path(`.git/gwt/runs/t/${iteration}.log`), 'utf8');
    expect(prompt).toContain('use the blue one');
    expect(prompt).toContain('.gwt/handoff.md');
  }
  expect(JSON.parse(s.git('show', 'refs/gwt/tasks/t:notes.json'))).toMatchObject([{ delivered: 4 }]);
});

test('red gates: the story does not pass, and the next prompt carries what the gate said', async () => {
  const s = await taskScene('honest', { gates: ['echo the third test fails; exit 5'] });
  const { row, last } = await looped(s, { max: 2 });
  expect(row).toMatchObject({ outcome: 'max', stories: { passing: 0 } });
  expect(last).toMatchObject({ outcome: 'red', reason: expect.stringContaining('failed (5)') });
  s.write('gwt.config.json', JSON.stringify({ agents: { e: { driver: 'command', command: [agentPath('echo')] } } }));
  await looped(s, { max: 1, agent: 'e', gates: ['echo again; false'] });
  const prompt = readFileSync(s.path('.git/gwt/runs/t/3.log'), 'utf8');
  expect(prompt).toMatch(
    /The last attempt \(S-1\) was not accepted\n\ngate echo the third test fails; exit 5 failed \(5\)/,
  );
  expect(prompt).toContain('What happened before');
});

test('a commit outside the claim does not pass, though the agent went around the hooks', async () => {
  const s = await taskScene('trespass', { owns: ['src/**'], gates: ['true'] });
  const { row, last } = await looped(s, { max: 1 });
  expect(row.stories.passing).toBe(0);
  expect(last.outcome).not.toBe('passed');
  expect(last.reason).toMatch(/other\/theirs\.txt|nothing was changed/);
});

test('an uncommitted path outside the claim is left where it is, and keeps the story from passing', async () => {
  const s = await taskScene('trespass-dirty', { owns: ['src/**'], gates: ['true'] });
  const { row, last } = await looped(s, { max: 1 });
  expect(row.stories.passing).toBe(0);
  expect(last).toMatchObject({ outcome: 'dirty', commits: 1, reason: expect.stringContaining('other/theirs.txt') });
  expect(onBranch(s)).toContain('src/S-1.txt');
  expect(onBranch(s)).not.toContain('other/theirs.txt');
  expect(inWorktree(s, 'other/theirs.txt')).toBe('theirs\n');
  expect(last.reason).toContain('other/theirs.txt (outside the claim)');
  expect(last.reason).toContain('gwt claim /');
});

test("another task's path left uncommitted is named with its owner to the person, the agent and in the question", async () => {
  const s = await taskScene('trespass-dirty', { gates: ['true'] });
  await spawn(s.ports(), { tasks: ['api'], owns: ['other/**'] });
  const { row, last } = await looped(s);
  const said =
    'other/theirs.txt (belongs to task api): leave it as it was, or ask for it with gwt claim /other/theirs.txt';
  expect(last.reason).toContain(said);
  const [asked] = await escalations(s.ports());
  expect(asked).toMatchObject({ id: row.escalation, summary: expect.stringContaining(said) });
});

test('what each gate said stands in the ledger and in show', async () => {
  const s = await taskScene('honest', { gates: ['true', { name: 'never', run: 'false' }] });
  await looped(s, { max: 1 });
  const shown = await show(s.ports(), { task: 't' });
  const { tree } = shown.last ?? {};
  expect(shown.last?.verdicts).toMatchObject([
    { gate: 'true', passed: true, tree },
    { gate: 'never', passed: false, tree },
  ]);
  expect(shown.gates).toMatchObject([
    { gate: 'true', passed: true, tree, at: shown.last?.at },
    { gate: 'never', passed: false },
  ]);
  expect((await s.gwt('show', 't')).out).toMatch(/✓ true .*\n.*✗ never/);
});

test('many programs at once are nothing to warn of', async () => {
  const s = await taskScene('honest');
  const names = Array.from({ length: 11 }, (_, at) => `n${at}`);
  await spawn(s.ports(), { tasks: names });
  const { code, err } = await s.gwt('loop', '--all', '--parallel', '12', '--yes');
  expect({ code, err }).toMatchObject({ code: 0, err: expect.not.stringContaining('Warning') });
});

test('a PRD the agent broke is put back, and so is its journal; the work counts', async () => {
  const s = await taskScene('breaks-prd', { prd: prdOf('S-1', 'S-2'), gates: [GREEN] });
  const { row } = await looped(s);
  expect(row).toMatchObject({ outcome: 'complete', iterations: 2 });
  expect(JSON.parse(inWorktree(s, 'prd.json')).userStories).toHaveLength(2);
  expect(inWorktree(s, 'progress.md')).toMatch(/iteration 1[\s\S]*iteration 2/);
});

test('an agent cannot make its task easier: stories are changed by people only', async () => {
  const s = await taskScene('rewrites-prd', { prd: prdOf('S-1', 'S-2'), gates: [GREEN] });
  const { row } = await looped(s);
  expect(row).toMatchObject({ outcome: 'complete', iterations: 2, stories: { total: 2, passing: 2 } });
  expect(JSON.parse(inWorktree(s, 'prd.json')).userStories.map(({ id }: { id: string }) => id)).toEqual(['S-1', 'S-2']);
});

test.each([
  ['hang', { minutes: 0.01, idleMinutes: 1 }, 'longer than it may'],
  ['silent', { minutes: 1, idleMinutes: 0.01 }, 'silent for longer'],
])('%s: is ended at its limit', async (agent, limits, reason) => {
  const s = await taskScene(agent, { loop: limits });
  const { last } = await looped(s, { max: 1 });
  expect(last).toMatchObject({ outcome: 'timeout', reason: expect.stringContaining(reason) });
  expect(stateOf(s)).toBe('queued');
});

test('a child in a session of its own is ended before the gates look', async () => {
  const s = await taskScene('setsid-child', { gates: ['sleep 1; ! test -e src/late.txt'] });
  const { row } = await looped(s);
  expect(row.outcome).toBe('complete');
  expect(existsSync(worktree(s, 'src/late.txt'))).toBe(false);
});

test('a line of 10 MB and bytes that are no text do no harm', async () => {
  const s = await taskScene('long-line', { gates: [GREEN] });
  expect((await looped(s)).row.outcome).toBe('complete');
  expect(inWorktree(s, 'progress.md').length).toBeLessThan(10_000);
});

test('secrets are never committed; they are named', async () => {
  const s = await taskScene('secrets', { gates: [GREEN] });
  const { row } = await looped(s);
  expect(row.outcome).toBe('complete');
  expect(onBranch(s)).toContain('src/S-1.txt');
  expect(onBranch(s)).not.toContain('.env');
  expect(onBranch(s)).not.toContain('deep/server.pem');
  expect(inWorktree(s, '.env')).toBe('TOKEN=abc\n');
  expect(inWorktree(s, 'progress.md')).toMatch(/not committed: \.env \(on the list of secrets\)/);
});

const HERE = { gatesIn: 'worktree' } as const;

test('a person’s uncommitted files are never committed; where gates run among them they are named', async () => {
  const s = await taskScene('leaves-dirty', { gates: [GREEN], loop: HERE });
  s.write('../repo.worktrees/t/README.md', 'my own words\n');
  s.write('../repo.worktrees/t/mine.txt', 'mine\n');
  const { row, last } = await looped(s);
  expect(row).toMatchObject({
    outcome: 'blocked',
    iterations: 1,
    escalation: '1',
    reason: expect.stringContaining('README.md, mine.txt'),
  });
  expect(last).toMatchObject({ outcome: 'dirty', commits: 1 });
  expect(s.git('show', '--format=', '--name-only', 'gwt/t')).toBe('old.txt\nsrc/S-1.txt');
  expect(inWorktree(s, 'README.md')).toBe('my own words\nchanged\n');
  expect(inWorktree(s, 'mine.txt')).toBe('mine\n');
});

test('without gates a person’s files are in nobody’s way', async () => {
  const s = await taskScene('leaves-dirty');
  s.write('../repo.worktrees/t/mine.txt', 'mine\n');
  expect((await looped(s)).row.outcome).toBe('complete');
  expect(onBranch(s)).not.toContain('mine.txt');
});

test('gates judge the commit, not the worktree: what lies uncommitted or hidden there changes no verdict', async () => {
  const dirty = await taskScene('leaves-dirty', { gates: [GREEN, '! test -e mine.txt'] });
  dirty.write('../repo.worktrees/t/README.md', 'my own words\n');
  dirty.write('../repo.worktrees/t/mine.txt', 'mine\n');
  expect((await looped(dirty)).row.outcome).toBe('complete');
  expect(inWorktree(dirty, 'mine.txt')).toBe('mine\n');
  const s = await taskScene('hides', { gates: ['grep -q green verdict.txt'], files: { 'verdict.txt': 'red\n' } });
  const { row, last } = await looped(s, { max: 1 });
  expect(row.stories.passing).toBe(0);
  expect(last).toMatchObject({ outcome: 'red', reason: expect.stringContaining('it fails on the target too') });
});

test('a change hidden from git cannot make a gate green that runs among it', async () => {
  const files = { 'verdict.txt': 'red\n' };
  const s = await taskScene('hides', { gates: ['grep -q green verdict.txt'], files, loop: HERE });
  const { row, last } = await looped(s, { max: 1 });
  expect(row.stories.passing).toBe(0);
  expect(last).toMatchObject({ outcome: 'dirty', reason: expect.stringContaining('verdict.txt') });
});

test('a script that judges is taken as it was: an agent that makes it say yes proves nothing', async () => {
  const files = { 'check.sh': 'test -e src/S-9.txt\n', 'keep/list.txt': 'all\n' };
  const gates = ['sh check.sh'];
  const s = await taskScene('edits-the-gate', { gates, files });
  const { row, last } = await looped(s, { max: 1 });
  expect(row.stories.passing).toBe(0);
  expect(last).toMatchObject({ outcome: 'red', pinned: ['check.sh'] });
  const owner = await taskScene('edits-the-gate', { gates, files, owns: ['check.sh', 'src/'] });
  expect((await looped(owner, { max: 1 })).row.outcome).toBe('complete');
});

test('the same gate on the same tree runs once, and each story tells its proof', async () => {
  const s = await taskScene('honest', { gates: ['echo run >> ../../count; test -d src'] });
  await looped(s);
  expect(readFileSync(join(s.box, 'count'), 'utf8')).toBe('run\n');
  expect((await s.gwt('merge', 't')).code).toBe(0);
  expect(readFileSync(join(s.box, 'count'), 'utf8')).toBe('run\n');
  const shown = await s.gwt('show', 't', '--proof', '--json');
  const [proof] = shown.json().proofs;
  expect(proof).toMatchObject({ story: 'S-1', verified: true, tree: s.git('rev-parse', 'gwt/t^{tree}') });
  expect(proof.gates).toMatchObject([{ run: 'echo run >> ../../count; test -d src', code: 0, passed: true }]);
  expect(existsSync(proof.gates[0].log)).toBe(true);
  const words = (await s.gwt('show', 't', '--proof')).out;
  expect(words).toContain('test -d src: exit 0');
  expect(words).toContain(s.git('rev-parse', 'gwt/t^{tree}').slice(0, 10));
});

test('a gate that writes tracked files proves nothing; what it writes beside them is its own', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2'), gates: ['echo x > report.txt'] });
  const { row } = await looped(s);
  expect(row.outcome).toBe('complete');
  expect(onBranch(s)).not.toContain('report.txt');
  const other = await taskScene('honest', { gates: ['echo formatted >> README.md'] });
  const { row: meddled, last } = await looped(other, { max: 1 });
  expect(meddled.stories.passing).toBe(0);
  expect(last.reason).toMatch(/changed files of the commit.*README\.md/);
});

test('work on another branch does not count', async () => {
  const s = await taskScene('leaves-branch', { gates: [GREEN] });
  const { row, last } = await looped(s, { max: 1 });
  expect(row.stories.passing).toBe(0);
  expect(last).toMatchObject({ outcome: 'elsewhere', reason: expect.stringContaining('elsewhere') });
  expect(s.git('rev-parse', 'gwt/t')).toBe(s.git('rev-parse', 'main'));
});

test('a repository inside the worktree is not committed as a link to nowhere', async () => {
  const s = await taskScene('nested', { gates: [GREEN] });
  const { last } = await looped(s, { max: 1 });
  expect(last).toMatchObject({ outcome: 'dirty', reason: expect.stringContaining('vendor') });
  expect(onBranch(s)).not.toContain('vendor');
});

test('"nothing has to be changed" needs a note, gates that say so, and commits on the branch', async () => {
  const s = await taskScene('no-change', { gates: ['test -e README.md'] });
  expect((await looped(s, { max: 1 })).last.outcome).toBe('empty');
  s.gitIn(worktree(s), 'commit', '--quiet', '--allow-empty', '--message', 'earlier work');
  const { row, last } = await looped(s);
  expect(row.outcome).toBe('complete');
  expect(last).toMatchObject({ outcome: 'no-change-needed', reason: expect.stringContaining('is there already') });
});

test('an agent that is not there is refused, and costs no iteration', async () => {
  const s = await taskScene('no-such-agent');
  await expect(loop(s.ports(), { tasks: ['t'] })).rejects.toMatchObject({ code: 'agent.missing' });
  expect(JSON.parse(s.git('show', 'refs/gwt/tasks/t:task.json'))).toMatchObject({ state: 'queued', iteration: 0 });
  await expect(loop(s.ports(), { tasks: ['t'], agent: 'nobody' })).rejects.toMatchObject({ code: 'agent.unknown' });
});

test('a person’s edits of the stories between runs are taken over: a flag set back counts, one set to true does not', async () => {
  const s = await taskScene('honest', { gates: [GREEN], prd: prdOf('S-1') });
  await looped(s);
  const edited = JSON.parse(prdOf('S-1', 'S-9'));
  edited.userStories[1].passes = true;
  s.write('../repo.worktrees/t/prd.json', JSON.stringify(edited));
  const { row, events } = await looped(s);
  expect(of(events, 'iteration.started').map(({ story }) => story)).toEqual(['S-1', 'S-9']);
  expect(row).toMatchObject({ outcome: 'complete', stories: { total: 2, passing: 2 } });
});

test('a story that came into the ledger between runs is worked on: the working copy is not a person’s edit', async () => {
  const s = await taskScene('honest', { gates: [GREEN] });
  await looped(s);
  await changeTask(s.ports(), 't', (_, docs) => ({
    event: { type: 'task.bounced', at: '', task: 't', reason: 'red' },
    state: 'queued',
    docs: { 'prd.json': addStory(docs['prd.json'] ?? '', { id: 'fix', title: 'Fix', description: 'x', criteria: [] }) },
  }));
  const { row, events } = await looped(s);
  expect(of(events, 'iteration.started').map(({ story }) => story)).toEqual(['fix']);
  expect(row).toMatchObject({ outcome: 'complete', stories: { total: 2, passing: 2 } });
});

test('a PRD that a person broke between runs is refused with its place, and stays as it is', async () => {
  const s = await taskScene('honest');
  s.write('../repo.worktrees/t/prd.json', '{\n  "userStories": [,]\n}\n');
  await expect(loop(s.ports(), { tasks: ['t'] })).rejects.toMatchObject({ code: 'prd.invalid', facts: { line: 2 } });
  expect(inWorktree(s, 'prd.json')).toContain('[,]');
  expect(stateOf(s)).toBe('queued');
});

test('a task somebody works on is refused while they live, and taken over when they died', async () => {
  const s = await taskScene('honest');
  const key = 'tasks/t' as const;
  const lease = (pid: number, started: string) =>
    s.ports().ledger.transact({ keys: [key] }, (view) => {
      const task = JSON.parse(view.entry(key)?.docs['task.json'] ?? '{}');
      const held = { holder: 'gwt loop', pid, started, host: s.ports().self.host, beat: 0, ttl: 1, run: 'r0' };
      const docs = { 'task.json': JSON.stringify({ ...task, state: 'running', lease: held }) };
      const event = { type: 'task.changed', at: '', task: 't', what: 'held' } as const;
      return { writes: [{ key, event, docs }], result: undefined };
    });
  const { self } = s.ports();
  await lease(self.pid, self.startedAt);
  await expect(loop(s.ports(), { tasks: ['t'] })).rejects.toMatchObject({ code: 'task.busy' });
  await expect(loop(s.ports(), { tasks: [], all: true })).rejects.toMatchObject({ code: 'task.none' });
  await lease(self.pid, 'the same number, another process');
  expect((await looped(s)).row.outcome).toBe('complete');
});

test('several at a time, in the order they wait for one another', async () => {
  const s = await taskScene('honest', { gates: [GREEN] });
  await spawn(s.ports(), { tasks: ['mid'], after: ['t'] });
  await spawn(s.ports(), { tasks: ['last'], after: ['t', 'mid'], priority: 9 });
  const ports = s.ports();
  const { tasks } = await loop(ports, { tasks: [], all: true, parallel: 3 });
  expect(tasks.map(({ id, outcome }) => [id, outcome])).toEqual([
    ['t', 'complete'],
    ['mid', 'complete'],
    ['last', 'complete'],
  ]);
  const order = ports.events.flatMap((event) =>
    event.type === 'loop.started' || event.type === 'loop.ended' ? [`${event.type} ${event.task}`] : [],
  );
  expect(order).toEqual(['t', 'mid', 'last'].flatMap((id) => [`loop.started ${id}`, `loop.ended ${id}`]));
});

test('one of several that cannot run does not stop the others; what waits for it is told so', async () => {
  const s = await taskScene('honest');
  await spawn(s.ports(), { tasks: ['broken'], agent: 'a' });
  await spawn(s.ports(), { tasks: ['waits'], after: ['broken'] });
  s.write('../repo.worktrees/broken/prd.json', 'oops');
  const { tasks } = await loop(s.ports(), { tasks: [], all: true, parallel: 2 });
  expect(tasks.map(({ stories }) => stories.total)).toEqual([1, 1, 1]);
  expect(Object.fromEntries(tasks.map(({ id, outcome, refused }) => [id, refused?.code ?? outcome]))).toEqual({
    t: 'complete',
    broken: 'prd.invalid',
    waits: 'blocked',
  });
});

test('stories that were done together with another one, or marked from the start, are told as that', async () => {
  const s = await taskScene('all-at-once', { prd: prdOf('S-1', 'S-2'), gates: ['true'] });
  const { row, last } = await looped(s);
  expect(row).toMatchObject({ outcome: 'stuck', stories: { total: 2, passing: 1 } });
  expect(last).toMatchObject({ story: 'S-2', outcome: 'empty' });
  expect(last.reason).toMatch(/nothing was changed; if earlier work covers this story, write into its "notes" why/);
  s.write('done.json', prdOf('S-1').replace('false', 'true'));
  await spawn(s.ports(), { tasks: ['done'], prd: 'done.json' });
  const [done] = (await loop(s.ports(), { tasks: ['done'] })).tasks;
  expect(done).toMatchObject({
    outcome: 'complete',
    iterations: 0,
    reason: expect.stringContaining('no agent was run'),
  });
});

test.each([
  { command: ['sh', '-c', 'true', '{prompt}'], says: /too long to stand in the command line of sh/ },
  { command: ['./plain.txt'], says: /\.\/plain\.txt may not be run\n.*chmod \+x/ },
  { command: ['./none'], says: /needs \.\/none, which does not exist/ },
  { command: ['no-such-program'], says: /needs no-such-program, which is not on PATH/ },
])('why an agent could not be started is told as it is: $command', async ({ command, says }) => {
  const config = { agents: { odd: { driver: 'command', command } } };
  const s = await scene({ 'gwt.config.json': JSON.stringify(config), 'plain.txt': 'no program\n' });
  await spawn(s.ports(), { tasks: ['t'], prompt: 'long '.repeat(40_000), agent: 'odd' });
  const { err, code } = await s.gwt('loop', 't', '--yes');
  expect({ err, code }).toMatchObject({ err: expect.stringMatching(says), code: 1 });
});

test('a loop on a task whose worktree is gone says what finds it out', async () => {
  const s = await taskScene('honest');
  renameSync(s.worktree('t'), join(s.box, 'moved away'));
  const { err, code } = await s.gwt('loop', 't', '--yes');
  expect({ err, code }).toMatchObject({
    err: expect.stringMatching(/the worktree of t .* does not exist\n +try: gwt doctor/),
    code: 1,
  });
});

test('a task that a stop kept from beginning still counts its stories', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2') });
  const { tasks } = await loop(s.ports({ stop: AbortSignal.abort() }), { tasks: ['t'] });
  expect(tasks).toMatchObject([{ outcome: 'interrupted', stories: { total: 2, passing: 0 } }]);
});

const WEAKENED = {
  'old.test.js': "test('a', () => { expect(1).toBe(1); });\n",
  'kept.test.js': "test('b', () => { expect(1).toBe(1); });\n",
  'package.json': '{ "scripts": { "test": "node --test" } }\n',
};

test('weakened tests are told: a note by default, in the ledger, in the journal and to the person', async () => {
  const s = await taskScene('weakens-tests', { gates: [GREEN], files: WEAKENED });
  const { row, last } = await looped(s);
  expect(row.outcome).toBe('complete');
  expect(row.cheats).toEqual(last.cheats);
  expect(row.cheats.map((line) => line.split(':')[0])).toEqual(['tests removed', 'tests skipped', 'judge changed']);
  expect(inWorktree(s, 'progress.md')).toContain('- to be looked at: tests removed: ');
  expect((await s.gwt('show', 't')).out).toContain('tests removed');
});

test('where that is forbidden the story fails, and the agent hears what to put back', async () => {
  const s = await taskScene('weakens-tests', { gates: [GREEN], files: WEAKENED, loop: { cheats: 'strict' } });
  const { row, last } = await looped(s, { max: 1 });
  expect(row).toMatchObject({ outcome: 'max', stories: { passing: 0 } });
  expect(last).toMatchObject({ outcome: 'cheat', reason: expect.stringContaining('old.test.js') });
});
