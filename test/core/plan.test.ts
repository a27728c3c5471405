import { expect, test } from 'vitest';
import { planOf, readMarkdown } from '../../src/core/plan.ts';

test('headings with facts below them', () => {
  const text = `# Sprint 4

Some words about it all.

## Add login

A page with name and password.

- owns: \`src/auth/**\`, src/pages/login.ts
- agent: codex
- priority: 2
- gate: \`npm test -- auth\`

\`\`\`md
## not a heading
\`\`\`

## Search
after: add-login
**owns:** src/search/**
prompt: Find things.
`;
  expect(readMarkdown(text, 'tasks.md')).toEqual([
    {
      title: 'Add login',
      owns: ['src/auth/**', 'src/pages/login.ts'],
      agent: 'codex',
      priority: 2,
      gates: ['npm test -- auth'],
      prompt: 'A page with name and password.\n\n\n```md\n## not a heading\n```',
    },
    { title: 'Search', after: ['add-login'], owns: ['src/search/**'], prompt: 'Find things.' },
  ]);
});

test('checkboxes that are open, ticked ones left out', () => {
  const text = '# Plan\n\n- [ ] Add login\n  - owns: src/auth/**\n  the words\n- [x] Done long ago\n- [ ] Search\r\n';
  expect(readMarkdown(text, 'tasks.md')).toEqual([
    { title: 'Add login', owns: ['src/auth/**'], prompt: 'the words' },
    { title: 'Search' },
  ]);
});

test('lists and maps, also under `tasks`', () => {
  expect(planOf(['one', { name: 'two', owns: 'a/**', depends_on: 'one' }], 'p.yaml')).toEqual([
    { title: 'one' },
    { title: 'two', owns: ['a/**'], after: ['one'] },
  ]);
  expect(
    planOf({ tasks: { api: 'Build it', ui: { gates: [{ run: 'npm test', timeout: 5 }] }, docs: null } }, 'p'),
  ).toEqual([
    { title: 'api', prompt: 'Build it' },
    { title: 'ui', gates: [{ run: 'npm test', timeout: 5 }] },
    { title: 'docs' },
  ]);
});

test.each([
  [42, 'neither a list nor a map'],
  [[], 'no task'],
  [[{ owns: 'a' }], 'task 1 has no name'],
  [[{ title: 'x', oowns: 'a' }], '"oowns" is not known'],
  [{ x: { priority: 'soon' } }, 'x: priority must be a whole number'],
  [{ x: { owns: { a: 1 } } }, 'x: owns must be'],
])('%j is refused, saying where', (value, why) => {
  expect(() => planOf(value, 'p.yaml')).toThrow(
    expect.objectContaining({
      code: 'plan.invalid',
      facts: expect.objectContaining({ why: expect.stringContaining(why) }),
    }),
  );
});
