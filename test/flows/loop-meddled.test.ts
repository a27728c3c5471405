import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loop } from '../../src/flows/loop.ts';
import type { Ports } from '../../src/ports.ts';
import { looped, of, passing, prdOf, stateOf, taskScene } from '../support/looping.ts';
import type { Scene } from '../support/scene.ts';

const GREEN = 'test -d src';

/** Meddles once, before the agent of that iteration runs. */
function meddling(s: Scene, iteration: number, act: () => void): ReturnType<Scene['ports']> {
  const ports = s.ports();
  let runs = 0;
  const agents: Ports['agents'] = {
    ...ports.agents,
    run(call) {
      runs += 1;
      if (runs === iteration) act();
      return ports.agents.run(call);
    },
  };
  return { ...ports, agents };
}

test('a branch that is moved back by hand in the midst of it: what passed there is open again, and done again', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2', 'S-3'), gates: [GREEN] });
  const ports = meddling(s, 3, () => s.gitIn(s.worktree('t'), 'reset', '-q', '--hard', 'main'));
  const { tasks } = await loop(ports, { tasks: ['t'] });
  expect(tasks[0]).toMatchObject({ outcome: 'complete', iterations: 5, stories: { passing: 3 } });
  expect(of(ports.events, 'story.gone').map(({ stories }) => stories)).toEqual([['S-1', 'S-2']]);
  expect(s.git('ls-tree', '-r', '--name-only', 'gwt/t', 'src/').split('\n')).toHaveLength(3);
  expect(s.git('log', '--format=%s', 'refs/gwt/checkpoints/t/2^1')).toContain('S-2: done\nS-1: done');
}, 60_000);

test('between two loops, too; a rebase or a squash by hand opens nothing', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2', 'S-3'), gates: [GREEN] });
  await looped(s, { max: 2 });
  s.commit('elsewhere', { 'docs.md': 'd\n' });
  s.gitIn(s.worktree('t'), 'rebase', '-q', 'main');
  s.gitIn(s.worktree('t'), 'reset', '-q', '--soft', 'main');
  s.gitIn(s.worktree('t'), 'commit', '-qm', 'both');
  const squashed = await looped(s, { max: 1 });
  expect([of(squashed.events, 'story.gone'), passing(s)]).toEqual([[], ['S-1', 'S-2', 'S-3']]);
  s.gitIn(s.worktree('t'), 'reset', '-q', '--hard', 'HEAD~1');
  const ports = s.ports();
  const copy = join(s.worktree('t'), 'prd.json');
  const prd = JSON.parse(readFileSync(copy, 'utf8'));
  prd.userStories.push({ id: 'S-4', title: 'Story S-4', passes: false });
  writeFileSync(copy, JSON.stringify(prd));
  await loop(ports, { tasks: ['t'] });
  expect(of(ports.events, 'story.gone').map(({ stories }) => stories)).toEqual([['S-3']]);
  expect(passing(s)).toEqual(['S-1', 'S-2', 'S-3', 'S-4']);
}, 60_000);

test('a worktree deleted in the midst of it is named, and comes back', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2'), gates: [GREEN] });
  const ports = meddling(s, 2, () => rmSync(s.worktree('t'), { recursive: true }));
  await expect(loop(ports, { tasks: ['t'] })).rejects.toMatchObject({
    code: 'path.missing',
    facts: { path: s.worktree('t'), what: 'the worktree of t' },
  });
  expect((await s.gwt('loop', 't', '--yes')).err).toContain('the worktree of t');
  await s.gwt('restore', 't');
  expect((await looped(s)).row).toMatchObject({ outcome: 'complete', stories: { passing: 2 } });
  expect(s.git('log', '--format=%s', 'main..gwt/t')).toBe('S-2: done\nS-1: done');
}, 60_000);

test('a ledger whose ref was deleted is told, and comes back from the newest checkpoint', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2'), gates: [GREEN] });
  const ports = meddling(s, 2, () => {
    s.git('update-ref', '-d', 'refs/gwt/tasks/t');
    s.git('prune', '--expire=now');
  });
  await expect(loop(ports, { tasks: ['t'] })).rejects.toMatchObject({ code: 'ledger.gone', facts: { task: 't' } });
  const back = await s.gwt('restore', 't');
  expect(back.out).toContain('what gwt knew of it is back as its newest checkpoint has it');
  expect(passing(s)).toEqual(['S-1']);
  expect((await looped(s)).row).toMatchObject({ outcome: 'complete', stories: { passing: 2 } });
  expect(stateOf(s)).toBe('finished');
  expect((await s.gwt('restore', 'never')).err).toContain('there is no task never');
}, 60_000);

test('a clock that jumps, back or far ahead, neither loses nor repeats anything', async () => {
  const s = await taskScene('honest', { prd: prdOf('S-1', 'S-2', 'S-3'), gates: [GREEN] });
  const base = s.ports();
  let calls = 0;
  const jumps = [0, -400, 4000, -1, 90].map((days) => days * 86_400_000);
  const now = () => {
    calls += 1;
    return Date.now() + (jumps[Math.floor(calls / 9) % jumps.length] ?? 0);
  };
  const ports = { ...base, clock: { ...base.clock, now } };
  const { tasks } = await loop(ports, { tasks: ['t'] });
  expect(tasks[0]).toMatchObject({ outcome: 'complete', iterations: 3, stories: { passing: 3 } });
  expect((await s.gwt('checkpoint', 'list', 't', '--json')).json().checkpoints).toHaveLength(3);
}, 60_000);
