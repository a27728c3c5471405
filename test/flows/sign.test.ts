import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Mode } from '../../src/core/merge/mode.ts';
import { merge } from '../../src/flows/merge.ts';
import { undo } from '../../src/flows/undo.ts';
import { branch } from '../support/branches.ts';
import { type Scene, scene } from '../support/scene.ts';

/** A repository that signs with a key of its own. */
async function signing(): Promise<Scene> {
  const s = await scene({ 'a.txt': 'a\n' });
  const key = `${s.box}/key`;
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me', '-f', key]);
  s.write(`${s.box}/allowed`, `* ${s.read(`${key}.pub`)}`);
  s.git('config', 'gpg.format', 'ssh');
  s.git('config', 'user.signingkey', `${key}.pub`);
  s.git('config', 'gpg.ssh.allowedSignersFile', `${s.box}/allowed`);
  s.git('config', 'commit.gpgsign', 'true');
  return s;
}

/** A branch by Ada with an umlaut in name and words, and a target that moved on. */
function work(s: Scene): void {
  branch(s, 'work', { 'w.txt': 'w\n' });
  s.git('checkout', '-q', 'work');
  s.write('u.txt', 'ü\n');
  s.git('add', '-A');
  s.git('commit', '-q', '--author', 'Ada Löwe <ada@example.org>', '-m', 'Größe\n\nbody\n\nGwt-Task: work');
  s.git('checkout', '-q', 'main');
  s.commit('main moves', { 'm.txt': 'm\n' });
}

test.each<Mode>(['rebase', 'squash', 'merge'])(
  '%s: what is made anew is signed where git is configured to sign',
  async (mode) => {
    const s = await signing();
    work(s);
    const before = s.git('rev-parse', 'main');
    const { landed } = await merge(s.ports(), { names: ['work'], mode });
    expect(landed).toHaveLength(1);
    const good = s.git('log', '--format=%G?', `${before}..main`).split('\n');
    expect(new Set(good)).toEqual(new Set(['G']));
    expect(s.git('rev-parse', 'main')).toBe(landed[0]?.head);
    expect(s.git('status', '--porcelain')).toBe('');
    if (mode === 'rebase')
      expect(s.git('log', '-1', '--format=%an %ad%n%B', 'main')).toBe(
        s.git('log', '-1', '--format=%an %ad%n%B', 'work'),
      );
  },
);

test('without the key nothing lands, and the commit is named', async () => {
  const s = await signing();
  work(s);
  const before = s.git('rev-parse', 'main');
  s.git('config', 'user.signingkey', `${s.box}/no such key`);
  await expect(merge(s.ports(), { names: ['work'] })).rejects.toMatchObject({
    code: 'merge.unsigned',
    facts: { subject: 'work work' },
  });
  expect(s.git('rev-parse', 'main')).toBe(before);
  // A dry run needs no key.
  expect((await merge(s.ports(), { names: ['work'], dryRun: true })).plan).toMatchObject([{ commits: 2 }]);
});

test('a plan says which signatures are lost and which hooks do not run; what stays as it is loses nothing', async () => {
  const s = await signing();
  work(s);
  branch(s, 'straight', { 's.txt': 's\n' });
  s.git('config', 'commit.gpgsign', 'false');
  s.write('.git/hooks/post-rewrite', '#!/bin/sh\nexit 1\n');
  chmodSync(s.path('.git/hooks/post-rewrite'), 0o755);
  const { notices } = await merge(s.ports(), { names: ['work'], dryRun: true });
  expect(notices).toEqual([
    '2 signatures will be lost: git is not configured to sign (commit.gpgsign)',
    'hooks that do not run when gwt lands: post-rewrite; make a gate of what must hold',
  ]);
  expect((await merge(s.ports(), { names: ['straight'], dryRun: true })).notices).toHaveLength(1);
});

test('what takes a landing back by commits is signed too', async () => {
  const s = await signing();
  work(s);
  const before = s.git('rev-parse', 'main');
  await merge(s.ports(), { names: ['work'] });
  const { reverts } = await undo(s.ports(), { revert: true });
  expect(reverts).toHaveLength(2);
  expect(new Set(s.git('log', '--format=%G?', `${before}..main`).split('\n'))).toEqual(new Set(['G']));
  expect(s.git('diff', before, 'main')).toBe('');
});

const HAS_GPG = spawnSync('gpg', ['--version']).status === 0;

test.runIf(HAS_GPG)('a key of gpg signs what lands, and what takes it back', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  const env = { GNUPGHOME: `${s.box}/gpg` };
  mkdirSync(env.GNUPGHOME, { mode: 0o700 });
  const run = (file: string, ...args: string[]) =>
    execFileSync(file, args, { cwd: s.dir, env: { ...process.env, ...env }, encoding: 'utf8', stdio: 'pipe' });
  run(
    'gpg',
    '--batch',
    '--passphrase',
    '',
    '--quick-generate-key',
    'Ada <ada@example.org>',
    'ed25519',
    'sign',
    'never',
  );
  s.git('config', 'user.signingkey', 'ada@example.org');
  work(s);
  s.git('config', 'commit.gpgsign', 'true');
  const before = s.git('rev-parse', 'main');
  expect((await s.gwtIn(s.dir, ['merge', 'work'], env)).code).toBe(0);
  expect((await s.gwtIn(s.dir, ['undo', '--revert'], env)).code).toBe(0);
  expect(new Set(run('git', 'log', '--format=%G?', `${before}..main`).trim().split('\n'))).toEqual(new Set(['G']));
  run('gpgconf', '--kill', 'all');
});
