import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { spawn } from '../../src/flows/spawn.ts';
import { FILES } from '../support/claimed.ts';
import { type Scene, scene, sceneIn } from '../support/scene.ts';

/** Inside the claim a commit passes, outside it is refused with and without --no-verify. */
function expectHeld(s: Scene, w: string): void {
  s.write(join(w, 'src/auth/login.ts'), 'new\n');
  s.gitIn(w, 'commit', '-qam', 'login');
  s.write(join(w, 'src/billing/pay.ts'), 'oops\n');
  for (const more of [[], ['--no-verify']]) {
    const { code, out } = s.tryGit(w, 'commit', '-qam', 'oops', ...more);
    expect(out).toContain('src/billing/pay.ts  is outside the claim');
    expect(code).not.toBe(0);
  }
}

test.each(["it's", 'a "b"', '$(id) `id`', 'back\\slash', '-dash'])('the folder is called %j', async (name) => {
  const box = realpathSync(mkdtempSync(join(tmpdir(), 'gwt test ')));
  onTestFinished(() => rmSync(box, { recursive: true, force: true, maxRetries: 5 }));
  const s = sceneIn(box, join(box, name));
  mkdirSync(s.dir);
  s.git('init', '-q', '-b', 'main');
  s.commit('first', FILES);
  const { tasks } = await spawn(s.ports(), { tasks: ['login'], owns: ['src/auth/**'] });
  expectHeld(s, tasks[0]?.worktree ?? '');
});

test('the repository is bare', async () => {
  const from = await scene(FILES);
  const dir = join(from.box, 'bare.git');
  from.git('clone', '-q', '--bare', from.dir, dir);
  const s = sceneIn(from.box, dir);
  const { tasks } = await spawn(s.ports(), { tasks: ['login'], owns: ['src/auth/**'] });
  expectHeld(s, tasks[0]?.worktree ?? '');
});

test('object names are sha256', async () => {
  const from = await scene({});
  const s = sceneIn(from.box, join(from.box, 'long'));
  mkdirSync(s.dir);
  s.git('init', '-q', '-b', 'main', '--object-format=sha256');
  s.commit('first', FILES);
  const { tasks } = await spawn(s.ports(), { tasks: ['login'], owns: ['src/auth/**'] });
  expectHeld(s, tasks[0]?.worktree ?? '');
});

test('gwt hook explain answers by itself, in words and in JSON', async () => {
  const s = await scene(FILES);
  const { tasks } = await spawn(s.ports(), { tasks: ['login'], owns: ['src/auth/**'] });
  s.git('switch', '-qc', 'foreign');
  s.commit('pay', { 'src/billing/pay.ts': 'more\n' });
  const w = tasks[0]?.worktree ?? '';
  expect((await s.gwtIn(w, ['hook', 'explain', '--from', 'main', '--to', 'foreign', '--json'])).json()).toMatchObject({
    allowed: false,
    task: 'login',
    trespasses: [{ path: 'src/billing/pay.ts', reason: 'outside' }],
  });
  expect((await s.gwtIn(w, ['hook', 'explain', '--from', 'main', '--to', 'main'])).toString()).toContain('[exit 0]');
  expect((await s.gwt('hook', 'post-haste')).code).toBe(2);
});

test('where hooks cannot fire, nothing is spawned, and nothing half-made stays', async () => {
  const s = await scene(FILES);
  const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.hooksPath', GIT_CONFIG_VALUE_0: '/dev/null' };
  const answer = await s.gwtIn(s.dir, ['spawn', 'login', '--json'], env);
  expect(answer.code).toBe(1);
  expect(answer.json().error).toMatchObject({ code: 'hook.silent', hint: 'gwt doctor' });
  expect(s.exists(s.worktree('login'))).toBe(false);
  expect(s.git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(s.git('for-each-ref', 'refs/heads/gwt', 'refs/gwt/tasks', 'refs/gwt/probe')).toBe('');
});
