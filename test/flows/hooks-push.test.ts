import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installHooks } from '../../src/flows/hooks.ts';
import { taskNamed } from '../../src/flows/tasks.ts';
import { claimed, expectRefused } from '../support/claimed.ts';

/** A task with one commit, and a bare repository to push to under several names. */
async function withRemotes() {
  const { s, w } = await claimed();
  const bare = join(s.box, 'origin.git');
  s.git('init', '-q', '--bare', bare);
  s.git('remote', 'add', 'origin', bare);
  s.git('remote', 'add', 'apart', join(s.box, 'nowhere.git'));
  s.git('config', 'remote.apart.pushurl', bare);
  s.git('remote', 'add', 'same', bare);
  s.git('config', 'remote.same.pushurl', bare);
  s.git('push', '-q', 'origin', 'main');
  const ports = s.ports();
  await installHooks(ports, await taskNamed(ports, 'login'));
  s.write(join(w, 'src/auth/login.ts'), 'new\n');
  s.gitIn(w, 'commit', '-qam', 'login: new');
  return { s, w, bare, there: () => s.gitIn(bare, 'for-each-ref') };
}

test('no push leaves an agent, whatever the remote is called and with --no-verify too', async () => {
  const { s, w, bare, there } = await withRemotes();
  const before = there();
  const targets = ['origin', 'apart', 'same', bare, `file://${bare}`, s.dir, '.'];
  for (const target of targets) {
    const address = ['push', target, 'HEAD:refs/heads/main'];
    for (const args of [
      address,
      [...address, '--no-verify'],
      [...address, '--force', '--no-verify'],
      ['push', '--mirror', target],
    ]) {
      const { code, out } = s.tryGit(w, ...args);
      expect(`${args.join(' ')}: ${code === 0 ? 'pushed' : 'stopped'}\n${out}`).toContain('stopped');
    }
  }
  expect(there()).toBe(before);
  expectRefused(s, w, ['push', '--no-verify', 'origin', 'HEAD:other'], 'gwt-agents-do-not-push');
});

test('fetching is left alone, also from a remote with a push address', async () => {
  const { s, w } = await withRemotes();
  s.gitIn(w, 'fetch', '-q', 'origin');
  s.gitIn(w, 'fetch', '-q', 'same');
  expect(s.gitIn(w, 'rev-parse', 'origin/main', 'same/main')).toContain(s.git('rev-parse', 'main'));
});

test("a person's own checkout pushes as ever", async () => {
  const { s, there } = await withRemotes();
  s.commit('more', { 'README.md': 'more\n' });
  s.git('push', '-q', 'origin', 'main');
  expect(there()).toContain(s.git('rev-parse', 'main'));
});
