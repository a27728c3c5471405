import { expect, test } from 'vitest';
import { partiesOf } from '../../src/core/claim-request.ts';
import { owns } from '../../src/core/claims.ts';
import { guardOf, readCodeowners } from '../../src/core/codeowners.ts';
import { givenByPerson, givingUp, type Holder, inForce, missing, obstacles, taking } from '../../src/core/holding.ts';
import { fromTop, pathOf, patternFor } from '../../src/core/pattern.ts';
import type { Task } from '../../src/core/task.ts';

const task = (owned: readonly string[], more: Partial<Holder> = {}): Holder => ({
  id: 't',
  owns: owned,
  state: 'running',
  ...more,
});
const term = (pattern: string, more = {}) => ({ pattern, since: '2026-01-01T00:00:00.000Z', by: 'x', ...more });

test.each([
  { name: 'all of it', held: ['src/**'], gone: ['src/**'], owned: [] },
  { name: 'a part of it', held: ['src/**'], gone: ['src/auth/**'], owned: ['src/**', '!src/auth/**'] },
  { name: 'more than it holds', held: ['src/a.ts', 'lib/**'], gone: ['src/**'], owned: ['lib/**'] },
  { name: 'the same twice over', held: ['src/**', 'src/a.ts'], gone: ['src/a.ts'], owned: ['src/**', '!src/a.ts'] },
  { name: 'what stood before an exception', held: ['src/**', '!src/x', '/lib'], gone: ['src/**'], owned: ['/lib'] },
  {
    name: 'what comes back after an exception',
    held: ['a/**', '!a/b', 'a/b/c'],
    gone: ['a/b/c'],
    owned: ['a/**', '!a/b'],
  },
  { name: 'nothing it holds', held: ['lib/**'], gone: ['src/**'], owned: ['lib/**'] },
])('given up: $name', ({ held, gone, owned }) => {
  expect(givingUp(task(held), gone).owns).toEqual(owned);
  expect(givingUp(task([], { shares: held }), gone).shares).toEqual(owned);
});

test('an open task stays open and a bound one bound, whatever they claim and give up', () => {
  const open = taking(task([]), 'exclusive', [term('a')]);
  expect(open).toMatchObject({ open: true, owns: ['a'] });
  expect(givingUp(task(['a']), ['a'])).toMatchObject({ open: false, owns: [] });
  expect(taking(task(['b']), 'shared', [term('a')])).toMatchObject({ open: false, owns: ['b'], shares: ['a'] });
});

test('what has lapsed is gone, with the exceptions it had', () => {
  const held = task(['a/**', '!a/b', 'c'], { terms: [term('a/**', { until: '2026-01-01T01:00:00.000Z' })] });
  const [before, after] = [Date.parse('2026-01-01T00:59:59Z'), Date.parse('2026-01-01T01:00:00Z')];
  expect(inForce(held, before).owns).toEqual(['a/**', '!a/b', 'c']);
  expect(inForce(held, after)).toMatchObject({ owns: ['c'], terms: [], open: false });
});

test('what is held for a time only may be claimed for longer', () => {
  const held = task(['a', 'b'], { terms: [term('a', { until: '2026-01-01T01:00:00.000Z' })] });
  expect(missing(held, ['a', 'b', 'c'], 'exclusive')).toEqual(['a', 'c']);
  expect(missing(task([], { shares: ['a'] }), ['a'], 'exclusive')).toEqual(['a']);
  expect(missing(task(['a/**']), ['a/b/**'], 'shared')).toEqual([]);
});

test('several may share, nobody may own what others share or own', () => {
  const others = [
    { id: 'o', owns: ['own/**'], state: 'running' },
    { id: 's', owns: [], shares: ['joint/**'], state: 'queued' },
    { id: 'gone', owns: ['gone/**'], state: 'landed' },
  ] as const;
  const met = (patterns: readonly string[], mode: 'shared' | 'exclusive') =>
    obstacles({ task: 't', patterns, mode }, others, ['own/free']).map(({ why, task }) => `${why} ${task}`);
  expect(met(['own/a', 'joint/a', 'gone/a'], 'exclusive')).toEqual(['owned o', 'shared s']);
  expect(met(['own/a', 'joint/a'], 'shared')).toEqual(['owned o']);
  expect(met(['own/free'], 'exclusive')).toEqual([]);
});

