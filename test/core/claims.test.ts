import fc from 'fast-check';
import ignore from 'ignore';
import { expect, test } from 'vitest';
import { clash, overlap, owns } from '../../src/core/claims.ts';

const overlapping: readonly (readonly [string[], string[]])[] = [
  [['src/**'], ['src/auth/x.ts']],
  [['src/a*.ts'], ['src/*b.ts']],
  [['src/auth/*.ts'], ['src/**/login.ts']],
  [['src/'], ['src/auth/x.ts']],
  [['src'], ['src/auth/']],
  [['*.ts'], ['src/**']],
  [['**/test'], ['src/']],
  [['/README.md'], ['README*']],
  [['a/**/z'], ['a/z']],
  [['[a-m]*.ts'], ['[m-z]*.ts']],
  [['src/[!a]*'], ['src/b']],
  [['a?c'], ['ab*']],
  [['src/**', '!src/auth/**'], ['src/main.ts']],
  [['*.ts'], ['x.ts/**']],
  [['docs/**', '!docs/api/**', 'docs/api/index.md'], ['docs/api/*.md']],
  [['ünï/**'], ['*.md']],
  [['[[:digit:]]x'], ['4x']],
  [['\\!important'], ['/\\!*']],
];
test.each(overlapping)('%j overlaps %j', (a, b) => {
  const found = overlap(a, b);
  expect(found).toBeDefined();
  expect(owns(a, found?.path ?? '') && owns(b, found?.path ?? '')).toBe(true);
  expect(overlap(b, a)).toBeDefined();
});

const apart: readonly (readonly [string[], string[]])[] = [
  [['src/auth/**'], ['src/api/**']],
  [['src/a*.ts'], ['src/b*.ts']],
  [['src/*.ts'], ['src/auth/*.ts']],
  [['*.ts'], ['*.md']],
  [['/README.md'], ['docs/README.md']],
  [['src/**', '!src/auth/**'], ['src/auth/**']],
  [['src/', '!src/auth/x.ts'], ['src/auth/x.ts']],
  [['*', '!docs/'], ['docs/**']],
  [['a/**/z'], ['b/**/z']],
  [['[a-l]*.ts'], ['[m-z]*.ts']],
  [['src/?'], ['src/??']],
  [['build/'], ['/build.ts']],
  [['lib/**', '!lib/*.md'], ['lib/*.md']],
  [['package.json'], ['*.ts']],
  [[], ['**']],
];
test.each(apart)('%j and %j have nothing in common', (a, b) => {
  expect(overlap(a, b)).toBeUndefined();
  expect(overlap(b, a)).toBeUndefined();
});

test('shared paths may be claimed by many', () => {
  expect(overlap(['package.json', 'src/a/**'], ['package.json', 'src/b/**'], ['package.json'])).toBeUndefined();
  expect(overlap(['*.json'], ['p*'], ['package.json'])).toMatchObject({ pattern: '*.json', otherPattern: 'p*' });
});

test('a clash names the other task and both patterns, and leaves out tasks that are over', () => {
  const others = [
    { id: 'api', state: 'landed', owns: ['src/**'] },
    { id: 'login', state: 'queued', owns: ['src/auth/**'] },
  ] as const;
  expect(clash({ id: 'ui', owns: ['/docs/', 'src/**/*.css'] }, others, [])).toMatchObject({
    other: 'login',
    pattern: 'src/**/*.css',
    otherPattern: 'src/auth/**',
  });
  expect(clash({ id: 'login', owns: ['src/**'] }, others, [])).toBeUndefined();
});

test.each(['', '#x', 'a//b', './a', '../a', 'a/../b', '[a', 'a\\', '!', 'a\nb'])('%j is no pattern', (pattern) => {
  expect(() => overlap([pattern], ['x'])).toThrow('claim.invalid');
});

const piece = fc.constantFrom('a', 'b', 'ab', '*', '?', 'a*', '*b', '[ab]', '[!a]', '*.t', '**', 'a?*');
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '/', '!'),
    fc.array(piece, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '', '/'),
  )
  .map(([head, pieces, tail]) => head + pieces.join('/') + tail);
const claim = fc.array(pattern, { minLength: 1, maxLength: 3 });
const path = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'b', 'ab', 'ba', 'c'), { maxLength: 3 }),
    fc.constantFrom('a', 'b', 'ab', 'ba', 'c', 'a.t', 'x.t'),
  )
  .map(([folders, name]) => [...folders, name].join('/'));

/** The same rule said slowly: one pattern at a time, by the library, on the path and each folder above it. */
function slowly(patterns: readonly string[], name: string): boolean {
  const named = patterns.filter((line) => ignore({ ignorecase: false }).add(line.replace(/^!/, '')).ignores(name));
  return named.length > 0 && !named.at(-1)?.startsWith('!');
}

test('owning is what the ignore library says of each pattern, the last one deciding', () => {
  fc.assert(
    fc.property(claim, path, (patterns, name) => {
      expect(owns(patterns, name)).toBe(slowly(patterns, name));
    }),
    { numRuns: 1000 },
  );
});

test('claims overlap exactly when a path has two owners', () => {
  fc.assert(
    fc.property(claim, claim, claim, path, (mine, theirs, shared, name) => {
      const found = overlap(mine, theirs, shared);
      if (slowly(mine, name) && slowly(theirs, name) && !slowly(shared, name)) expect(found).toBeDefined();
      if (found?.path)
        expect([mine, theirs, shared].map((patterns) => slowly(patterns, found.path))).toEqual([true, true, false]);
    }),
    { numRuns: 1000 },
  );
});
