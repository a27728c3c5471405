import { join } from 'node:path';
import { expect, test } from 'vitest';
import { changeTask } from '../../src/flows/tasks.ts';
import { addTask, claimed, expectRefused } from '../support/claimed.ts';

test('a commit inside the claim passes, names its task, and beats', async () => {
  const { s, w } = await claimed();
  s.write(join(w, 'src/auth/login.ts'), 'new\n');
  const { code, out } = s.tryGit(w, 'commit', '-qam', 'login: new');
  expect({ code, out }).toEqual({ code: 0, out: '' });
  expect(s.gitIn(w, 'log', '-1', '--format=%B')).toBe('login: new\n\nGwt-Task: login\nGwt-Agent: login-claude');
  expect(s.exists(s.path('.git/gwt/runs/login/beat'))).toBe(true);
});

test('a commit outside the claim is refused with path and reason, and what to type', async () => {
  const { s, w } = await claimed();
  s.write(join(w, 'src/billing/pay.ts'), 'oops\n');
  const plain = s.tryGit(w, 'commit', '-qam', 'oops');
  expect(plain).toMatchInlineSnapshot(`
    {
      "code": 128,
      "out": "gwt: refused (task login): this changes what the task may not change
           src/billing/pay.ts  is outside the claim
         the task may change: src/auth/**
         try: gwt claim /src/billing/pay.ts --why "<what you need there>"
         or leave it out and keep the file: git restore --staged -- src/billing/pay.ts
    fatal: ref updates aborted by hook
    ",
    }
  `);
  expect(s.tryGit(w, 'commit', '-qam', 'oops', '--no-verify')).toEqual(plain);
  expect(s.gitIn(w, 'rev-parse', 'HEAD')).toBe(s.git('rev-parse', 'main'));
});

test('who would have to type a message is told before the editor opens', async () => {
  const { s, w } = await claimed();
  s.write(join(w, 'src/billing/pay.ts'), 'oops\n');
  const opened = join(s.box, 'opened');
  const { code, out } = s.tryGit(w, '-c', `core.editor=touch '${opened}' #`, 'commit', '-qa');
  expect({ code, out }).toMatchObject({ code: 1, out: expect.stringContaining('src/billing/pay.ts  is outside') });
  expect(s.exists(opened)).toBe(false);
});

test('what is frozen meanwhile, and what an undone landing claims again, binds the other tasks', async () => {
  const { s, w } = await claimed({ owns: [] });
  await addTask(s, 'pay', { owns: ['src/billing/**'] });
  const pay = s.worktree('pay');
  s.write(join(pay, 'src/billing/pay.ts'), 'more\n');
  s.gitIn(pay, 'commit', '-qam', 'pay: more');
  const event = { type: 'task.changed', at: '2026-01-01T00:00:00Z', task: 'pay', what: 'done' } as const;
  await changeTask(s.ports(), 'pay', () => ({ event, state: 'finished' }));
  expect(String(await s.gwt('merge', 'pay', '--yes'))).toContain('[exit 0]');
  await s.gwt('undo');
  s.write(
    'gwt.config.yaml',
    'ownership: { frozen: [LICENSE] }\nagents: { none: { driver: command, command: ["true"] } }\n',
  );
  s.write(join(w, 'src/billing/pay.ts'), 'oops\n');
  expectRefused(s, w, ['commit', '-qam', 'oops', '--no-verify'], 'belongs to task pay');
  s.gitIn(w, 'restore', '.');
  await s.gwt('loop', 'login', '--agent', 'none', '--max', '1', '--yes');
  s.write(join(w, 'LICENSE'), 'oops\n');
  expectRefused(s, w, ['commit', '-qam', 'oops', '--no-verify'], 'LICENSE  is frozen');
});
