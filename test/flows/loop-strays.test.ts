import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { escalations } from '../../src/flows/escalate.ts';
import { loop } from '../../src/flows/loop.ts';
import { resolve } from '../../src/flows/resolve.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { looped, of, passing, stateOf, taskScene } from '../support/looping.ts';
import type { Scene } from '../support/scene.ts';

/** The checkout as a person left it: one file changed, one of their own. */
async function outsider(loopConfig = {}): Promise<Scene> {
  const s = await taskScene('writes-outside', { gates: ['test -d src'], loop: loopConfig });
  s.write('README.md', '# sample, and what the person is just writing\n');
  s.write("it's mine.txt", 'mine\n');
  return s;
}

test('what an agent changes in the person’s checkout is told, and keeps its story from passing until somebody looked', async () => {
  const s = await outsider();
  const before = s.git('rev-parse', 'main');
  const { row, events } = await looped(s);
  expect(row).toMatchObject({ outcome: 'stuck', stories: { passing: 0 }, iterations: 1 });
  const main = s.git('rev-parse', 'main');
  const what = `${s.dir}/old.txt changed, ${s.dir}/stray.txt is new, main moved to ${main.slice(0, 10)}`;
  expect(row.reason).toBe(`outside its worktree, while its agent ran: ${what}`);
  expect(of(events, 'stray.found')).toMatchObject([{ story: 'S-1', what, held: true }]);
  // gwt touched none of it, and says what to type.
  expect(s.read('stray.txt')).toBe('theirs\n');
  const [question] = await escalations(s.ports());
  expect(question?.context.notes).toEqual(
    expect.arrayContaining([
      expect.stringContaining(`git -C '${s.dir}' diff HEAD -- 'old.txt'`),
      expect.stringContaining(`rm -r -- '${s.dir}/stray.txt'`),
      expect.stringContaining(`git -C '${s.dir}' update-ref 'refs/heads/main' ${before} ${main}`),
    ]),
  );
  const person = s.git('log', '-1', '--format=%cn', before);
  expect(s.git('log', '-1', '--format=%an, %cn', 'main')).toBe(`${person}, ${person} (t-a)`);
  // Acknowledged: what lies there now is taken as it is; an agent that behaves passes the story.
  await resolve(s.ports(), { id: question?.id ?? '', answer: 'retry' });
  writeFileSync(s.path('gwt.config.json'), s.read('gwt.config.json').replace('writes-outside', 'honest'));
  expect(await looped(s)).toMatchObject({ row: { outcome: 'complete' } });
  expect(passing(s)).toEqual(['S-1']);
});

test('where only a note is wanted the story passes, and it is written down all the same', async () => {
  const s = await outsider({ strays: 'warn' });
  const { row, events } = await looped(s);
  expect(row).toMatchObject({ outcome: 'complete' });
  expect(of(events, 'stray.found')).toMatchObject([{ held: false }]);
  expect(s.git('log', '--format=%s', 'refs/gwt/tasks/t')).toContain('outside its worktree, while its agent ran');
});

test.each([
  ['ask', 'complete', false],
  ['strict', 'stuck', true],
] as const)(
  'files that changed while an agent ran that tells nothing of them, with %s: %s',
  async (strays, outcome, held) => {
    const s = await taskScene('says-it-works', { loop: { strays } });
    const config = JSON.parse(s.read('gwt.config.json'));
    const agent = { ...config.agents.a, env: { SCENE: s.dir } };
    s.write('gwt.config.json', JSON.stringify({ ...config, agents: { a: agent } }));
    const { row, events } = await looped(s);
    expect(row).toMatchObject({ outcome });
    expect(of(events, 'stray.found')).toMatchObject([{ held }]);
  },
);

test('what a person does with their own checkout meanwhile is not held against an agent that tells what it does', async () => {
  const s = await taskScene('says-it-works');
  const config = JSON.parse(s.read('gwt.config.json'));
  const driver = { driver: 'claude', command: config.agents.a.command, env: { SCENE: s.dir } };
  s.write('gwt.config.json', JSON.stringify({ ...config, agents: { a: driver } }));
  const { row, events } = await looped(s);
  expect(row).toMatchObject({ outcome: 'complete' });
  expect(of(events, 'stray.found')).toEqual([]);
  expect(s.read('by the person.txt')).toBe('mine\n');
  expect(s.git('log', '-1', '--format=%s', 'main')).toBe('by the person');
  // The same, and its transcript names the checkout.
  rmSync(s.path('by the person.txt'));
  s.write(
    'gwt.config.json',
    JSON.stringify({ ...config, agents: { a: { ...driver, env: { SCENE: s.dir, NAMES: '1' } } } }),
  );
  await spawn(s.ports(), { tasks: ['u'], prompt: 'again' });
  const [again] = (await loop(s.ports(), { tasks: ['u'] })).tasks;
  expect(again).toMatchObject({ outcome: 'stuck', reason: expect.stringContaining('by the person.txt') });
});

test('files in the worktree of another task that waits are seen, those of one that runs are its own agent’s', async () => {
  const s = await taskScene('writes-to-others');
  await spawn(s.ports(), { tasks: ['idle'], prompt: 'later' });
  const { row } = await looped(s);
  expect(row).toMatchObject({
    outcome: 'stuck',
    reason: expect.stringContaining(`${s.worktree('idle')}/stray.txt is new`),
  });
  expect(stateOf(s)).toBe('blocked');
});
