import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimPathspecs, neverPathspecs } from '../../src/core/pathspec.ts';
import { trespasses } from '../../src/core/trespass.ts';
import { scene } from '../support/scene.ts';

test.each([
  ['src/auth/**', [':(top,exclude,glob)src/auth/**']],
  ['/LICENSE', [':(top,exclude,glob)LICENSE', ':(top,exclude,glob)LICENSE/**']],
  ['docs', [':(top,exclude,glob)**/docs', ':(top,exclude,glob)**/docs/**']],
  ['docs/', [':(top,exclude,glob)**/docs/**']],
  ['src/docs/', [':(top,exclude,glob)src/docs/**']],
  ['*.ts', [':(top,exclude,glob)**/*.ts', ':(top,exclude,glob)**/*.ts/**']],
  ['a/**/b', [':(top,exclude,glob)a/**/b', ':(top,exclude,glob)a/**/b/**']],
  ['a\\*b', [':(top,exclude,glob)**/a\\*b', ':(top,exclude,glob)**/a\\*b/**']],
])('a claim on %s leaves out what it names and what lies below', (pattern, excluded) => {
  expect(claimPathspecs([pattern])).toEqual({ outside: [':(top)', ...excluded], inside: [] });
});

test('what a claim takes out again, and what is frozen, is found in any case of letters', () => {
  expect(claimPathspecs(['src/**', '!src/keys/']).inside).toEqual([':(top,icase,glob)src/keys/**']);
  expect(neverPathspecs(['LICENSE', 'é?.md'])).toEqual([
    ':(top,icase,glob)**/LICENSE',
    ':(top,icase,glob)**/LICENSE/**',
    ':(top,icase,glob)**/**.md',
    ':(top,icase,glob)**/**.md/**',
  ]);
});

const PATHS = [
  'b/a',
  'ab',
  'A/b',
  'a/b/c',
  'a/é',
  'é',
  'É/a',
  'b/a.ts',
  'a.ts/b',
  '*',
  'a?',
  '[a]',
  'b/ /c',
  '-a',
  'a/a/b',
  'c/B',
];
const word = fc.array(
  fc.constantFrom('a', 'b', 'c', 'A', 'é', '*', '?', '[ab]', '[!a]', '[a-c]', '[[:alpha:]]', '\\*', '.ts', ' x'),
  {
    minLength: 1,
    maxLength: 3,
  },
);
const segment = fc.oneof(
  { weight: 3, arbitrary: word.map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.constant('**') },
);
const pattern = fc
  .tuple(fc.constantFrom('', '/'), fc.array(segment, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '', '/'))
  .map(([start, segments, end]) => `${start}${segments.join('/')}${end}`);
const claim = fc.array(
  fc.tuple(fc.constantFrom('', '', '', '!'), pattern).map((parts) => parts.join('')),
  {
    minLength: 1,
    maxLength: 4,
  },
);

test('the quick check flags at least every path the precise one refuses', async () => {
  const s = await scene();
  const input = PATHS.map((path) => `100644 ${s.git('rev-parse', 'HEAD:README.md')}\t${path}\0`).join('');
  const flagged = (specs: readonly string[]) =>
    new Set(
      specs.length === 0
        ? []
        : execFileSync('git', ['ls-files', '-z', '--', ...specs], { cwd: s.dir, encoding: 'utf8' })
            .split('\0')
            .filter(Boolean),
    );
  execFileSync('git', ['update-index', '-z', '--index-info'], { cwd: s.dir, input });
  const indexed = [...flagged([':(top)'])];
  fc.assert(
    fc.property(claim, fc.array(pattern, { maxLength: 2 }), (owns, frozen) => {
      const task = { id: 'login', owns, state: 'running' as const };
      const changes = indexed.map((path) => ({ path }));
      const refused = trespasses({ changes, task, others: [], frozen }).map(({ path }) => path);
      const { outside, inside } = claimPathspecs(owns);
      const found = new Set([...flagged(outside), ...flagged([...inside, ...neverPathspecs(frozen)])]);
      expect(refused.filter((path) => !found.has(path))).toEqual([]);
    }),
    { numRuns: 250 },
  );
});
