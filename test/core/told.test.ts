import { expect, test } from 'vitest';
import { inOrder } from '../../src/core/told.ts';

const row = (key: string, second: number, at: string) => ({ key, second, event: { at } });
const order = (...rows: ReturnType<typeof row>[]) => inOrder(rows).map(({ key, event }) => `${key}${event.at}`);

test.each([
  ['by the second', [row('b', 2, '2'), row('a', 1, '1')], ['a1', 'b2']],
  ['within a second by what they tell', [row('b', 1, '1.5'), row('a', 1, '1.2')], ['a1.2', 'b1.5']],
  ['a history keeps its order', [row('a', 1, '1.9'), row('a', 1, '1.1'), row('b', 1, '1.5')], ['b1.5', 'a1.9', 'a1.1']],
  ['also where the clock went back', [row('a', 9, '9'), row('a', 1, '1'), row('b', 5, '5')], ['b5', 'a9', 'a1']],
])('%s', (_, rows, expected) => {
  expect(order(...rows)).toEqual(expected);
});
