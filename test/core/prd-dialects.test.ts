import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { next } from '../../src/core/next.ts';
import { LEAST, readPrd, type Story, writePrd } from '../../src/core/prd.ts';
import * as prds from '../../src/core/prd-import.ts';
import { YAML_DIALECT } from '../../src/flows/prd-yaml.ts';
import { PROJECT } from '../support/scene.ts';

const dialectOf = (text: string, name: string) => prds.dialectOf(text, name, YAML_DIALECT);
const importPrd = (text: string, name: string) => prds.importPrd(text, name, dialectOf(text, name));
const folder = join(PROJECT, 'fixtures/prd');
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');

/** What is read of each file, story by story, and which of them comes next. */
const CASES: Readonly<Record<string, { stories: readonly Partial<Story>[]; next: string | undefined }>> = {
  '01-user-stories.json': {
    stories: [
      { id: 'US-001', criteria: ['one row', 'no error'], priority: 2, passes: false },
      { id: 'US-002', priority: 1, passes: true, notes: 'done in 3' },
    ],
    next: 'US-001',
  },
  '02-tracker.json': {
    stories: [
      { passes: true, notes: 'fine' },
      { after: ['A'], priority: 3 },
    ],
    next: 'B',
  },
  '03-feature-list.json': {
    stories: [{ id: 'log-in-with-a-password', criteria: ['open', 'type', 'see'] }, { passes: true }],
    next: 'log-in-with-a-password',
  },
  '04-map.json': {
    stories: [
      { id: 'S1', passes: true },
      { id: 'S2', passes: false, after: ['S1'] },
    ],
    next: 'S2',
  },
  '05-root-array.json': {
    stories: [{ id: 'install-it', passes: true }, { id: 'start-it' }, { id: 'paint-it', held: 'SKIPPED' }],
    next: 'start-it',
  },
  '06-status.json': {
    stories: [{ passes: true }, { passes: false, after: ['s1'] }, { held: 'blocked' }],
    next: 's2',
  },
  '07-checklist.md': {
    stories: [
      { id: 'add-a-row', title: 'Add a row', passes: true, criteria: [] },
      {
        title: 'Remove a row (P1)',
        priority: 1,
        criteria: ['asks', 'removes'],
        description: 'It should ask first.\nPart of: Cart',
      },
      { id: 'PAY-1', after: ['add-a-row'], priority: LEAST },
    ],
    next: 'remove-a-row-p1',
  },
  '07-tasks.yaml': {
    stories: [
      { id: 'create-the-schema', passes: true },
      { title: 'Write the API', passes: false },
      { description: 'In English.\nAnd short.', passes: false },
    ],
    next: 'write-the-api',
  },
  '07-tasks.csv': {
    stories: [
      { id: 'login-with-mail', title: 'Login, with mail', description: 'say "hi"', passes: true, priority: 1 },
      { priority: 0, after: ['login-with-mail', 'other'], passes: false },
      { id: 'other', priority: LEAST },
    ],
    next: 'other',
  },
  '08-queue.json': {
    stories: [{ priority: 0, passes: true }, { after: ['q1'], passes: false }, { held: 'skipped' }],
    next: 'q2',
  },
  '09-tasks.jsonl': { stories: [{ passes: true }, { after: ['task-1-aaaa'] }], next: 'task-2-bbbb' },
  '10-queue.json': {
    stories: [{ priority: 3, notes: 'first', after: ['T-2'] }, { priority: 0 }, { passes: true }],
    next: 'T-2',
  },
  '11-plan.md': {
    stories: [
      { id: '1', title: 'Index the text', criteria: ['tokenizer', 'index'], passes: true },
      { id: '2', criteria: ['parser', 'ranking'], passes: false },
    ],
    next: '2',
  },
  '12-backlog.md': { stories: [{ id: 'T001' }, { id: 'T002', after: ['T001'] }], next: 'T001' },
  '13-issues.jsonl': {
    stories: [
      { id: 'bd-1', priority: 0 },
      { id: 'bd-2', criteria: ['fast', 'small'], after: ['bd-3'] },
      { passes: true },
      { held: 'deferred' },
    ],
    next: 'bd-1',
  },
  '15-issues.json': { stories: [{ passes: true }, { passes: false, after: ['uuid-1'] }], next: 'uuid-2' },
  '16-task.json': { stories: [{ id: '3', title: 'Write the parser', passes: false }], next: '3' },
  '18-tasklist.json': { stories: [{ passes: true, notes: 'exit 0 seen' }, { passes: false }], next: 'c2' },
  '19-requirements.json': {
    stories: [{ id: '1', criteria: ['finds'], passes: false }, { held: 'stuck: no key' }],
    next: '1',
  },
  '20-ticket.json': { stories: [{ id: '012', criteria: ['small file', 'large file'], passes: false }], next: '012' },
  '20-conditions.json': { stories: [{ title: 'no warning', passes: true }, { passes: false }], next: 'c2' },
  '20-features.json': { stories: [{ id: 'dark-mode', passes: false }, { passes: true }], next: 'dark-mode' },
  '20-test-cases.json': { stories: [{ id: 't1', priority: 1 }], next: 't1' },
};

