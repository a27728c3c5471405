import { expect, test } from 'vitest';
import { readPrd } from '../../src/core/prd.ts';
import { proposalsOf, takenOver } from '../../src/core/proposal.ts';

const prd = (...stories: readonly [id: string, passes: boolean, notes?: string][]) =>
  readPrd(
    JSON.stringify({ userStories: stories.map(([id, passes, notes = '']) => ({ id, title: id, passes, notes })) }),
    'prd.json',
  );
const flags = (text: string) => readPrd(text, 'p').stories.map(({ id, passes }) => `${id}${passes ? '+' : ''}`);

test.each([
  ['nothing', prd(['a', false]).text, { flipped: [], notes: {}, altered: false }],
  ['a flag and a note', prd(['a', true, 'why']).text, { flipped: ['a'], notes: { a: 'why' }, altered: false }],
  ['another title', prd(['a', false]).text.replace('"title":"a"', '"title":"easy"'), { flipped: [], altered: true }],
  ['a story more', prd(['a', false], ['b', true]).text, { flipped: [], altered: true }],
  ['no file', undefined, { flipped: [], broken: 'the file is gone' }],
  ['no JSON', '{\n oops', { flipped: [], broken: expect.stringContaining('line 2') }],
])('an agent proposes %s', (_, copy, wanted) => {
  expect(proposalsOf(prd(['a', false]), copy)).toMatchObject(wanted);
});

test.each([
  ['a story added by a person', prd(['a', true]), prd(['a', true], ['b', true]), prd(['a', true]), ['a+', 'b']],
  ['a flag set back by a person', prd(['a', true]), prd(['a', false]), prd(['a', true]), ['a']],
  ['a flag set to true by a person', prd(['a', false]), prd(['a', true]), prd(['a', false]), ['a']],
  [
    'a story taken out by a person',
    prd(['a', true], ['b', false]),
    prd(['a', true]),
    prd(['a', true], ['b', false]),
    ['a+'],
  ],
  [
    'a story that came into the ledger since',
    prd(['a', true], ['fix', false]),
    prd(['a', true], ['b', false]),
    prd(['a', true]),
    ['a+', 'b', 'fix'],
  ],
  ['a copy of unknown age', prd(['a', true], ['fix', true]), prd(['a', false]), undefined, ['a+', 'fix+']],
])('%s', (_, ledger, copy, base, wanted) => {
  expect(flags(takenOver(ledger, copy, base))).toEqual(wanted);
});
