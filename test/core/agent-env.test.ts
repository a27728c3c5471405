import { expect, test } from 'vitest';
import { agentEnv } from '../../src/core/agent-env.ts';

test('an agent is told its task, itself, its place, its run and why it was called, also by the common names', () => {
  const task = { id: 'login', agentId: 'login-claude', role: 'coder', worktree: '/w/login' };
  expect(agentEnv(task, 'run1', 'story-1', 'loop')).toEqual({
    GWT_TASK: 'login',
    GWT_AGENT_ID: 'login-claude',
    GWT_ROLE: 'coder',
    GWT_WORKTREE: '/w/login',
    GWT_RUN_ID: 'run1',
    GWT_STORY: 'story-1',
    GWT_PURPOSE: 'loop',
    AI_AGENT_ID: 'login-claude',
    AI_AGENT_ROLE: 'coder',
  });
});
