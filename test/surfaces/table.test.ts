import { expect, test } from 'vitest';
import { ageOf, sizeOf } from '../../src/surfaces/cli/render/age.ts';
import { plain } from '../../src/surfaces/cli/render/plain.ts';
import { clipped, table, widthOf } from '../../src/surfaces/cli/render/table.ts';

const same = (text: string) => text;

test.each([
  { text: 'plain', width: 5 },
  { text: '日本語', width: 6 },
  { text: 'e\u0301', width: 1 },
  { text: '👍🏽', width: 4 },
  { text: '한글', width: 4 },
])('$text takes $width cells', ({ text, width }) => expect(widthOf(text)).toBe(width));

test('a cut never splits a wide character and says that something is missing', () => {
  expect(clipped('日本語', 5)).toBe('日本…');
  expect(clipped('日本語', 4)).toBe('日…');
  expect(clipped('short', 5)).toBe('short');
});

const columns = [
  { title: 'TASK', spare: 0, cells: ['login', '日本'] },
  { title: 'N', spare: 1, right: true, cells: ['1', '22'] },
  { title: 'EMPTY', spare: 1, cells: ['', ''] },
  { title: 'AGENT', spare: 2, cells: ['claude', 'codex'] },
  { title: 'NEEDS YOU', spare: 0, cells: ['a question that is very long', '\u001b[31mred'] },
];

test('columns line up whatever the script; an empty one is left out; control characters do nothing', () => {
  expect(table(columns, 80, same)).toEqual([
    'TASK    N  AGENT   NEEDS YOU',
    'login   1  claude  a question that is very long',
    '日本   22  codex   �[31mred',
  ]);
});

test('a narrow terminal loses the columns that say least, then the end of the last one', () => {
  expect(table(columns, 30, same)).toEqual([
    'TASK    N  NEEDS YOU',
    'login   1  a question that is…',
    '日本   22  �[31mred',
  ]);
  expect(table(columns, 20, same)[1]).toBe('login  a question t…');
  for (const width of [20, 25, 30, 50])
    for (const line of table(columns, width, same)) expect(widthOf(line)).toBeLessThanOrEqual(width);
});

test('transcripts lose what a terminal would act on, and keep their text', () => {
  expect(plain('\u001b[1;31mred\u001b[0m\u001b]0;title\u0007 a\rb\r\nc\u0008\td')).toBe('red a\nb\nc�\td');
  expect(plain('\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\')).toBe('link');
});

test('ages and sizes are said shortly', () => {
  expect([0, 59, 60, 3599, 3600, 86_399, 200_000].map(ageOf)).toEqual(['0s', '59s', '1m', '59m', '1h', '23h', '2d']);
  expect([0, 999, 1000, 9999, 999_499, 999_500, 12_345_678].map(sizeOf)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '10.0 kB',
    '999 kB',
    '1.0 MB',
    '12 MB',
  ]);
});
