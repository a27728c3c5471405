import { appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collides } from '../../src/core/collision.ts';
import { init } from '../../src/flows/init.ts';
import { radar } from '../../src/flows/radar.ts';
import { apart, foreknown } from '../../src/flows/radar-known.ts';
import { stepsBetween } from '../../src/flows/radar-watch.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { branch } from '../support/branches.ts';
import { type Scene, scene } from '../support/scene.ts';

const shop = (line: string) =>
  `export class Shop {\n  sell() {\n    return 1;\n  }\n\n  buy() {\n    ${line}\n  }\n}\n`;
const all = { branches: ['*'] };
const brief = ({ branches, pairs }: Awaited<ReturnType<typeof radar>>) => ({
  clashes: branches.flatMap(({ branch, clashes }) => (clashes.length > 0 ? [[branch, ...clashes]] : [])),
  pairs: pairs.map(({ a, b, files }) => [
    ...[a, b].sort(),
    ...files.map(({ path, kind, units }) => [path, kind, ...units].join(' ')),
  ]),
});

test('plain branches against the target and each other, with the function they meet in', async () => {
  const s = await scene({ 'shop.ts': shop('return 0;'), 'gone.txt': 'a\n', 'other.txt': 'o\n' });
  branch(s, 'one', { 'shop.ts': shop('return 1;') });
  branch(s, 'two', { 'shop.ts': shop('return 2;'), 'gone.txt': 'b\n' });
  branch(s, 'far', { 'shop.ts': `// far\n\n${shop('return 0;')}`, 'other.txt': 'p\n' });
  s.git('checkout', '-q', '-b', 'del');
  s.git('rm', '-q', 'gone.txt');
  s.commit('deleted');
  s.git('checkout', '-q', 'main');
  branch(s, 'old', { 'other.txt': 'q\n' });
  s.commit('main moves', { 'other.txt': 'r\n' });
  const seen = await radar(s.ports(), all);
  expect(brief(seen)).toEqual({
    clashes: [
      ['far', 'other.txt'],
      ['old', 'other.txt'],
    ],
    pairs: [
      ['del', 'two', 'gone.txt change and delete'],
      ['one', 'two', 'shop.ts content Shop.buy'],
    ],
  });
  expect(seen.counts.unknown).toBe(0);
  expect(brief(await radar(s.ports(), { ...all, names: ['del'] })).pairs).toHaveLength(1);
  expect(s.git('status', '--short')).toBe('');
});

test('work that nobody committed counts, and nothing of the worktree is touched', async () => {
  const s = await scene({ 'shop.ts': shop('return 0;') });
  await spawn(s.ports(), { tasks: ['one', 'two'] });
  writeFileSync(join(s.worktree('one'), 'shop.ts'), shop('return 1;'));
  writeFileSync(join(s.worktree('two'), 'shop.ts'), shop('return 2;'));
  writeFileSync(join(s.worktree('one'), 'new\n“file”.txt'), 'one\n');
  writeFileSync(join(s.worktree('two'), 'new\n“file”.txt'), 'two\n');
  s.gitIn(s.worktree('two'), 'add', '--all');
  const state = () => s.gitIn(s.worktree('two'), 'status', '--porcelain') + s.gitIn(s.worktree('one'), 'status', '-z');
  const before = state();
  const objects = s.git('count-objects');
  const seen = await radar(s.ports(), {});
  expect(brief(seen).pairs).toEqual([['gwt/one', 'gwt/two', 'new\n“file”.txt both add', 'shop.ts content Shop.buy']]);
  expect(seen.branches.map(({ task, uncommitted }) => [task, uncommitted])).toEqual([
    ['one', true],
    ['two', true],
  ]);
  expect(brief(await radar(s.ports(), { committed: true })).pairs).toEqual([]);
  expect(state()).toBe(before);
  expect(s.git('count-objects')).toBe(objects);
  expect(readdirSync(s.path('.git/gwt')).filter((name) => /scratch|afoot/.test(name))).toEqual([]);
});

test('what tasks collide by: claims, conflicts of their branches, and what one changed of the other’s claim', async () => {
  const s = await scene({ 'a.txt': 'a\n', 'src/b.txt': 'b\n' });
  const { tasks } = await spawn(s.ports(), { tasks: ['one', 'two', 'three'] });
  const [one, two, three] = tasks;
  if (!one || !two || !three) throw new Error('three tasks');
  for (const task of [one, two]) {
    writeFileSync(join(task.worktree, 'a.txt'), `${task.id}\n`);
    s.gitIn(task.worktree, 'commit', '-qam', 'work');
  }
  const known = await foreknown(s.ports());
  expect(collides(one, two, known)).toEqual({ by: 'branch', paths: ['a.txt'] });
  expect(collides(one, three, known)).toBeUndefined();
  expect((await apart(s.ports())).map((pair) => [...pair].sort())).toEqual([['one', 'two']]);
  expect(collides(one, { ...three, owns: ['*.txt'] }, known)).toEqual({ by: 'touch', paths: ['a.txt'] });
});

