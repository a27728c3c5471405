import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { played, type Row } from '../../scripts/conformance/row.ts';
import { ROWS } from '../../scripts/conformance/rows.ts';
import { lineOf } from '../../scripts/conformance/table.ts';
import { PROJECT } from '../support/scene.ts';

const page = readFileSync(join(PROJECT, 'docs/conformance.md'), 'utf8');
const QUICK = [
  'honest',
  'lie',
  'all-flipped',
  'limit-exit-0',
  'edits-the-gate',
  'commits-outside',
  'secrets',
  'sigkill',
];
const quick = ROWS.filter(({ name }) => QUICK.includes(name));

test.each(quick)('what the page says of an agent that $does is so', async (row: Row) => {
  expect(page).toContain(lineOf(await played(row)));
});

test('a row whose facts do not hold is not ok, and says which', async () => {
  const [row] = quick as [Row];
  const other = { ...row, setting: { agent: 'writes-outside' }, ends: 'stuck 0/1, exit 3' };
  const { verdict, did } = await played({ ...other, facts: () => ({ 'the sky is green': false }) });
  expect({ verdict, did }).toEqual({
    verdict: 'not ok',
    did: 'stuck 0/1, exit 3; NOT: the sky is green; NOT: the person’s checkout is as it was; NOT: no branch but the task’s moved',
  });
});
