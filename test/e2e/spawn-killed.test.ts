import { spawn as start } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT, type Scene, scene } from '../support/scene.ts';

/** Enough files that the checkout takes a while, so that some of the kills hit it. */
const files = Object.fromEntries(
  Array.from({ length: 400 }, (_, n) => [`src/d${n % 20}/f${n}.ts`, `export const n = ${n};\n`.repeat(40)]),
);

function killedAfter(s: Scene, ms: number, group: boolean): Promise<void> {
  return new Promise((done) => {
    const args = [join(PROJECT, 'bin/gwt.js'), '-q', 'spawn', 'login', '--owns', 'src/d1/**'];
    const child = start(process.execPath, args, { cwd: s.dir, stdio: 'ignore', detached: true });
    setTimeout(() => {
      try {
        process.kill(group ? -(child.pid ?? 0) : (child.pid ?? 0), 'SIGKILL');
      } catch {
        // It was faster than the kill.
      }
    }, ms);
    child.on('exit', () => done());
  });
}

test('killed at any instant, a spawn is mended by the next one of that name and leaves nothing half-made', async () => {
  const s = await scene(files);
  await s.gwt('spawn', 'first');
  await s.gwt('rm', 'first');
  const begun = Date.now();
  await s.gwt('spawn', 'second');
  const whole = Date.now() - begun;
  for (let round = 0; round < 10; round += 1) {
    await killedAfter(s, Math.round((whole * 1.1 * (round + Math.random())) / 10), round % 2 === 1);
    const answer = await s.gwt('spawn', 'login', '--owns', 'src/d1/**', '--json');
    const code = answer.code === 0 ? 'made' : answer.json().error.code;
    expect([round, ['made', 'task.exists'].includes(code) || `${answer}`]).toEqual([round, true]);
    expect(s.gitIn(s.worktree('login'), 'status', '--porcelain')).toBe('');
    expect(JSON.parse(s.git('show', 'refs/gwt/tasks/login:task.json'))).toMatchObject({ ready: true });
    expect(s.git('worktree', 'list', '--porcelain').match(/^worktree .*\/login$/gm)).toHaveLength(1);
    expect(readdirSync(s.path('.git/worktrees')).sort()).toEqual(['login', 'second']);
    expect(
      readdirSync(join(s.dir, '../repo.worktrees'))
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual(['login', 'second']);
    s.git('worktree', 'remove', '--force', '--force', s.worktree('login'));
    s.git('update-ref', '-d', 'refs/gwt/tasks/login');
    s.git('branch', '-qD', 'gwt/login');
  }
  expect(s.tryGit(s.dir, 'fsck', '--no-dangling')).toMatchObject({ code: 0 });
  expect(existsSync(s.path('.git/index.lock'))).toBe(false);
});

test('eight spawns at once all succeed', async () => {
  const s = await scene(files);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) => s.gwt('spawn', `task ${n}`, '--owns', `src/d${n}/**`)),
  );
  expect(answers.map(({ code, err }) => (code === 0 ? 0 : err))).toEqual(Array(8).fill(0));
  for (let n = 0; n < 8; n += 1) {
    expect(s.gitIn(s.worktree(`task-${n}`), 'status', '--porcelain')).toBe('');
    expect(s.gitIn(s.worktree(`task-${n}`), 'symbolic-ref', '--short', 'HEAD')).toBe(`gwt/task-${n}`);
  }
  expect(s.git('for-each-ref', 'refs/gwt/tasks').split('\n')).toHaveLength(8);
});

test('of eight spawns with the same claim, and of eight with the same name, exactly one wins', async () => {
  const s = await scene();
  const claims = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      s.gwt('spawn', `task ${n}`, '--owns', n % 2 ? 'src/**' : 'src/auth/*.ts', '--json'),
    ),
  );
  const codes = claims.map((answer) => answer.json().error?.code ?? 'made').sort();
  expect(codes).toEqual([...Array(7).fill('claim.overlap'), 'made']);
  expect(s.git('for-each-ref', 'refs/gwt/tasks').split('\n')).toHaveLength(1);
  expect(s.git('branch', '--list', 'gwt/*').split('\n')).toHaveLength(1);
  const names = await Promise.all(Array.from({ length: 8 }, () => s.gwt('spawn', 'same', '--json')));
  expect(names.map((answer) => answer.json().error?.code ?? 'made').sort()).toEqual([
    'made',
    ...Array(7).fill('task.exists'),
  ]);
});
