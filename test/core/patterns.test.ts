import { expect, test } from 'vitest';
import { debatersOf } from '../../src/core/patterns/debate.ts';
import { stagesOf } from '../../src/core/patterns/pipeline.ts';
import { type Rival, rank } from '../../src/core/patterns/rivals.ts';
import { saidIn } from '../../src/core/patterns/said.ts';

const rival = (task: string, more: Partial<Rival> = {}): Rival => ({
  ...{
    task,
    branch: `gwt/${task}`,
    agent: 'a',
    finished: true,
    clashes: false,
    cheats: 0,
    lines: 10,
    usd: 1,
    tokens: 5,
  },
  ...more,
});

test.each<[string, readonly Rival[], string | undefined, string | undefined]>([
  ['none is finished', [rival('a', { finished: false })], undefined, undefined],
  ['the only one', [rival('a', { finished: false }), rival('b')], 'b', 'is the only one that is finished'],
  ['no conflict before size', [rival('a', { clashes: true, lines: 1 }), rival('b')], 'b', 'goes onto the target'],
  ['tests left alone before size', [rival('a', { cheats: 1, lines: 1 }), rival('b')], 'b', 'leaves tests and gates'],
  ['size before cost', [rival('a', { usd: 0 }), rival('b', { lines: 9 })], 'b', 'is the smallest: 9 lines'],
  ['cost', [rival('a'), rival('b', { usd: 0.5 })], 'b', 'cost the least: $0.50'],
  ['tokens', [rival('a'), rival('b', { tokens: 4 })], 'b', 'used the fewest tokens: 4'],
  ['alike', [rival('b'), rival('a')], 'a', 'is as good as the next'],
])('%s', (_, rivals, best, why) => {
  const { order, reasons } = rank(rivals);
  expect(order[0]?.task).toBe(best);
  expect(reasons[0]).toEqual(why === undefined ? undefined : expect.stringContaining(why));
});

test('a judge chooses only among those that are finished', () => {
  const rivals = [rival('a'), rival('b'), rival('c', { finished: false })];
  expect(rank(rivals, { task: 'b', reasons: ['nicer'] })).toMatchObject({
    order: [{ task: 'b' }, { task: 'a' }],
    reasons: ['nicer'],
  });
  expect(rank(rivals, { task: 'c', reasons: ['nicer'] }).order.map(({ task }) => task)).toEqual(['a', 'b']);
});

test.each<[string, unknown]>([
  ['architect,critic', { proposer: 'architect', critic: 'critic' }],
  [' architect , critic : a tired user ', { proposer: 'architect', critic: 'critic', persona: 'a tired user' }],
  ['architect', undefined],
  ['a,b,c', undefined],
  ['', undefined],
])('debaters: %s', (text, expected) => {
  expect(debatersOf(text)).toEqual(expected);
});

test('stages are known ones, the config’s own, and roles', () => {
  const roles = new Map([
    ['tester', ''],
    ['poet', ''],
  ]);
  const config = { stages: { ship: { role: 'poet', prompt: 'sing', gates: ['true'] }, test: { gates: ['x'] } } };
  const found = stagesOf(['plan', 'test', 'poet', 'ship'], config, roles);
  expect('stages' in found && found.stages.map(({ name, role, gates }) => [name, role, ...gates])).toEqual([
    ['plan', 'architect'],
    ['test', 'tester', 'x'],
    ['poet', 'poet'],
    ['ship', 'poet', 'true'],
  ]);
  for (const wrong of [[], [''], ['test', 'test'], ['dance']])
    expect(stagesOf(wrong, config, roles)).toHaveProperty('problem');
});

test.each<[string, string | undefined, string, unknown]>([
  ['the file', '{"a":1}', 'x', { a: 1 }],
  ['a broken file counts, whatever was said', '{', '{"a":1}', undefined],
  ['the last line', undefined, 'I think so.\n{"a":1}', { a: 1 }],
  ['a fence at the end', undefined, 'so:\n```json\n{\n"a":1\n}\n```', { a: 1 }],
  ['what is only quoted further up', undefined, '{"a":1}\nbut no', undefined],
  ['a list', undefined, '[1]', undefined],
])('an answer: %s', (_, file, text, expected) => {
  expect(saidIn(file, { wellFormed: true, text })).toEqual(expected);
  if (file === undefined) expect(saidIn(file, { wellFormed: false, text })).toBeUndefined();
});
