import { join } from 'node:path';
import { expect, test } from 'vitest';
import { taskOf } from '../../src/core/records.ts';
import { installHooks } from '../../src/flows/hooks.ts';
import { type SpawnInput, spawn } from '../../src/flows/spawn.ts';
import { type Scene, scene } from '../support/scene.ts';

const FILES = { 'src/auth/login.ts': 'login\n', 'src/billing/pay.ts': 'pay\n', LICENSE: 'MIT\n' };

/** A scene with task `login`, which may change src/auth alone, and its worktree. */
async function claimed(input: Partial<SpawnInput> = {}, files = FILES): Promise<{ s: Scene; w: string }> {
  const s = await scene(files);
  await task(s, 'login', { owns: ['src/auth/**'], ...input });
  return { s, w: s.worktree('login') };
}

async function task(s: Scene, name: string, input: Partial<SpawnInput>): Promise<void> {
  const ports = s.ports();
  await spawn(ports, { tasks: [name], ...input });
  const entry = await ports.ledger.read(`tasks/${name}`);
  if (entry) await installHooks(ports, taskOf(entry));
}

test('a commit inside the claim passes, names its task, and beats', async () => {
  const { s, w } = await claimed();
  s.write(join(w, 'src/auth/login.ts'), 'new\n');
  const { code, out } = s.tryGit(w, 'commit', '-qam', 'login: new');
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(s.gitIn(w, 'log', '-1', '--format=%B')).toBe('login: new\n\nGwt-Task: login\nGwt-Agent: login-claude');
  expect(s.exists(s.path('.git/gwt/runs/login/beat'))).toBe(true);
});

test('a commit outside the claim is refused with path and reason', async () => {
  const { s, w } = await claimed();
  s.write(join(w, 'src/billing/pay.ts'), 'oops\n');
  const { code, out } = s.tryGit(w, 'commit', '-qam', 'oops');
  expect(code).toBe(1);
  expect(out).toMatchInlineSnapshot(`
    "gwt: refused (task login): this commit changes what the task may not change
           src/billing/pay.ts  is outside the claim
         the task may change: src/auth/**
         try: gwt escalate "<which path, and why>"
         or leave it out and keep the file: git restore --staged -- src/billing/pay.ts
    "
  `);
  const forced = s.tryGit(w, 'commit', '-qam', 'oops', '--no-verify');
  expect(forced).toMatchInlineSnapshot(`
    {
      "code": 128,
      "out": "gwt: refused (task login): this move of the branch changes what the task may not change
           src/billing/pay.ts  is outside the claim
         the task may change: src/auth/**
         try: gwt escalate "<which path, and why>"
         or leave it out and keep the file: git restore --staged -- src/billing/pay.ts
    fatal: ref updates aborted by hook
    ",
    }
  `);
  expect(s.gitIn(w, 'rev-parse', 'HEAD')).toBe(s.git('rev-parse', 'main'));
});
