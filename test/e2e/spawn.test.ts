import { expect, test } from 'vitest';
import { scene } from '../support/scene.ts';

test('a spawned task is a branch, a worktree and a ledger entry that git alone can read', async () => {
  const s = await scene();
  const answer = await s.gwt('spawn', 'Add Login!', '--json');
  expect(answer.json().tasks[0]).toMatchObject({
    id: 'add-login',
    state: 'queued',
    branch: 'gwt/add-login',
    worktree: s.worktree('add-login'),
  });
  expect(s.git('branch', '--list', 'gwt/*')).toContain('gwt/add-login');
  expect(s.git('worktree', 'list')).toContain(s.worktree('add-login'));
  expect(s.git('log', '--format=%s', 'refs/gwt/tasks/add-login')).toMatch(/spawned in .*\n.*spawning gwt\/add-login/);
});
