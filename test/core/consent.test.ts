import { expect, test } from 'vitest';
import { consentNeeded } from '../../src/core/consent.ts';

const rule = { paths: ['migrations/**', '!migrations/README.md'], labels: ['breaking', 'security'] };
const facts = { paths: ['src/a.ts'], labels: [], messages: ['feat: more'] };

test.each([
  ['nothing it speaks of', {}, []],
  ['a path', { paths: ['migrations/1.sql', 'src/a.ts'] }, ['it changes migrations/1.sql']],
  ['a path that is taken out', { paths: ['migrations/README.md'] }, []],
  ['a label', { labels: ['security', 'ui'] }, ['it is labelled security']],
  ['a commit that says so of itself', { messages: ['fix', 'feat(api)!: gone'] }, ['it is labelled breaking']],
  ['a footer', { messages: ['feat: x\n\nBREAKING CHANGE: y'] }, ['it is labelled breaking']],
  ['words that only speak of it', { messages: ['docs: explain BREAKING CHANGE: lines'] }, []],
])('%s', (_, over, expected) => {
  expect(consentNeeded(rule, { ...facts, ...over })).toEqual(expected);
});

test('many paths are counted', () => {
  const paths = Array.from({ length: 12 }, (_, n) => `migrations/${n}.sql`);
  expect(consentNeeded(rule, { ...facts, paths })[0]).toMatch(/ and 2 more$/);
});
