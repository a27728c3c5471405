import { expect, test } from 'vitest';
import { merge } from '../../src/flows/merge.ts';
import { undo } from '../../src/flows/undo.ts';
import { type Scene, scene } from '../support/scene.ts';

/** A branch off `from` with one commit; main stays checked out. */
function branch(s: Scene, name: string, changes: Readonly<Record<string, string>>, from = 'main'): string {
  s.git('checkout', '-q', '-b', name, from);
  const head = s.commit(`${name} work`, changes);
  s.git('checkout', '-q', 'main');
  return head;
}
const all = (...names: string[]) => ({ names });

test('plain branches land in order, the checkout of the target follows, and one undo takes it all back', async () => {
  const s = await scene({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  branch(s, 'one', { 'a.txt': 'a\none\n' });
  branch(s, 'two', { 'b.txt': 'b\ntwo\n' });
  const before = s.git('rev-parse', 'main');
  const ports = s.ports();
  const result = await merge(ports, all('one', 'two'));
  expect(result.landed.map(({ branch, commits }) => [branch, commits])).toEqual([
    ['one', 1],
    ['two', 1],
  ]);
  expect(s.git('log', '--format=%s', 'main')).toBe('two work\none work\nfirst');
  expect(s.git('status', '--porcelain')).toBe('');
  expect(s.read('b.txt')).toBe('b\ntwo\n');
  expect(result.after).toBe(s.git('rev-parse', 'main'));
  expect(await undo(ports, {})).toMatchObject({ target: 'main', after: before, branches: ['one', 'two'] });
  expect(s.git('rev-parse', 'main')).toBe(before);
  expect(s.git('status', '--porcelain')).toBe('');
  s.git('gc', '-q', '--prune=now');
  expect(s.git('cat-file', '-t', result.after)).toBe('commit');
  expect((await merge(ports, all('one', 'two'))).landed).toHaveLength(2);
});
