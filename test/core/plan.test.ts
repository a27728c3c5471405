import { expect, test } from 'vitest';
import { checkPlan, type PlannedTask, readPlan } from '../../src/core/plan.ts';
import { tasksOfStories } from '../../src/core/plan-stories.ts';
import { readPrd } from '../../src/core/prd.ts';
import { JSON_DIALECT } from '../../src/core/prd-dialect.ts';
import { YAML_DIALECT } from '../../src/flows/prd-yaml.ts';

const markdown = (text: string) => readPlan(text, 'tasks.md', JSON_DIALECT);
const json = (value: unknown) => readPlan(JSON.stringify(value), 'p.json', JSON_DIALECT);
const yaml = (text: string) => readPlan(text, 'p.yaml', YAML_DIALECT);
const bare = (tasks: readonly PlannedTask[]) => tasks.map(({ line: _, key: __, ...task }) => task);
const refused = (line: number | undefined, why: string) =>
  expect.objectContaining({
    code: 'plan.invalid',
    facts: expect.objectContaining({ why: expect.stringContaining(why), ...(line ? { line } : {}) }),
  });

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
agent: nobody
\`\`\`

## Search
after: add-login
**owns:** src/search/**
prompt: Find things.
`;
  expect(markdown(text)).toEqual([
    {
      title: 'Add login',
      line: 5,
      owns: ['src/auth/**', 'src/pages/login.ts'],
      agent: 'codex',
      priority: 2,
      gates: ['npm test -- auth'],
      prompt: 'A page with name and password.\n\n\n```md\n## not a heading\nagent: nobody\n```',
    },
    { title: 'Search', line: 19, after: ['add-login'], owns: ['src/search/**'], prompt: 'Find things.' },
  ]);
});

test('checkboxes that are open, ticked ones left out', () => {
  const text =
    '# Plan\n\n- [ ] Add login\n  - owns: src/auth/**\n  the words\n- [x] Done long ago\n- [ ] Search\r\n  after: done-long-ago, add-login\n';
  expect(markdown(text)).toEqual([
    { title: 'Add login', line: 3, owns: ['src/auth/**'], prompt: 'the words' },
    { title: 'Search', line: 7, after: ['add-login'] },
  ]);
});

test('boxes below a heading that says what it owns are its stories, and no heading beside it is lost', () => {
  const text = `# Plan
## Badges
owns: README.md
Small ones.
- [ ] The build
  shows main
- [x] The licence
## Docs
Write more.
## Old
owns: old/**
- [x] Gone
`;
  const [badges, docs, ...more] = markdown(text);
  expect(badges).toMatchObject({ title: 'Badges', owns: ['README.md'], prompt: 'Small ones.' });
  expect(readPrd(badges?.stories ?? '', 'prd.json').stories).toMatchObject([
    { id: '1', title: 'The build', description: 'shows main', passes: false },
    { id: '2', title: 'The licence', passes: true },
  ]);
  expect(docs).toEqual({ title: 'Docs', line: 8, prompt: 'Write more.' });
  expect(more).toEqual([]);
});

test('facts under a heading and under a box are refused: nobody could tell which of them is the task', () => {
  const text = '## Badges\nowns: README.md\n- [ ] The build\n  owns: src/**\n';
  expect(() => markdown(text)).toThrow(refused(4, '"owns: src/**" stands under a box'));
});

test.each([
  [
    'headings',
    '# Plan\n## Epic: Login\nagent: codex\nowns: src/**\nPeople come in.\n### Form\nowns: src/form/**\n### Session\nafter: form\n## Docs\nafter: login\n',
  ],
  [
    'boxes',
    '# Plan\n## Epic: Login\nagent: codex\nowns: src/**\nPeople come in.\n- [ ] Form\n  owns: src/form/**\n- [ ] Session\n  after: form\n## Rest\n- [ ] Docs\n  after: Login\n',
  ],
])(
  'the parts of an epic, as %s: what it says holds for them, and coming after it is coming after all of them',
  (_, text) => {
    expect(bare(markdown(text))).toEqual([
      {
        title: 'Form',
        epic: 'Login',
        agent: 'codex',
        owns: ['src/form/**'],
        prompt: 'Form\n\nPart of Login: People come in.',
      },
      {
        title: 'Session',
        epic: 'Login',
        agent: 'codex',
        owns: ['src/**'],
        after: ['form'],
        prompt: 'Session\n\nPart of Login: People come in.',
      },
      { title: 'Docs', after: ['Form', 'Session'] },
    ]);
  },
);

