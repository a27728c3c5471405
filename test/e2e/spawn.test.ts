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

test('a plan file makes its tasks, and --loop sets the agents to work', async () => {
  const s = await scene({
    'gwt.config.yaml': [
      'agents:',
      '  writer:',
      '    driver: command',
      `    command: [sh, -c, 'cat > /dev/null; mkdir -p "$GWT_TASK"; ls > "$GWT_TASK/seen"; git add "$GWT_TASK"; git commit -qm work']`,
      'loop: { agent: writer, max: 3 }',
    ].join('\n'),
  });
  s.write('plan.yaml', 'tasks:\n  api: { owns: "api/**", gates: "test -f api/seen" }\n  ui: { owns: ["ui/**"] }\n');
  const answer = await s.gwt('--yes', 'spawn', '--from-file', 'plan.yaml', '--loop', '--json');
  expect(answer.json()).toMatchObject({
    tasks: [{ id: 'api' }, { id: 'ui' }],
    loop: [
      { id: 'api', outcome: 'complete' },
      { id: 'ui', outcome: 'complete' },
    ],
  });
  expect(answer.code).toBe(0);
  expect(s.git('show', '--name-only', '--format=', 'gwt/api')).toBe('api/seen');
});

test.each([
  ['plan.json', '[{"title": "a", "owns": "x/**"}, "b"]'],
  ['plan.md', '## a\n- owns: x/**\n\n## b\n'],
  ['plan.yml', '- { title: a, owns: x/** }\n- b\n'],
])('%s is a plan', async (file, text) => {
  const s = await scene();
  s.write(file, text);
  const answer = await s.gwt('spawn', '--from-file', file, '--dry-run', '--json');
  expect(answer.json().tasks).toMatchObject([
    { id: 'a', owns: ['x/**'] },
    { id: 'b', owns: [] },
  ]);
});

test('a plan that cannot be read says what is wrong with it, and makes nothing', async () => {
  const s = await scene();
  s.write('plan.yaml', 'tasks: [a\n');
  const answer = await s.gwt('spawn', '--from-file', 'plan.yaml');
  expect(answer.code).toBe(1);
  expect(answer.err).toContain('plan.yaml:2 is not a plan gwt can work by');
  expect(s.git('for-each-ref', 'refs/heads/gwt')).toBe('');
});
