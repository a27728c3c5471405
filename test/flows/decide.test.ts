import { expect, test } from 'vitest';
import { inbox } from '../../src/flows/inbox.ts';
import { type DecideInput, decide, decisions } from '../../src/flows/patterns/decide.ts';
import { resolve } from '../../src/flows/resolve.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { agentPath } from '../support/looping.ts';
import { type Scene, scene } from '../support/scene.ts';

const thinker = (...args: string[]) => ({ driver: 'command', command: [agentPath('thinker.mjs'), ...args] });
const agents = {
  ada: thinker('sqlite', 'sqlite'),
  bob: thinker('sqlite', 'files'),
  eve: thinker('files', 'files in a folder'),
  mute: thinker('silent'),
  slow: thinker('slow', 'later'),
};
const begun = (): Promise<Scene> => scene({ 'a.txt': 'a\n', 'gwt.config.json': JSON.stringify({ agents }) });
const asking = (...names: string[]): DecideInput => ({
  ...{ question: 'Where does the cache live?', agents: names, quorum: 0.66, deadlineSeconds: 600, rounds: 2 },
});

test('what two of three vote for is decided, written down with its reasons, and told to the task', async () => {
  const s = await begun();
  await spawn(s.ports(), { tasks: ['cache'], agent: 'ada' });
  const made = await decide(s.ports(), { ...asking('ada', 'bob', 'eve'), task: 'cache' });
  expect(made).toMatchObject({
    outcome: 'decided',
    answer: 'sqlite',
    by: 'agents',
    reasons: ['because sqlite', 'sqlite it is'],
  });
  expect(made.rounds).toHaveLength(1);
  expect(made.rounds[0]?.proposals.map(({ agent, letter, confidence }) => [agent, letter, confidence])).toEqual([
    ['ada', 'A', 0.7],
    ['bob', 'B', 0.7],
    ['eve', 'C', 0.7],
  ]);
  expect(await decisions(s.ports())).toEqual([made]);
  expect(s.git('show', 'refs/gwt/tasks/cache:notes.json')).toContain('because sqlite');
  expect(s.git('log', '-1', '--format=%s', 'refs/gwt/decisions/1')).toBe(
    'decision 1: Where does the cache live? sqlite',
  );
});

test('without a quorum they debate once more, and then a person decides', async () => {
  const s = await begun();
  const open = await decide(s.ports(), { ...asking('ada', 'eve', 'mute'), quorum: 0.5 });
  expect(open).toMatchObject({ outcome: 'open', escalation: '1' });
  expect(open.rounds).toHaveLength(2);
  expect(open.rounds[1]?.silent).toEqual(Array(2).fill('mute gave no answer (exit 0)'));
  const [question] = (await inbox(s.ports(), {})).escalations;
  expect(question).toMatchObject({ reason: 'question', summary: 'Where does the cache live?' });
  await resolve(s.ports(), { id: '1', answer: 'answer', text: 'in memory' });
  expect((await decisions(s.ports()))[0]).toMatchObject({ outcome: 'decided', answer: 'in memory' });
});

test('the deadline ends it, and who was not done has not agreed', async () => {
  const s = await begun();
  const open = await decide(s.ports(), { ...asking('slow', 'slow'), deadlineSeconds: 2 });
  expect(open).toMatchObject({ outcome: 'open', share: 0, rounds: [{ proposals: [], votes: [] }] });
});

test('the built program', async () => {
  const s = await begun();
  const made = await s.gwt('decide', 'Where', 'to?', '--agents', 'ada,bob', '--yes');
  expect(made.out).toContain('decided: sqlite (100 % of 2, 66 % needed)');
  expect((await s.gwt('decide')).out).toBe('1  Where to?  sqlite\n');
  for (const wrong of [
    ['x'],
    ['x', '--agents', 'ada,'],
    ['x', '--agents', 'ada', '--quorum', '2'],
    ['x', '--agents', 'ada', '--deadline', 'soon'],
  ])
    expect((await s.gwt('decide', ...wrong)).code).toBe(2);
});
