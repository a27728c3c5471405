import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refsInFiles } from '../../src/adapters/git/ref-files.ts';
import { scene } from '../support/scene.ts';

test('refs read from files are what git says, loose, packed and both', async () => {
  const s = await scene();
  s.git('branch', 'gwt/a');
  s.git('branch', 'gwt/deep/b');
  s.git('branch', 'größe“x');
  s.git('pack-refs', '--all');
  s.commit('more');
  s.git('branch', '-f', 'gwt/a', 'main');
  s.git('branch', 'gwtx');
  s.git('update-ref', 'refs/gwt/tasks/日本', 'HEAD');
  for (const prefixes of [
    ['refs/heads/gwt'],
    ['refs/heads/'],
    ['refs/gwt/tasks/', 'refs/heads/main'],
    ['refs/none/'],
  ]) {
    const said = s.git('for-each-ref', '--format=%(refname) %(objectname)', ...prefixes);
    const read = refsInFiles(s.path('.git'), prefixes);
    expect([...(read ?? [])].map((row) => row.join(' ')).sort()).toEqual(said.split('\n').filter(Boolean).sort());
  }
  s.git('branch', '-D', 'gwt/deep/b');
  expect(refsInFiles(s.path('.git'), ['refs/heads/gwt/deep/b'])?.size).toBe(0);
});

test('git is asked where its files do not say it plainly', async () => {
  const s = await scene();
  expect(refsInFiles(s.path('.git'), ['refs/heads/m*'])).toBeUndefined();
  expect(refsInFiles(s.path('.git'), ['HEAD'])).toBeUndefined();
  s.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
  expect(refsInFiles(s.path('.git'), ['refs/heads/'])).toBeUndefined();
  expect((await s.ports().git.refs.heads(['refs/heads/'])).get('refs/heads/alias')).toBe(s.git('rev-parse', 'main'));
  writeFileSync(s.path('.git/refs/heads/broken'), 'nonsense\n');
  expect(refsInFiles(s.path('.git'), ['refs/heads/broken'])).toBeUndefined();
  mkdirSync(s.path('.git/reftable'));
  expect(refsInFiles(s.path('.git'), ['refs/heads/main'])).toBeUndefined();
});
