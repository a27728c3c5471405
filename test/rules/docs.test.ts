import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reference, withTable } from '../../scripts/docs/reference.ts';
import { PROJECT } from '../support/scene.ts';

const read = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');

test('the command reference and the table in the README are what the program says (npm run docs writes them)', async () => {
  const { full, table } = await reference();
  expect(read('docs/commands.md')).toBe(full);
  const readme = read('README.md');
  expect(readme).toBe(withTable(readme, table));
});