const names = Object.keys(CASES);

test('every dialect in the fixtures has its case', () => {
  expect(readdirSync(folder).sort()).toEqual([...names].sort());
});

test.each(names)('%s is read', (name) => {
  const { stories } = readPrd(textOf(name), name, dialectOf(textOf(name), name));
  expect(stories).toMatchObject(CASES[name]?.stories ?? []);
  expect(stories).toHaveLength(CASES[name]?.stories.length ?? 0);
  const step = next(stories);
  expect(step.outcome === 'story' ? step.story.id : undefined).toBe(CASES[name]?.next);
});

test.each(names)('%s is read by its shape, whatever its name', (name) => {
  const text = textOf(name);
  expect(dialectOf(text, 'PLAN')).toBe(dialectOf(text, name));
});

test.each(names)('%s: what gwt keeps of it is JSON that says the same, with every field it had', (name) => {
  const text = textOf(name);
  const kept = importPrd(text, name);
  const again = readPrd(kept.text, 'prd.json').stories;
  expect(again).toEqual(kept.stories);
  if (kept.dialect === 'JSON' && !['16-task.json', '20-ticket.json'].includes(name)) expect(kept.text).toBe(text);
  if (kept.dialect === 'JSON lines')
    expect(JSON.parse(kept.text).userStories).toEqual(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
});

test.each(names)(
  '%s: a flag turned and turned back leaves every byte, and a turned one changes one line each',
  (name) => {
    const text = textOf(name);
    const dialect = dialectOf(text, name);
    const { stories } = readPrd(text, name, dialect);
    for (const { id, passes } of stories) {
      const turned = writePrd(text, { [id]: { passes: !passes } }, dialect);
      const after = readPrd(turned, name, dialect).stories;
      expect(after.map((story) => [story.id, story.passes])).toEqual(
        stories.map((story) => [story.id, story.id === id ? !passes : story.passes]),
      );
      const [before, now] = [text.split('\n'), turned.split('\n')];
      const changed = now.filter((line) => !before.includes(line));
      expect(changed.length).toBeLessThanOrEqual(name === '11-plan.md' ? 2 : 1);
    }
    const same = Object.fromEntries(stories.map(({ id, passes }) => [id, { passes }]));
    expect(writePrd(text, same, dialect)).toBe(text);
  },
);

test('a story that has a status keeps to it, in the words of its file', () => {
  const turned = (name: string, id: string, passes: boolean) =>
    writePrd(textOf(name), { [id]: { passes } }, dialectOf(textOf(name), name));
  expect(turned('06-status.json', 's2', true)).toBe(textOf('06-status.json').replace('"open"', '"done"'));
  expect(turned('13-issues.jsonl', 'bd-2', true)).toContain(
    '"small","status":"closed"'.replace('"small",', '- small",'),
  );
  expect(turned('15-issues.json', 'uuid-1', false)).toContain('"state": "In Progress"');
  expect(turned('10-queue.json', 'T-1', true)).toContain('"status": "done"');
});

test('YAML and CSV keep comments, quotes and manner', () => {
  const yaml = textOf('07-tasks.yaml');
  const done = writePrd(
    yaml,
    { 'write-the-api': { passes: true }, 'write-the-docs': { passes: true } },
    dialectOf(yaml, ''),
  );
  expect(done).toBe(
    yaml
      .replace('completed: false', 'completed: true')
      .replace('- title: Write the docs', '- title: Write the docs\n    passes: true'),
  );
  const csv = textOf('07-tasks.csv');
  expect(writePrd(csv, { logout: { passes: true } }, dialectOf(csv, ''))).toBe(
    csv.replace('Logout,,no', 'Logout,,yes'),
  );
});

const bomb = Array.from(
  { length: 30 },
  (_, at) => `a${at}: &a${at} [${at === 0 ? 1 : `*a${at - 1}, *a${at - 1}`}]`,
).join('\n');

test.each([
  ['a.yaml', 'tasks:\n\t- title: x\n', 2],
  ['a.yaml', bomb, 2],
  ['a.csv', 'title,done\n"x,no\n', 2],
  ['a.jsonl', '{"id":"a","title":"A"}\n{"id":"b",}\n', 2],
  ['a.md', '# Only words\n\nNothing to tick.\n', 1],
  ['a.md', '- [ ] A-1: x\n- [ ] A-1: y\n', 2],
])('%s is refused with its line', (name, text, line) => {
  let facts: unknown;
  try {
    importPrd(text, name);
  } catch (error) {
    facts = (error as { facts: unknown }).facts;
  }
  expect(facts).toMatchObject({ path: name, line });
  if (text.includes('Only words')) expect((facts as { why: string }).why).toContain('no checkbox');
});