test('what an agent took by itself was not given by a person', () => {
  const terms = [term('ci.sh', { agent: true }), term('lib/**')];
  expect(givenByPerson(task(['src/**', 'ci.sh', 'lib/**'], { terms }))).toEqual(['src/**', 'lib/**']);
});

test.each([
  ['docs', '/docs'],
  ['docs/', '/docs/'],
  ['!docs', '!/docs'],
  ['/docs', '/docs'],
  ['a/b', 'a/b'],
  ['*.md', '*.md'],
  ['a?', 'a?'],
  ['\\*', '/\\*'],
  ['**/docs', '**/docs'],
])('claimed as %s it is %s', (typed, pattern) => {
  expect(fromTop(typed)).toBe(pattern);
});

test.each(['a b', ' lead', 'end  ', '*', '[x]', 'back\\', '!not', '#hash', 'a\nb', 'ü/日本', '-rf', '$(x)', '?'])(
  'the pattern for %j names it, and no neighbour',
  (path) => {
    expect([
      owns([patternFor(path)], path),
      owns([patternFor(path)], `${path}x`),
      owns([patternFor(path)], `d/${path}`),
    ]).toEqual([true, false, false]);
  },
);

const OWNERS = `# a comment
*        @all
*.js     @js  # behind it
/build/logs/ @doctocat
docs/*   docs@example.com
apps/    @octo
**/logs  @logs
/apps/github
/scripts/ @doctocat @octo
!nobody  @x
[ab]     @x
/sp\\ ace @space
/bad     not-an-owner
\\#x      @x
`;

test.each([
  ['README.md', '@all'],
  ['src/a.js', '@js'],
  ['build/logs/x/y.txt', '@logs'],
  ['build/logs.txt', '@all'],
  ['docs/getting-started.md', 'docs@example.com'],
  ['docs/build-app/troubleshooting.md', '@all'],
  ['apps/x', '@octo'],
  ['deep/apps/x', '@octo'],
  ['apps/github/x', ''],
  ['deep/logs/z', '@logs'],
  ['scripts/a', '@doctocat @octo'],
  ['sp ace', '@space'],
  ['bad', '@all'],
  ['a', '@all'],
])('CODEOWNERS: %s belongs to %j', (path, owners) => {
  expect(guardOf(readCodeowners(OWNERS, 'CODEOWNERS'), path)?.approvers.join(' ')).toBe(owners);
});

test('CODEOWNERS: line ends of Windows and a mark at its begin are no part of it; each rule knows its line', () => {
  expect(readCodeowners('\uFEFF* @a\r\n\r\n/x @b\r\n', 'CODEOWNERS').map(({ source }) => source)).toEqual([
    'CODEOWNERS:1',
    'CODEOWNERS:3',
  ]);
});

test('who must be asked: a person for what is frozen, each set of approvers, every holder; nobody for oneself', () => {
  const tasks = [
    { id: 't', role: 'coder', owns: [], open: true, state: 'running' },
    { id: 'arch', role: 'architect', owns: ['a/**'], state: 'running' },
  ] as unknown as readonly Task[];
  const guards = [
    { pattern: 'core/**', approvers: ['architect'], source: 's' },
    { pattern: '*.sql', approvers: ['@dba'], source: 's' },
    { pattern: 'core/free/', approvers: [], source: 's' },
  ];
  const place = { tasks, frozen: ['LICENSE'], shared: [], guards };
  const asked = (pattern: string, task = 't', files: readonly string[] = []) =>
    partiesOf({ task, patterns: [pattern], mode: 'exclusive', files }, place).map(({ why, task, approvers = [] }) =>
      [why, task, ...approvers].join(' '),
    );
  expect(asked('/LICENSE')).toEqual(['frozen ', 'approval  @dba']);
  // Known to be a file, nothing can lie below it.
  expect(asked('/LICENSE', 't', ['/LICENSE'])).toEqual(['frozen ']);
  expect(asked('core/x.ts')).toEqual(['approval arch architect']);
  expect(asked('core/x.ts', 'arch')).toEqual([]);
  expect(asked('core/free/x.ts')).toEqual([]);
  expect(asked('a/x.sql')).toEqual(['approval  @dba', 'owned arch']);
});

test.each([
  ['/a b', 'a b'],
  ['a/b', 'a/b'],
  ['/\\*x', '*x'],
  ['x', undefined],
  ['/a/', undefined],
  ['/a*', undefined],
  ['!/a', undefined],
])('the pattern %s names the path %s', (pattern, path) => {
  expect(pathOf(pattern)).toBe(path);
});
