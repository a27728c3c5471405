import { chmodSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { doctor } from '../../src/flows/doctor.ts';
import { changeTask } from '../../src/flows/tasks.ts';
import { addTask, claimed } from '../support/claimed.ts';
import type { Scene } from '../support/scene.ts';

/** What is ill, as `check subject`, before and after mending. */
async function ills(s: Scene, fix = false): Promise<readonly string[]> {
  const { findings } = await doctor(s.ports(), { fix });
  return findings.filter(({ state }) => state === 'ill').map(({ check, subject }) => `${check} ${subject}`);
}

test('a repository in order is well, and says what was looked at', async () => {
  const { s } = await claimed();
  await addTask(s, 'pay', { owns: ['src/billing/**'] });
  const answer = await s.gwt('doctor');
  expect(answer.out.replace(/\d+\.\d+\.\d+/g, '<v>')).toMatchInlineSnapshot(`
    "well    git, node, repository, ledger entries 2, hook scripts, worktrees 2, worktrees' settings 2, claims 2, memory files 2, hooks that fire 2
    All is well.
    "
  `);
  expect(answer.code).toBe(0);
  expect((await s.gwt('doctor', '--json')).json()).toMatchObject({ ok: true });
});

const faults: readonly {
  readonly name: string;
  readonly hurt: (s: Scene, w: string) => void;
  readonly ill: readonly string[];
}[] = [
  {
    name: 'the agent sent the hooks away in its own settings',
    hurt: (s, w) => s.gitIn(w, 'config', '--worktree', 'core.hooksPath', '/dev/null'),
    ill: ['settings login', 'fires login'],
  },
  {
    name: 'the agent added a second folder for hooks',
    hurt: (s, w) => s.gitIn(w, 'config', '--worktree', '--add', 'core.hooksPath', '/dev/null'),
    ill: ['settings login', 'fires login'],
  },
  {
    name: 'a hook was emptied',
    hurt: (s) => s.write('.git/gwt/hooks/reference-transaction', '#!/bin/sh\n'),
    ill: ['scripts <hooks>', 'fires login'],
  },
  {
    name: 'a hook may not be run',
    hurt: (s) => chmodSync(s.path('.git/gwt/hooks/reference-transaction'), 0o644),
    ill: ['fires login'],
  },
  {
    name: 'the hooks are gone',
    hurt: (s) => rmSync(s.path('.git/gwt/hooks'), { recursive: true }),
    ill: ['scripts <hooks>', 'fires login'],
  },
  {
    name: 'the claim was widened',
    hurt: (s) => {
      const file = s.path('.git/worktrees/login/gwt/claim.sh');
      s.write(file, s.read(file).replace('src/auth/**', '**'));
    },
    ill: ['claim login'],
  },
  {
    name: 'the claim is gone',
    hurt: (s) => rmSync(s.path('.git/worktrees/login/gwt/claim.sh')),
    ill: ['claim login', 'fires login'],
  },
  {
    name: 'what is frozen has changed since',
    hurt: (s) => s.write('gwt.config.yaml', 'ownership: { frozen: [LICENSE] }\n'),
    ill: ['claim login', 'memory login'],
  },
];

test.each(faults)('it is found and mended: $name', async ({ hurt, ill }) => {
  const { s, w } = await claimed();
  s.write(join(w, 'src/auth/login.ts'), 'work\n');
  hurt(s, w);
  const named = (found: readonly string[]) => found.map((one) => one.replace(s.path('.git/gwt/hooks'), '<hooks>'));
  expect(named(await ills(s))).toEqual(ill);
  const answer = await s.gwt('doctor', '--fix');
  expect(answer.code).toBe(0);
  expect(answer.out.match(/^mended/gm)).toHaveLength(ill.length);
  expect(await ills(s)).toEqual([]);
  expect(s.read(join(w, 'src/auth/login.ts'))).toBe('work\n');
});

test('a worktree that was deleted by hand comes back by what doctor says', async () => {
  const { s, w } = await claimed();
  rmSync(w, { recursive: true });
  const answer = await s.gwt('doctor', '--fix');
  expect(answer.code).toBe(1);
  expect(answer.out).toContain('try: gwt restore login');
  expect((await s.gwt('restore', 'login')).code).toBe(0);
  expect(await ills(s)).toEqual([]);
});

test('a spawn that was cut short, and a loop that is gone, are named', async () => {
  const { s } = await claimed();
  const ports = s.ports();
  const lease = { holder: 'x', pid: 1, started: '0', host: ports.self.host, beat: 0, ttl: 1, run: 'r' };
  const event = { type: 'task.changed', at: '2026-01-01T00:00:00Z', task: 'login', what: 'x' } as const;
  await changeTask(ports, 'login', () => ({ event, state: 'running', change: { lease } }));
  expect(await ills(s)).toEqual(['lease login']);
  await changeTask(ports, 'login', () => ({ event, change: { ready: false } }));
  expect(await ills(s)).toEqual(['spawn login']);
  await doctor(s.ports(), { fix: true });
  expect(await ills(s)).toEqual([]);
});

test('an entry that cannot be read, and a lock left behind, are named and left alone', async () => {
  const { s } = await claimed();
  await s.ports().ledger.transact({ keys: ['tasks/odd'] }, () => ({
    writes: [
      {
        key: 'tasks/odd',
        event: { type: 'task.changed', at: '2026-01-01T00:00:00Z', task: 'odd', what: 'x' },
        docs: { 'task.json': '{ broken' },
      },
    ],
    result: undefined,
  }));
  const lock = s.path('.git/worktrees/login/index.lock');
  writeFileSync(lock, '');
  utimesSync(lock, 0, 0);
  s.gitIn(s.worktree('login'), 'config', '--worktree', 'core.hooksPath', '/dev/null');
  expect(await ills(s)).toEqual(['ledger tasks/odd', `lock ${lock}`, 'settings login', 'fires login']);
  expect(s.exists(lock)).toBe(true);
});

test('what git itself wrote beside gwt in the settings of a worktree survives', async () => {
  const { s, w } = await claimed();
  s.gitIn(w, 'config', '--worktree', 'core.sparseCheckoutCone', 'false');
  s.gitIn(w, 'config', '--worktree', 'user.name', 'Agent "X"');
  expect(await ills(s)).toEqual([]);
  s.gitIn(w, 'config', '--worktree', 'core.hooksPath', '/dev/null');
  await doctor(s.ports(), { fix: true });
  expect(await ills(s)).toEqual([]);
  expect(s.gitIn(w, 'config', 'core.sparseCheckoutCone')).toBe('false');
  expect(s.gitIn(w, 'config', 'user.name')).toBe('Agent "X"');
});

test('a repository that gwt never prepared is told so', async () => {
  const { s } = await claimed();
  s.git('update-ref', '-d', 'refs/gwt/meta/repository');
  s.git('config', '--unset', 'extensions.worktreeConfig');
  expect(await ills(s)).toEqual([`repository ${s.dir}`, 'fires login']);
  const { findings } = await doctor(s.ports(), {});
  expect(findings.find(({ check }) => check === 'repository')?.cure).toBe('gwt init');
});
