import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addTask, claimed } from '../support/claimed.ts';
import type { Scene } from '../support/scene.ts';

/** Changes login in the worktree and commits it. */
function work(s: Scene, w: string, text: string): void {
  s.write(join(w, 'src/auth/login.ts'), text);
  s.gitIn(w, 'add', '--all');
  s.gitIn(w, 'commit', '-qm', `login: ${text.trim()}`);
}

test('a branch is worked on as ever: amend, fix up, revert, reset, mode, link, rename inside the claim', async () => {
  const { s, w } = await claimed();
  work(s, w, 'one\n');
  work(s, w, 'two\n');
  s.gitIn(w, 'commit', '-q', '--amend', '-m', 'login: two, said better');
  s.gitIn(w, 'revert', '--no-edit', 'HEAD');
  s.gitIn(w, 'reset', '-q', '--hard', 'HEAD~1');
  s.gitIn(w, 'reset', '-q', '--soft', 'HEAD~1');
  s.gitIn(w, 'commit', '-qm', 'login: again');
  s.gitIn(w, 'mv', 'src/auth/login.ts', 'src/auth/sign in.ts');
  chmodSync(join(w, 'src/auth/sign in.ts'), 0o755);
  s.gitIn(w, 'commit', '-qam', 'login: moved');
  s.gitIn(w, '-c', 'sequence.editor=true', 'rebase', '-q', '-i', 'HEAD~2');
  expect(s.gitIn(w, 'log', '--format=%s')).toBe('login: moved\nlogin: again\nlogin: one\nfirst');
});

test('the branch follows a target that moved on, by rebase, by merge and by reset', async () => {
  const { s, w } = await claimed();
  const moveOn = (text: string) => s.commit(`main: ${text}`, { 'src/billing/pay.ts': `${text}\n`, [`${text}.ts`]: '' });
  work(s, w, 'one\n');
  moveOn('a');
  s.gitIn(w, 'rebase', '-q', 'main');
  work(s, w, 'two\n');
  moveOn('b');
  s.gitIn(w, 'merge', '-q', '--no-edit', 'main');
  work(s, w, 'three\n');
  moveOn('c');
  s.gitIn(w, 'reset', '-q', '--hard', 'main');
  work(s, w, 'four\n');
  expect(s.gitIn(w, 'diff', '--name-only', 'main')).toBe('src/auth/login.ts');
});

test('a conflict with the target is settled in a merge and in a rebase', async () => {
  const { s, w } = await claimed();
  work(s, w, 'ours\n');
  s.commit('main: login and pay', { 'src/auth/login.ts': 'theirs\n', 'src/billing/pay.ts': 'more\n' });
  const tip = s.gitIn(w, 'rev-parse', 'HEAD');
  for (const [start, finish] of [
    [
      ['merge', '-q', 'main'],
      ['commit', '-q', '--no-edit'],
    ],
    [
      ['rebase', '-q', 'main'],
      ['-c', 'core.editor=true', 'rebase', '--continue'],
    ],
  ] as const) {
    expect(s.tryGit(w, ...start).code).toBe(1);
    s.write(join(w, 'src/auth/login.ts'), 'both\n');
    s.gitIn(w, 'add', 'src/auth/login.ts');
    s.gitIn(w, ...finish);
    expect(s.gitIn(w, 'diff', '--name-only', 'main')).toBe('src/auth/login.ts');
    s.gitIn(w, 'reset', '-q', '--hard', tip);
  }
});

test('a branch that waits for another builds on it', async () => {
  const { s, w: api } = await claimed({ owns: ['src/other.ts'] });
  await addTask(s, 'page', { owns: ['src/auth/**'], after: ['login'] });
  s.write(join(api, 'src/other.ts'), 'api\n');
  s.gitIn(api, 'commit', '-qam', 'api');
  const w = s.worktree('page');
  s.gitIn(w, 'merge', '-q', '--no-edit', 'gwt/login');
  work(s, w, 'page\n');
  expect(s.gitIn(w, 'diff', '--name-only', 'gwt/login')).toBe('src/auth/login.ts');
});

test('what harms nobody passes: fetch, a new tag, bisect, looking at another branch, gc', async () => {
  const { s, w } = await claimed();
  work(s, w, 'one\n');
  work(s, w, 'two\n');
  work(s, w, 'three\n');
  s.git('switch', '-qc', 'other');
  s.commit('other', { 'src/other.ts': 'x\n' });
  s.git('tag', 'v1');
  s.git('switch', '-q', 'main');
  s.git('clone', '-q', '--bare', s.dir, join(s.box, 'origin.git'));
  s.git('remote', 'add', 'origin', join(s.box, 'origin.git'));
  s.gitIn(w, 'fetch', '-q', '--tags', 'origin');
  s.gitIn(w, 'tag', 'mine');
  s.gitIn(w, 'switch', '-q', '--detach', 'other');
  s.gitIn(w, 'switch', '-q', 'gwt/login');
  s.gitIn(w, 'bisect', 'start', 'HEAD', 'HEAD~3');
  s.gitIn(w, 'bisect', 'reset');
  s.gitIn(w, 'gc', '-q');
  s.gitIn(w, 'commit', '-q', '--allow-empty', '-m', 'after gc');
  expect(s.gitIn(w, 'tag')).toBe('mine\nv1');
});

test('a claim that takes paths out again is decided precisely', async () => {
  const { s, w } = await claimed({ owns: ['src/**', '!src/billing/**', 'src/billing/pay.ts'] });
  s.write(join(w, 'src/billing/pay.ts'), 'allowed\n');
  s.gitIn(w, 'commit', '-qam', 'pay');
  s.write(join(w, 'src/billing/new.ts'), 'oops\n');
  s.gitIn(w, 'add', '--all');
  const { code, out } = s.tryGit(w, 'commit', '-qm', 'oops');
  expect(out).toContain('src/billing/new.ts  is outside the claim');
  expect(code).not.toBe(0);
});

test('trailers stand once, after whatever the message says', async () => {
  const { s, w } = await claimed();
  const message = () => s.gitIn(w, 'log', '-1', '--format=%B');
  s.gitIn(w, 'commit', '-q', '--allow-empty', '-m', 'title', '-m', 'body\n\n---\nnot a divider', '-m', 'Fixes: x');
  expect(message()).toBe('title\n\nbody\n\n---\nnot a divider\n\nFixes: x\nGwt-Task: login\nGwt-Agent: login-claude');
  s.gitIn(w, 'commit', '-q', '--allow-empty', '--amend', '--no-edit');
  expect(message().match(/Gwt-Task/g)).toHaveLength(1);
  s.gitIn(w, 'commit', '-q', '--allow-empty', '-m', 'title alone\nin two lines');
  expect(message()).toBe('title alone\nin two lines\n\nGwt-Task: login\nGwt-Agent: login-claude');
  expect(s.gitIn(w, 'log', '-1', '--format=%(trailers:key=Gwt-Task,valueonly)').trim()).toBe('login');
});
