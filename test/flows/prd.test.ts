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
