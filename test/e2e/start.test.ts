import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT, scene } from '../support/scene.ts';

/** A copy of the program whose bundle is a few lines of the test's own. */
async function copied(bundle: string) {
  const s = await scene();
  const home = join(s.box, 'program');
  mkdirSync(join(home, 'dist'), { recursive: true });
  cpSync(join(PROJECT, 'bin'), join(home, 'bin'), { recursive: true });
  copyFileSync(join(PROJECT, 'package.json'), join(home, 'package.json'));
  const path = join(home, 'dist/gwt.cjs');
  writeFileSync(path, bundle);
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [join(home, 'bin/gwt.js'), ...args], { encoding: 'utf8' });
  const caches = () => readdirSync(join(home, 'dist')).filter((name) => name.endsWith('.cache'));
  return { path, run, caches, cache: () => join(home, 'dist', caches()[0] ?? '') };
}

const SAY = "process.stdout.write('one ' + process.argv.slice(2) + ' ' + (typeof require('node:fs').statSync));";

test('the second start uses the compiled code of the first and does the same', async () => {
  const { run, caches, cache } = await copied(SAY);
  expect(run('a', 'b')).toBe('one a,b function');
  const [made] = [statSync(cache()).mtimeMs];
  expect(run('c')).toBe('one c function');
  expect(caches()).toHaveLength(1);
  expect(statSync(cache()).mtimeMs).toBe(made);
});

test('a new bundle of the same length is not run with the old code', async () => {
  const { run, path } = await copied(SAY);
  run();
  writeFileSync(path, SAY.replace('one', 'two'));
  utimesSync(path, new Date(), new Date(Date.now() + 5000));
  expect(run()).toContain('two');
});

test('a damaged cache is only slower', async () => {
  const { run, cache } = await copied(SAY);
  run();
  writeFileSync(cache(), 'rubbish');
  expect(run()).toContain('one');
  appendFileSync(cache(), 'rubbish');
  expect(run()).toContain('one');
});

test('the version is the package’s own, asked either way', async () => {
  const { run } = await copied('throw new Error("not loaded")');
  const { version } = JSON.parse(execFileSync('cat', [join(PROJECT, 'package.json')], { encoding: 'utf8' }));
  expect([run('--version'), run('-V')]).toEqual([`${version}\n`, `${version}\n`]);
});
