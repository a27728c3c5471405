import { expect, test } from 'vitest';
import { learnedIn } from '../../src/core/learned.ts';

test.each([
  ['a heading', '## Codebase Patterns\n- one\n* two\n3. three\n', ['one', 'two', 'three']],
  ['any level and case', '#### LESSONS LEARNED\n- one\n', ['one']],
  ['paragraphs', '## Learned\n\nfirst line\nits second\n\nanother\n', ['first line its second', 'another']],
  ['until the next heading', '## Learned\n- one\n## What I did\n- two\n', ['one']],
  [
    'a bold label and its list',
    '- **Learnings for future iterations:**\n  - one\n  - two\n\nSo much for that.\n',
    ['one', 'two'],
  ],
  ['a label with its text', 'Learned: one\n- Gotcha: two\n**Pattern:** three\nmore\n', ['one', 'two', 'three']],
  ['wrapped items', '## Patterns\n- one that\n  goes on\n- two\n', ['one that goes on', 'two']],
  ['tick boxes', '## Patterns\n- [x] one\n', ['one']],
  ['each once, the newest place', '## Learned\n- One\n- two\n## Learned\n- one\n', ['two', 'one']],
  ['struck out', '## Learned\n- one\n- two\n- ~~one~~\n', ['two']],
  ['struck out, then again', '## Learned\n- one\n- ~~one~~\n- one\n', ['one']],
  ['talk of learning', 'I learned that it works.\n## Learned nothing yet here\n- no\nPatterns are nice\n- no\n', []],
  ['windows line ends', '## Learned\r\n- one\r\n', ['one']],
])('%s', (_, text, found) => {
  expect(learnedIn(text)).toEqual(found);
});

test('an item is bounded', () => {
  expect(learnedIn(`## Learned\n- ${'x'.repeat(10_000)}`)[0]).toHaveLength(400);
});
