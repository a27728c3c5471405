import { expect, test } from 'vitest';
import { statusRows, type TaskFacts } from '../../src/core/status.ts';
import type { Task } from '../../src/core/task.ts';
import { NO_USAGE } from '../../src/core/usage.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const MINUTE = 60_000;

function facts(state: Task['state'], over: Partial<TaskFacts> = {}, task: Partial<Task> = {}): TaskFacts {
  return {
    task: {
      id: 't',
      state,
      ready: true,
      branch: 'gwt/t',
      target: 'main',
      priority: 0,
      usage: NO_USAGE,
      ...task,
    } as Task,
    stories: { total: 2, passing: 1 },
    branch: true,
    distance: { ahead: 1, behind: 0 },
    conflicts: [],
    worktree: true,
    dirt: { tracked: 0, untracked: 0, unmerged: 0, branch: 'gwt/t' },
    held: state === 'running',
    escalations: [],
    ...over,
  };
}

const asked = [{ id: '3', reason: 'question', summary: 'which port?' }];

test.each([
  {
    name: 'an escalation',
    given: facts('blocked', { escalations: asked }),
    needs: 'question: which port?',
    next: 'gwt inbox show 3',
  },
  {
    name: 'two',
    given: facts('blocked', { escalations: [...asked, ...asked] }),
    needs: 'question: which port? (and 1 more)',
    next: 'gwt inbox show 3',
  },
  {
    name: 'blocked',
    given: facts('blocked', {}, { blocked: { reason: 'stuck' } }),
    needs: 'stuck',
    next: 'gwt show t',
  },
  {
    name: 'a branch that is gone',
    given: facts('queued', { branch: false }),
    needs: 'branch gwt/t is gone',
    next: 'gwt restore t',
  },
  {
    name: 'a worktree that is gone',
    given: facts('queued', { worktree: false, dirt: undefined }),
    needs: 'its worktree is gone',
    next: 'gwt restore t',
  },
  {
    name: 'a worktree git cannot read',
    given: facts('queued', { dirt: undefined }, { worktree: '/w' }),
    needs: 'git cannot read its worktree',
    next: "git -C '/w' status",
  },
  { name: 'a loop that died', given: facts('running', { held: false }), needs: 'its loop died', next: 'gwt loop t' },
  {
    name: 'a spawn that was cut short',
    given: facts('queued', {}, { ready: false }),
    needs: 'its spawn did not end',
    next: 'gwt doctor',
  },
  { name: 'finished', given: facts('finished'), needs: 'finished, can land on main', next: 'gwt merge t' },
  {
    name: 'finished in conflict',
    given: facts('finished', { conflicts: ['a'] }),
    needs: 'finished, conflicts with main',
    next: 'gwt merge t',
  },
  {
    name: 'silence',
    given: facts('running', { beat: { at: NOW - 20 * MINUTE } }),
    needs: 'silent for 20 minutes',
    next: 'gwt logs t',
  },
  { name: 'nothing: at work', given: facts('running', { beat: { at: NOW - MINUTE } }), needs: null, next: null },
  {
    name: 'nothing: in the middle of a rebase',
    given: facts('running', { dirt: { tracked: 0, untracked: 0, unmerged: 1, branch: undefined } }),
    needs: null,
    next: null,
  },
  { name: 'nothing: waits for its agent', given: facts('queued'), needs: null, next: null },
  {
    name: 'nothing: landed, whatever was asked',
    given: facts('landed', { escalations: asked, branch: false, worktree: false, dirt: undefined }),
    needs: null,
    next: null,
  },
])('what a task needs of the person: $name', ({ given, needs, next }) => {
  expect(statusRows([given], NOW)[0]).toMatchObject({ needs, next });
});

test('what waits for the person stands first, then what is finished, at work, and waiting; by priority, then by name', () => {
  const rows = statusRows(
    [
      facts('landed', {}, { id: 'landed' }),
      facts('queued', {}, { id: 'b' }),
      facts('queued', {}, { id: 'a' }),
      facts('queued', {}, { id: 'urgent', priority: 2 }),
      facts('running', {}, { id: 'running' }),
      facts('finished', {}, { id: 'finished' }),
      facts('blocked', { escalations: asked }, { id: 'asks' }),
    ],
    NOW,
  );
  expect(rows.map(({ id }) => id)).toEqual(['asks', 'finished', 'running', 'urgent', 'a', 'b', 'landed']);
});
