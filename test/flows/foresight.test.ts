import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { merge } from '../../src/flows/merge.ts';
import { branch } from '../support/branches.ts';
import { scene } from '../support/scene.ts';

const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `line ${from + n}\n`).join('');
const edit = (...at: number[]) =>
  lines(0, 40).replace(/line (\d+)\n/g, (line, n) => (at.includes(Number(n)) ? `${line.trim()}!\n` : line));

test('those in nobody’s way land first, small before large, and the plan says with whom each would conflict', async () => {
  const s = await scene({ 'a.txt': lines(0, 40), 'b.txt': 'b\n' });
  branch(s, 'left', { 'a.txt': edit(3) });
  branch(s, 'right', { 'a.txt': edit(3, 4).replace('line 3!', 'line three') });
  branch(s, 'far', { 'a.txt': edit(30), 'far.txt': lines(0, 5) });
  branch(s, 'alone', { 'b.txt': 'bb\n' });
  const ports = s.ports();
  const result = await merge(ports, { names: ['left', 'right', 'far', 'alone'], dryRun: true });
  expect(result.plan.map(({ branch, why, meets }) => ({ branch, why, meets }))).toEqual([
    { branch: 'alone', why: 'meets no other, 2 lines', meets: [] },
    { branch: 'far', why: 'meets no other, 7 lines', meets: [] },
    { branch: 'left', why: 'meets right, 2 lines', meets: ['right'] },
    { branch: 'right', why: 'meets left, 4 lines', meets: ['left'] },
  ]);
  expect(readdirSync(s.path('.git/gwt')).filter((name) => name.startsWith('scratch'))).toEqual([]);
});

test('a branch that conflicts with the target itself says so once, and is no trouble to the others', async () => {
  const s = await scene({ 'a.txt': lines(0, 40) });
  branch(s, 'old', { 'a.txt': edit(3) });
  s.commit('main moves', { 'a.txt': edit(3).replace('line 3!', 'line three') });
  branch(s, 'new', { 'a.txt': edit(3, 30).replace('line 3!', 'line three') });
  const { plan } = await merge(s.ports(), { names: ['old', 'new'], dryRun: true });
  expect(plan.map(({ branch, why }) => [branch, why])).toEqual([
    ['new', 'meets no other, 2 lines'],
    ['old', 'conflicts with the target itself, 2 lines'],
  ]);
});

test('a branch with a history of its own spoils nobody’s prediction', async () => {
  const s = await scene({ 'a.txt': lines(0, 40) });
  s.git('checkout', '-q', '--orphan', 'orphan');
  s.commit('another beginning', { 'a.txt': lines(0, 40), 'o.txt': 'o\n' });
  s.git('checkout', '-q', 'main');
  branch(s, 'one', { 'a.txt': edit(3) });
  const { plan } = await merge(s.ports(), { names: ['one', 'orphan'], dryRun: true });
  expect(plan.map(({ branch, meets }) => [branch, meets])).toEqual([
    ['orphan', []],
    ['one', []],
  ]);
});

test('a merge that is clean does not hide the conflict of the next', async () => {
  const s = await scene({ 'a.txt': lines(0, 40) });
  const heads = [
    branch(s, 'left', { 'a.txt': edit(3) }),
    branch(s, 'right', { 'a.txt': lines(0, 40).replace('line 3\n', 'three\n') }),
    branch(s, 'far', { 'a.txt': edit(30) }),
  ];
  const [left = '', right = '', far = ''] = heads;
  const told = await s.ports().git.merging.conflicts([
    [left, far],
    [left, right],
    [right, far],
    [left, right],
  ]);
  expect(told).toEqual([[], ['a.txt'], [], ['a.txt']]);
});

test('a branch that meets no other but the target says so', async () => {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  branch(s, 'old', { 'a.txt': 'old\n' });
  branch(s, 'other', { 'b.txt': 'other\n' });
  s.commit('main moves', { 'a.txt': 'main\n' });
  const { plan } = await merge(s.ports(), { names: ['old', 'other'], dryRun: true });
  expect(plan.map(({ branch, why }) => [branch, why])).toEqual([
    ['other', 'meets no other, 2 lines'],
    ['old', 'conflicts with the target itself, 2 lines'],
  ]);
});
