import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { handoffLog } from '../../src/core/export.ts';
import { handoff } from '../../src/flows/agent/tell.ts';
import { exportFiles } from '../../src/flows/export.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { taskNamed } from '../../src/flows/tasks.ts';
import { scene } from '../support/scene.ts';

test('a task goes to another agent with branch and claim, and the files tell it', async () => {
  const s = await scene({ 'src/a.ts': 'a\n' });
  const ports = s.ports();
  await spawn(ports, { tasks: ['login'], owns: ['src/**'] });
  const w = s.worktree('login');
  writeFileSync(join(w, 'src/b `x`.ts'), 'b\n');
  s.gitIn(w, 'add', '--all');
  s.gitIn(w, 'commit', '-qm', 'half of it');
  const given = await s.gwt('handoff', 'login', 'codex', 'mind the tests\n## not a heading', '--json');
  expect(given.json()).toMatchObject({ from: 'login', to: 'login', agent: 'codex' });
  expect(await taskNamed(ports, 'login')).toMatchObject({
    agent: 'codex',
    agentId: 'login-codex',
    branch: 'gwt/login',
    owns: ['src/**'],
  });
  expect(s.read(join(w, '.gwt/handoff.md'))).toMatch(/mind the tests[\s\S]*## Files\n\n- src\/b `x`\.ts/);
  expect(s.read(join(w, 'CLAUDE.local.md'))).toContain('login-codex');
  const { folder } = await exportFiles(ports, {});
  expect(JSON.parse(s.read(join(folder, 'agent-status.json'))).agents['login-codex']).toMatchObject({
    issue: 'login',
    status: 'waiting',
    timestamp: expect.stringMatching(/^\d{4}-/),
  });
  const log = s.read(join(folder, 'handoff.md'));
  expect(log).toMatch(
    /^# Agent Handoff Log\n\n## \[[\d-]+ [\d:]+\] @login-claude → @login-codex\n\*\*Task\*\*: login\n/,
  );
  expect(log.match(/^## /gm)).toHaveLength(1);
  expect(s.git('status', '--porcelain')).toBe('');
});

test('words that begin with the name of an agent stay words, and an unknown agent is refused', async () => {
  const s = await scene();
  await spawn(s.ports(), { tasks: ['login'] });
  const answer = await s.gwt('handoff', 'login', 'codex', 'should', 'review', 'this', '--json');
  expect(answer.json()).toMatchObject({ agent: 'claude', text: expect.stringContaining('codex should review this') });
  await expect(handoff(s.ports(), { from: 'login', agent: 'nobody', text: '' })).rejects.toMatchObject({
    code: 'agent.unknown',
  });
});

test('nothing is written outside the repository', async () => {
  const s = await scene();
  for (const folder of ['..', '../x', '/tmp/x', '.git/hooks', '.'])
    await expect(exportFiles(s.ports(), { folder })).rejects.toMatchObject({ code: 'usage.bad' });
  expect((await exportFiles(s.ports(), { folder: 'tools/agents' })).folder).toBe(s.path('tools/agents'));
  expect(handoffLog([])).toBe('# Agent Handoff Log\n');
});
