import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { branch, configure, mergerConfig } from '../support/branches.ts';
import { PROJECT, type Scene, scene } from '../support/scene.ts';

const NAMES = ['one', 'two', 'three', 'four', 'five'];
/** The same parts of a landing in every run, spread over the whole of it, in no order. */
const PARTS = Array.from({ length: 20 }, (_, n) => (1 + ((n * 7919) % 20)) / 20);

/** Five branches, two of them in conflict, with a gate and a merge agent; the user's checkout has work of its own. */
async function ready(): Promise<Scene> {
  const s = await scene({ 'list.txt': 'top\nend\n', 'mine.txt': 'm\n' });
  configure(s, mergerConfig('both', { gates: ['sleep 0.05'] }));
  for (const [at, name] of NAMES.entries())
    branch(s, name, { [`${name}.txt`]: `${name}\n`, ...(at < 2 ? { 'list.txt': `top\n${name}\nend\n` } : {}) });
  s.write('mine.txt', 'not committed\n');
  s.write('untracked.txt', 'untracked\n');
  return s;
}

/** Runs gwt and kills it with all that is its own after so long; false when it was done before. */
async function killed(s: Scene, after: number): Promise<boolean> {
  const child = spawn(process.execPath, [join(PROJECT, 'bin/gwt.js'), 'merge', '--fresh', ...NAMES], {
    cwd: s.dir,
    env: { ...process.env, CI: '1' },
    stdio: 'ignore',
    detached: true,
  });
  let done = false;
  const end = new Promise<void>((ended) =>
    child.on('close', () => {
      done = true;
      ended();
    }),
  );
  await Promise.race([end, sleep(after)]);
  if (done || child.pid === undefined) return false;
  process.kill(-child.pid, 'SIGKILL');
  await end;
  return true;
}

const mine = (s: Scene) => [readFileSync(s.path('mine.txt'), 'utf8'), readFileSync(s.path('untracked.txt'), 'utf8')];

test('killed at twenty instants: the target is before or after, nothing of the user is touched, and merging again lands the rest', async () => {
  const s = await ready();
  const first = s.git('rev-parse', 'main');
  let kills = 0;
  const begun = Date.now();
  expect(await killed(s, 60_000)).toBe(false);
  let whole = Date.now() - begun;
  for (const part of PARTS) {
    const after = Math.round(part * whole);
    s.git('update-ref', 'refs/heads/main', first);
    for (const ref of s
      .git('for-each-ref', '--format=%(refname)', 'refs/gwt/landings', 'refs/gwt/escalations', 'refs/gwt/resolutions')
      .split('\n')
      .filter(Boolean))
      s.git('update-ref', '-d', ref);
    s.git('read-tree', '--reset', '-u', first);
    s.write('mine.txt', 'not committed\n');
    // Landings that are faster than the first was, on a machine that was busy then, are met earlier.
    if (await killed(s, after)) kills += 1;
    else whole *= 0.8;
    const head = s.git('rev-parse', 'main');
    const landed = s.git('log', '--format=%s', 'main').split('\n').length - 1;
    expect([after, [0, NAMES.length].includes(landed), head === first || landed === NAMES.length]).toEqual([
      after,
      true,
      true,
    ]);
    expect(mine(s)).toEqual(['not committed\n', 'untracked\n']);
    const again = await s.gwt('merge', ...NAMES, '--json');
    expect([after, again.err, ...again.json().escalated]).toEqual([after, expect.not.stringContaining('bug')]);
    expect([after, s.git('show', 'main:list.txt'), s.git('log', '--format=%s', 'main').split('\n')]).toEqual([
      after,
      'top\none\ntwo\nend',
      // The two that meet land last.
      ['two', 'one', 'five', 'four', 'three'].map((name) => `${name} work`).concat('first'),
    ]);
    expect([after, s.git('status', '--porcelain')]).toEqual([after, ' M mine.txt\n?? untracked.txt']);
    expect(mine(s)).toEqual(['not committed\n', 'untracked\n']);
  }
  expect(kills).toBeGreaterThan(10);
  expect(s.tryGit(s.dir, 'fsck', '--no-dangling').code).toBe(0);
}, 300_000);
