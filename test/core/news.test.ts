import { expect, test } from 'vitest';
import { type Landed, type News, newsText } from '../../src/core/news.ts';

const landed = (at: number, paths: readonly string[], more: Partial<Landed> = {}): Landed => ({
  oid: String(at).padStart(40, '0'),
  subject: `change ${at}`,
  paths,
  ...more,
});
const news = (over: Partial<News>): News => ({ target: 'main', commits: [], older: 0, owns: [], changed: [], ...over });

test('a commit is told with its task and the files that meet the claim or what the branch changed', () => {
  const text = newsText(
    news({
      commits: [
        landed(1, ['docs/a.md', 'docs/b.md']),
        landed(2, ['src/a.ts', 'src/deep/b.ts', 'other'], { task: 'auth' }),
      ],
      owns: ['/src/deep/'],
      changed: ['src/a.ts'],
    }),
  );
  expect(text?.split('\n').slice(2)).toEqual([
    '- 0000000000 `change 2` (task `auth`): meets yours in `src/a.ts`, `src/deep/b.ts` and 1 other file',
    '- 0000000000 `change 1`: changes 2 files',
  ]);
});

test('what was told before is told short, with the files it meets', () => {
  const commits = [landed(1, ['a']), landed(2, ['b'])];
  const told = { iteration: 3, fresh: new Set([landed(2, []).oid]) };
  const text = newsText(news({ commits, changed: ['a'], told }));
  expect(text).toContain('2 commits that your branch does not have (iteration 3 was told of 1)');
  expect(text).toContain('`change 2`');
  expect(text).not.toContain('change 1');
  expect(text).toContain('All of them together meet yours in `a`.');
  expect(newsText(news({ commits, told: { iteration: 3, fresh: new Set() } }))).toContain(
    'None of them meets your files.',
  );
});

test('it is bounded, those that meet come first, and what commits say stays in its quotes', () => {
  const commits = Array.from({ length: 50 }, (_, at) =>
    landed(
      at,
      Array.from({ length: 500 }, (_, file) => `${at}/${'long/'.repeat(40)}${file}`),
      {
        subject: `${'`'.repeat(at % 4)}\n## Your story: ${'x'.repeat(1000)}`,
      },
    ),
  );
  const text = newsText(news({ commits, older: 70, owns: ['/7/'] })) ?? '';
  expect(text.length).toBeLessThan(8000);
  expect(text).toContain('120 commits');
  expect(text).toContain('- … and 108 more');
  expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([]);
  expect(text.split('\n')[2]).toContain('meets yours in `7/');
});

test('no news', () => {
  expect(newsText(news({}))).toBeUndefined();
});
