import { expect, test } from 'vitest';
import { abandoned, holds, repairs } from '../../src/core/recovery.ts';
import type { Lease, Task } from '../../src/core/task.ts';

const lease: Lease = { holder: 'x', pid: 7, started: '100', host: 'here', beat: 1000, ttl: 500, run: 'r' };
const task = {
  id: 'login',
  branch: 'gwt/login',
  base: 'b0',
  worktree: '/w/login',
  ready: false,
  adopted: false,
  lease,
} as Task;
const witness = (start: string | undefined, now = 1200, host = 'here') => ({ host, now, processStart: () => start });

test.each([
  ['the process lives', witness('100'), true],
  ['its number was given to another', witness('200'), false],
  ['it is gone', witness(undefined), false],
  ['it is on another host and fresh', witness(undefined, 1200, 'there'), true],
  ['it is on another host and expired', witness(undefined, 9000, 'there'), false],
])('a lease when %s', (_, seen, held) => {
  expect(holds(lease, seen)).toBe(held);
  expect(abandoned([task], seen)).toEqual(held ? [] : [task]);
});

test('a finished task is never taken for an abandoned one', () => {
  expect(abandoned([{ ...task, ready: true }], witness(undefined))).toEqual([]);
});

test.each([
  [
    { branch: 'b0', folder: 'pristine' },
    { folder: 'remove', branch: { name: 'gwt/login', at: 'b0' } },
  ],
  [
    { branch: 'b0', folder: 'touched' },
    { folder: 'trash', branch: { name: 'gwt/login', at: 'b0' } },
  ],
  [
    { branch: 'b1', folder: 'pristine' },
    { folder: 'remove', branch: undefined },
  ],
  [
    { branch: 'b0', folder: 'foreign' },
    { folder: 'leave', branch: { name: 'gwt/login', at: 'b0' } },
  ],
  [{ folder: 'absent' }, { folder: 'leave', branch: undefined }],
] as const)('%j is taken back so: %j', (facts, wanted) => {
  const [repair] = repairs([{ task, ...facts }]);
  expect({ folder: repair?.folder, branch: repair?.branch }).toEqual(wanted);
});

test('a branch that was there before the task stays', () => {
  const [repair] = repairs([{ task: { ...task, adopted: true }, branch: 'b0', folder: 'absent' }]);
  expect(repair?.branch).toBeUndefined();
});