test('what is known is found anew where it was lost, half lost, or is about branches that moved', async () => {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  branch(s, 'one', { 'a.txt': 'one\n' });
  branch(s, 'two', { 'a.txt': 'two\n' });
  const look = async () => brief(await radar(s.ports(), all)).pairs;
  const met = [['one', 'two', 'a.txt content']];
  expect(await look()).toEqual(met);
  expect(await look()).toEqual(met);
  s.commit('main moves', { 'b.txt': 'bb\n' });
  expect(await look()).toEqual(met);
  const kept = s.path('.git/gwt/radar');
  rmSync(join(kept, 'objects'), { recursive: true });
  branch(s, 'three', { 'a.txt': 'three\n' });
  expect(await look()).toHaveLength(3);
  appendFileSync(join(kept, 'known.json'), 'x');
  expect(await look()).toHaveLength(3);
  s.git('branch', '-D', 'three');
  s.git('branch', '--force', 'two', 'main');
  expect(await look()).toEqual([]);
});

test.each<[string, (s: Scene) => void, string]>([
  ['a detached HEAD', (s) => s.git('checkout', '-q', '--detach'), 'HEAD'],
  ['a repository that was never prepared', () => {}, 'main'],
])('%s', async (_, make, target) => {
  const s = await scene({ 'a.txt': 'a\n' });
  branch(s, 'one', { 'a.txt': '1\n' });
  branch(s, 'two', { 'a.txt': '2\n' });
  make(s);
  const seen = await radar(s.ports(), { branches: ['one', 'two'] });
  expect([seen.target, seen.pairs.length]).toEqual([target, 1]);
});

test('a bare repository, histories of their own, and names nobody would choose', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  const odd = 'x/$(touch)"“ä”;rm';
  branch(s, odd, { 'a.txt': '1\n' });
  s.git('checkout', '-q', '--orphan', 'orphan');
  s.commit('another beginning', { 'a.txt': 'o\n', 'o.txt': 'o\n' });
  s.git('checkout', '-q', '-f', 'main');
  s.git('clone', '-q', '--bare', s.dir, join(s.box, 'bare.git'));
  const seen = await radar(s.portsAt(join(s.box, 'bare.git')), all);
  expect(brief(seen)).toEqual({ clashes: [['orphan', 'a.txt']], pairs: [] });
  expect(seen.branches.map(({ branch }) => branch)).toEqual(['orphan', odd]);
});

test('no target is refused by name', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  await init(s.ports(), {});
  await expect(radar(s.ports(), { into: 'nowhere' })).rejects.toMatchObject({ code: 'target.absent' });
});

test('a watch tells conflicts that are new or moved elsewhere, and those that are settled', async () => {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  branch(s, 'one', { 'a.txt': '1\n' });
  branch(s, 'two', { 'a.txt': '2\n' });
  const before = await radar(s.ports(), all);
  const turned = { ...before, pairs: before.pairs.map((pair) => ({ ...pair, a: pair.b, b: pair.a })) };
  expect(stepsBetween(before, turned)).toEqual([]);
  s.git('checkout', '-q', 'two');
  s.commit('gives way', { 'a.txt': 'a\n' });
  s.git('checkout', '-q', 'main');
  s.commit('main moves', { 'a.txt': 'main\n' });
  const steps = stepsBetween(before, await radar(s.ports(), all));
  expect(steps.map((step) => [step.type, ...('a' in step ? [step.a, step.b].sort() : [])])).toEqual([
    ['conflict', 'main', 'one'],
    ['settled', 'one', 'two'],
  ]);
});

test('the built program shows a screen, a matrix, and lines of JSON', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  for (let n = 0; n < 12; n += 1) branch(s, `b${n}`, { 'a.txt': `${n}\n` });
  const many = await s.gwt('conflicts', '--branches', 'b*');
  expect(many.out).toContain('12 branches on main: none conflicts with it, 66 pairs with each other');
  expect(many.out).toMatch(/^b0 +11 +a\.txt \(11\)$/m);
  expect((await s.gwt('conflicts', '--branches', 'b[0-2]')).out).toMatch(/^b\d +b\d +a\.txt$/m);
  expect((await s.gwt('conflicts', '--branches', 'b[0-2]', '--matrix')).out).toMatch(/^1 {3}\\xx {2}b0$/m);
  expect((await s.gwt('conflicts', '--json')).json()).toMatchObject({ branches: [], pairs: [] });
  expect((await s.gwt('conflicts')).out).toContain('No task is open');
});
