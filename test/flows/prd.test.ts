import { expect, test } from 'vitest';
import { scene } from '../support/scene.ts';

test('spawn takes stories from a checklist, a table, YAML or JSON lines: the agent gets them as JSON', async () => {
  const s = await scene();
  s.write('plan.md', '# Shop\n\n- [ ] Add a row\n  - [ ] asks\n- [ ] Remove a row\n');
  s.write('plan.yaml', 'tasks:\n  - title: Add a row\n  - title: Remove a row\n');
  s.write('plan.csv', 'title,priority\nAdd a row,1\nRemove a row,2\n');
  s.write('plan.jsonl', '{"title":"Add a row","x":1}\n{"title":"Remove a row"}\n');
  s.commit('plans');
  for (const ending of ['md', 'yaml', 'csv', 'jsonl']) {
    const spawned = await s.gwt('spawn', `from ${ending}`, '--prd', `plan.${ending}`);
    expect(spawned.code, `${spawned}`).toBe(0);
    const shown = (await s.gwt('show', `from-${ending}`, '--json')).json();
    expect(shown.stories.map(({ id }: { id: string }) => id)).toEqual(['add-a-row', 'remove-a-row']);
    const copy = s.read(`${s.worktree(`from-${ending}`)}/prd.json`);
    expect(JSON.stringify(JSON.parse(copy))).toContain('Add a row');
  }
  const wrong = await s.gwt('spawn', 'wrong', '--prd', '.');
  expect(wrong.err).toMatch(/PRD|folder/);
});

const PLAN = '# Shop\n\n- [x] Add a row\n- [ ] Remove a row\n  - [ ] asks\n- [ ] Pay (after remove-a-row)\n';

test('prd show, next, lint and import of a file; nothing is written', async () => {
  const s = await scene();
  s.write('plan.md', PLAN);
  s.commit('plan');
  const shown = await s.gwt('prd', 'show', 'plan.md');
  expect(shown.out).toMatch(/plan\.md \(Markdown\): 1 of 3 stories pass\n {2}\[x\] add-a-row {2}Add a row/);
  expect((await s.gwt('prd', 'show', s.path('plan.md'))).out).toContain('1 of 3 stories pass');
  expect((await s.gwt('prd', 'next', 'plan.md')).out).toMatch(/^Next: remove-a-row/);
  const linted = await s.gwt('prd', 'lint', 'plan.md');
  expect([linted.code, linted.out]).toEqual([1, expect.stringMatching(/^pay.*: nothing says when it is done/)]);
  const imported = await s.gwt('prd', 'import', 'plan.md');
  expect(JSON.parse(imported.out).userStories).toMatchObject([{ id: 'add-a-row', passes: true }, {}, {}]);
  expect((await s.gwt('prd', 'shwo')).err).toContain('did you mean show?');
  expect((await s.gwt('prd', 'export', 'x')).code).toBe(2);
  expect(s.git('status', '--porcelain')).toBe('');
});

test('prd lint: a circle, a giant, one set aside', async () => {
  const s = await scene();
  const circle = { criteria: ['x'], passes: false };
  const stories = [
    { id: 'a', title: 'A', ...circle, after: ['b'] },
    { id: 'b', title: 'B', ...circle, after: ['a'] },
    { id: 'c', title: 'C', criteria: Array.from({ length: 9 }, (_, at) => `${at}`), passes: false },
    { id: 'd', title: 'D', criteria: ['x'], status: 'blocked' },
    { id: 'e', title: 'E', criteria: ['x'], passes: true },
  ];
  s.write('stories.json', JSON.stringify({ stories }));
  const linted = (await s.gwt('prd', 'lint', 'stories.json', '--json')).json();
  expect(linted.warnings).toMatchObject([
    { story: 'a', what: expect.stringContaining('circle') },
    { story: 'b', what: expect.stringContaining('circle') },
    { story: 'c', what: expect.stringContaining('9 criteria') },
    { story: 'd', what: expect.stringContaining('set aside (blocked)') },
  ]);
});

test('prd export ticks in the file what passes in the task, and nothing else', async () => {
  const s = await scene();
  s.write('plan.md', PLAN);
  s.write('half.csv', 'title,done\nPay (after remove-a-row),no\n');
  s.commit('plan');
  await s.gwt('spawn', 'shop', '--prd', 'plan.md');
  s.write('plan.md', PLAN.replace('[x] Add', '[ ] Add').replace('# Shop', '# My shop\r'));
  const exported = await s.gwt('prd', 'export', 'shop', 'plan.md');
  expect(exported.out).toBe('Marked in plan.md: add-a-row\n');
  expect(s.read('plan.md')).toBe(PLAN.replace('# Shop', '# My shop\r'));
  const other = await s.gwt('prd', 'export', 'shop', 'half.csv');
  expect(other.out).toMatch(/says so already|not in the file: add-a-row, remove-a-row/);
  expect((await s.gwt('prd', 'show', 'shop')).out).toContain('1 of 3 stories pass');
});
