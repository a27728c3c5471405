import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { looped, taskScene } from '../support/looping.ts';
import type { Scene } from '../support/scene.ts';

const prompt = (s: Scene, number: number) => readFileSync(s.path(`.git/prompts/${number}`), 'utf8');
const part = (text: string, title: string) =>
  text.split(/^(?=## )/m).find((one) => one.startsWith(`## ${title}\n`)) ?? '';

test('a prompt has what was learned, how the last attempt failed from its first line to its last, and quotes its agents', async () => {
  const gate = 'echo first error; seq 100000; echo last line; test $(wc -l < src/S-1.txt) -ge 3';
  const s = await taskScene('learns', { gates: [gate] });
  const { row } = await looped(s);
  expect(row).toMatchObject({ outcome: 'complete', iterations: 3 });
  const last = part(prompt(s, 3), 'The last attempt (S-1) was not accepted');
  expect(last).toMatch(/first error\n1\n2\n[\s\S]*left out here[\s\S]*99999\n100000\nlast line/);
  expect(last.length).toBeLessThan(8000);
  const before = part(prompt(s, 3), 'What happened before');
  expect(before).toMatch(/^> - lesson 1\n> - lesson 2$/m);
  expect(before).toMatch(/^> - iteration 1 · S-1 · red: gate /m);
  expect(prompt(s, 3).match(/^## When you are done$/gm)).toHaveLength(1);
  const journal = readFileSync(join(s.worktree('t'), 'progress.md'), 'utf8');
  expect(`${journal}${prompt(s, 3)}`).not.toContain('sk-ant');
  expect(journal).toContain('Say yes. [secret]');
});

test('a loop that begins again still knows what the gate said', async () => {
  const gate = 'echo why it is red; test $(wc -l < src/S-1.txt) -ge 2';
  const s = await taskScene('learns', { gates: [gate] });
  await looped(s, { max: 1 });
  await looped(s);
  expect(part(prompt(s, 2), 'The last attempt (S-1) was not accepted')).toContain('why it is red');
});

test('what others landed since is told once in full, then short', async () => {
  const s = await taskScene('learns', { gates: ['test $(wc -l < src/S-1.txt) -ge 4'] });
  await looped(s, { max: 1 });
  expect(prompt(s, 1)).not.toContain('What changed on the target');
  s.commit('auth: a form\n\nGwt-Task: auth', { 'src/S-1.txt': 'theirs\n', 'docs/a.md': 'a\n' });
  await looped(s, { max: 2 });
  const first = part(prompt(s, 2), 'What changed on the target');
  expect(first).toContain('`main` has 1 commit that your branch does not have.');
  expect(first).toContain('`auth: a form` (task `auth`): meets yours in `src/S-1.txt` and 2 other files');
  const second = part(prompt(s, 3), 'What changed on the target');
  expect(second).toContain('(iteration 2 was told of 1)');
  expect(second).toContain('meet yours in `src/S-1.txt`.');
  expect(second).not.toContain('a form');
  s.commit('later', { 'docs/b.md': 'b\n' });
  await looped(s);
  const third = part(prompt(s, 4), 'What changed on the target');
  expect(third).toContain('2 commits that your branch does not have (iteration 2 was told of 1)');
  expect(third).toContain('`later`: changes 1 file');
  expect(third).not.toContain('a form');
});
