import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT } from '../support/scene.ts';

const SRC = join(PROJECT, 'src');

function linesWith(pattern: RegExp, allowed: readonly string[]): readonly string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !allowed.some((room) => path.startsWith(room)))
    .flatMap((path) =>
      readFileSync(join(SRC, path), 'utf8')
        .split('\n')
        .filter((line) => pattern.test(line.replace(/^\s*(\/\/|\*|\/\*).*/, '')))
        .map((line) => `${path}: ${line.trim()}`),
    );
}

test('nothing prints but the surfaces, through the one pair of streams that main opens', () => {
  expect(linesWith(/\bconsole\b/, [])).toEqual([]);
  expect(linesWith(/process\.std(out|err|in)\b/, ['main.ts', 'scripted/', 'adapters/terminal/'])).toEqual([]);
});

test('one place ends the process', () => {
  expect(linesWith(/process\.(exit\b|exitCode|abort)/, ['main.ts', 'scripted/'])).toEqual([]);
});
