import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT } from '../support/scene.ts';

/** A file beyond this is two files. The cap of functions (50 lines) is a lint rule. */
const CAP = 250;

test('no source file is longer than 250 lines', async ({ annotate }) => {
  const sizes = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'src', 'scripts'], {
    cwd: PROJECT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, lines: readFileSync(join(PROJECT, path), 'utf8').split('\n').length - 1 }))
    .sort((a, b) => b.lines - a.lines);
  const largest = sizes.slice(0, 5).map(({ path, lines }) => `${path} ${lines}`);
  await annotate(`${sizes.length} files; largest: ${largest.join(', ')}`);
  expect(sizes.filter(({ lines }) => lines > CAP)).toEqual([]);
});
