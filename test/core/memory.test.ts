import { expect, test } from 'vitest';
import { type MemoryFacts, memoryFile, memoryText } from '../../src/core/memory.ts';
import type { Task } from '../../src/core/task.ts';
import { NO_USAGE } from '../../src/core/usage.ts';

const task: Task = {
  version: 1,
  id: 'login',
  title: 'Add login',
  state: 'queued',
  ready: true,
  branch: 'gwt/login',
  worktree: '/w/login',
  base: 'a'.repeat(40),
  target: 'main',
  owns: ['src/auth/**'],
  agent: 'claude',
  agentId: 'login-claude',
  role: 'coder',
  priority: 0,
  after: [],
  gates: ['npm test'],
  prompt: 'A page with name and password.',
  adopted: false,
  seeds: { memory: 'CLAUDE.local.md', prd: 'prd.json', progress: 'progress.md' },
  createdAt: '2026-01-01T00:00:00.000Z',
  iteration: 0,
  usage: NO_USAGE,
};
const facts: MemoryFacts = {
  task,
  others: [
    { id: 'api', state: 'running', owns: ['src/api/**'], agentId: 'api-codex' },
    { id: 'old', state: 'landed', owns: ['src/old/**'], agentId: 'old-codex' },
  ],
  frozen: ['LICENSE'],
  shared: ['package.json'],
  gates: [{ name: 'types', run: 'tsc -p .' }],
};

test('the text tells the task, its place, its claim, the owners of the rest, gates, and how to talk', () => {
  const text = memoryText(facts);
  for (const part of [
    'Add login',
    'A page with name and password.',
    '`login-claude`, role `coder`',
    '`/w/login`',
    `\`gwt/login\`, begun at commit \`${task.base}\``,
    '`src/auth/**`',
    '`src/api/**`: owned by task `api` (`api-codex`)',
    '`LICENSE`: frozen',
    '`package.json`',
    'types: `tsc -p .`',
    '`npm test`',
    'git commit',
    'gwt note',
    'gwt handoff',
    'gwt escalate',
    'git stash',
    '- push',
  ])
    expect(text).toContain(part);
  expect(text).not.toContain('src/old');
});

test('a person\u2019s words outside the markers survive, wherever they stand', () => {
  const first = memoryFile(undefined, 'one\n');
  expect(first).toContain('## Notes');
  const edited = `# Mine\n\n${first}\n- ask Ada about the session cookie\n`;
  const again = memoryFile(edited, 'two\n');
  expect(again).toBe(edited.replace('one\n', 'two\n'));
  expect(memoryFile(again, 'two\n')).toBe(again);
});

test('a file that was there before keeps all of its text below the rules', () => {
  expect(memoryFile('my own file', 'rules\n')).toMatch(/rules[\s\S]*my own file$/);
});

test('a broken pair of markers loses nothing', () => {
  const broken = `${memoryFile(undefined, 'one\n').replace('<!-- gwt: end -->', '')}kept`;
  const again = memoryFile(broken, 'two\n');
  expect(again).toContain('two');
  expect(again).toContain('kept');
});

test('a prompt cannot end the generated part', () => {
  const text = memoryText({ ...facts, task: { ...task, prompt: 'x <!-- gwt: end --> y' } });
  const file = memoryFile(undefined, text);
  expect(memoryFile(file, text)).toBe(file);
  expect(file.match(/<!-- gwt: end -->/g)).toHaveLength(1);
});