test('lists and maps, also under `tasks`; ids are another name; a task with tasks is an epic', () => {
  expect(bare(json(['one', { name: 'two', owns: 'a/**', depends_on: 'one' }]))).toEqual([
    { title: 'one' },
    { title: 'two', owns: ['a/**'], after: ['one'] },
  ]);
  expect(
    bare(json({ tasks: { api: 'Build it', ui: { gates: [{ run: 'npm test', timeout: 5 }] }, docs: null } })),
  ).toEqual([
    { title: 'api', prompt: 'Build it' },
    { title: 'ui', gates: [{ run: 'npm test', timeout: 5 }] },
    { title: 'docs' },
  ]);
  const text =
    'tasks:\n  - id: T1\n    title: Add login\n  - title: Web\n    priority: 3\n    tasks:\n      - page\n      - title: form\n        after: [T1]\n  - title: last\n    after: web\n';
  expect(yaml(text).map(({ title, line }) => [title, line])).toEqual([
    ['Add login', 2],
    ['page', 7],
    ['form', 8],
    ['last', 10],
  ]);
  expect(bare(yaml(text))).toEqual([
    { title: 'Add login' },
    { title: 'page', epic: 'Web', priority: 3 },
    { title: 'form', epic: 'Web', priority: 3, after: ['Add login'] },
    { title: 'last', after: ['page', 'form'] },
  ]);
});

test.each<[unknown, number | undefined, string]>([
  [42, 1, 'neither a list nor a map'],
  [[], 1, 'no task'],
  [[{ owns: 'a' }], 1, 'has no name'],
  [[{ title: 'x', oowns: 'a' }], 1, '"oowns" is not known; did you mean owns?'],
  [{ x: { priority: 'soon' } }, 1, 'x: priority must be a whole number'],
  [{ x: { owns: { a: 1 } } }, 1, 'x: owns must be'],
  [{ userStories: [{ id: 'a', title: 'a', passes: false }] }, 1, '--split'],
])('%j is refused, saying where', (value, line, why) => {
  expect(() => json(value)).toThrow(refused(line, why));
});

test.each<[string, string, number, string]>([
  ['YAML that ends too early', 'tasks: [a\n', 2, ''],
  ['a fact of the wrong kind', '- title: a\n- title: b\n  priority: soon\n', 3, 'b: priority'],
  ['an epic inside an epic', '- title: a\n  tasks:\n    - title: b\n      tasks: [c]\n', 3, 'inside another'],
])('%s is refused with its line', (_, text, line, why) => {
  expect(() => yaml(text)).toThrow(refused(line, why));
});

test.each<[string, string, number, string]>([
  ['two names that make one branch', '## Add login\n## add LOGIN!\n', 2, 'is "Add login" at line 1'],
  ['a name without a letter', '## one\n## ☃ !\n', 2, 'no letter and no digit'],
  ['a name git keeps for itself', '## HEAD\n', 1, 'keeps for itself'],
  [
    'a predecessor that is not there',
    '## one\n## two\nafter: onne\n',
    2,
    '"onne", which is no task; did you mean one?',
  ],
  ['a task that waits for itself', '## one\nafter: one\n', 1, 'after itself'],
  [
    'a circle',
    '## a1\nafter: c1\n## b1\nafter: a1\n## c1\nafter: b1\n## d1\nafter: a1\n',
    1,
    'a1 after c1 after b1 after a1',
  ],
])('a plan cannot be done with %s', (_, text, line, why) => {
  expect(() => checkPlan(markdown(text), 'tasks.md', [])).toThrow(refused(line, why));
});

test('what is no task of the plan may be waited for where it is known', () => {
  expect(() => checkPlan(markdown('## two\nafter: one\n'), 'tasks.md', ['one'])).not.toThrow();
});

test('each open story of a PRD is a task: its criteria, its gates, and what it waits for among those that are open', () => {
  const story = (id: string, more: object) => ({ id, title: `Do ${id}`, passes: false, ...more });
  const prd = {
    userStories: [
      story('S-1', { priority: 1, description: 'It all.', acceptanceCriteria: ['works'], verify: ['npm test'] }),
      story('S-2', { priority: 2, after: ['S-1', 'S-3'], title: 'S-2: Go on' }),
      story('S-3', { passes: true }),
      story('S-4', { status: 'blocked' }),
    ],
  };
  expect(bare(tasksOfStories(readPrd(JSON.stringify(prd), 'prd.json').stories))).toEqual([
    { title: 'S-1 Do S-1', prompt: 'It all.\n- works', gates: ['npm test'], priority: 2 },
    { title: 'S-2: Go on', after: ['S-1 Do S-1'], prompt: 'S-2: Go on', priority: 1 },
  ]);
});
