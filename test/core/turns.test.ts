import { expect, test } from 'vitest';
import { standingAt, type Where } from '../../src/core/placing.ts';
import { type Attempt, afterAttempt, failures, type Planned, revived } from '../../src/core/queue.ts';
import type { Lease, Task } from '../../src/core/task.ts';
import { type Place, placesOf, readyPlaces, type Scene } from '../../src/core/turns.ts';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const lease = (host: string): Lease => ({ holder: host, pid: 1, started: '1', host, beat: 0, ttl: 1, run: 'r' });
const planned = (id: string, more: Partial<Planned> = {}): Planned => ({
  ...{ version: 1, id, title: id, prompt: id, owns: [], after: [], priority: 0, createdAt: '2026-01-01T00:00:00Z' },
  ...{ state: 'waiting', since: NOW, attempts: [] },
  ...more,
});
const task = (id: string, more: Partial<Task> = {}): Task =>
  ({
    ...{ id, title: id, state: 'queued', ready: true, branch: `gwt/${id}`, owns: [], after: [], priority: 0 },
    ...{ agent: 'a', createdAt: new Date(NOW).toISOString() },
    ...more,
  }) as Task;
const sceneOf = (more: Partial<Scene>): Scene => ({
  ...{ now: NOW, ageMinutes: 60, tasks: [], planned: [], shared: [], stands: ({ host }: Lease) => host === 'alive' },
  ...more,
});
const why = (more: Partial<Scene>) => Object.fromEntries(placesOf(sceneOf(more)).map(({ id, why }) => [id, why]));
const order = (more: Partial<Scene>) => placesOf(sceneOf(more)).map(({ id }) => id);

test('the more urgent goes first, then the older; waiting makes urgent', () => {
  const queue = [
    planned('young', { since: NOW - MINUTE }),
    planned('old', { since: NOW - 30 * MINUTE }),
    planned('urgent', { priority: 2 }),
    planned('ancient', { since: NOW - 121 * MINUTE }),
    planned('later', { priority: -1 }),
  ];
  expect(order({ planned: queue })).toEqual(['ancient', 'urgent', 'old', 'young', 'later']);
  expect(order({ planned: queue, ageMinutes: 1e9 })).toEqual(['urgent', 'ancient', 'old', 'young', 'later']);
});

test('tasks whose loop does not run stand in the same queue, others not', () => {
  const tasks = [
    task('idle', { priority: 1 }),
    task('died', { state: 'running', lease: lease('gone') }),
    task('runs', { state: 'running', lease: lease('alive') }),
    task('half', { ready: false }),
    task('done', { state: 'finished' }),
    task('asked', { state: 'blocked' }),
    task('dead', { state: 'blocked', turn: { state: 'dead', since: 0, attempts: [] } }),
  ];
  expect(order({ tasks, planned: [planned('new')] })).toEqual(['idle', 'died', 'new', 'dead']);
});

test.each<[string, Partial<Scene>, string | undefined]>([
  ['nothing speaks against it', {}, undefined],
  ['paused', { planned: [planned('a', { state: 'paused' })] }, 'paused'],
  ['taken', { planned: [planned('a', { takenBy: lease('alive') })] }, 'taken by alive'],
  ['taken by one that is gone', { planned: [planned('a', { takenBy: lease('gone') })] }, undefined],
  ['skipped', { skip: { a: 'no slot' } }, 'no slot'],
  ['after a planned one', { planned: [planned('b'), planned('a', { after: ['b'] })] }, 'after b, which waits, too'],
  ['after nobody', { planned: [planned('a', { after: ['b'] })] }, 'after b, which is not known'],
  ['after a running one', afterTask('running'), 'after b, which is running'],
  ['after a finished one', afterTask('finished'), 'after b, which has not landed'],
  ['after a finished one where that will do', { ...afterTask('finished'), done: 'finished' }, undefined],
  ['after a landed one', afterTask('landed'), undefined],
  ['after a dropped one', afterTask('dropped'), 'after b, which is dropped'],
  ['a claim that is taken', claimed(['src/a/**'], ['src/**']), 'src/a/** is claimed by b (src/**)'],
  ['a claim beside', claimed(['src/a/**'], ['src/b/**']), undefined],
  ['a claim that meets in what is shared', { ...claimed(['x.ts'], ['x.ts']), shared: ['x.ts'] }, undefined],
  ['a claim that was landed', claimed(['src/**'], ['src/**'], 'landed'), undefined],
  ['apart from one that runs', { tasks: [running('b')], apart: [['b', 'a']] }, 'would conflict with b, which runs'],
  ['apart from one that waits', { planned: [planned('a'), planned('b')], apart: [['b', 'a']] }, undefined],
])('why not: %s', (_, more, expected) => {
  const scene = { planned: [planned('a')], ...more };
  expect(why(scene)['a']).toBe(expected);
  expect(readyPlaces(sceneOf(scene), 9).some(({ id }) => id === 'a')).toBe(expected === undefined);
});

function afterTask(state: Task['state']): Partial<Scene> {
  return { tasks: [task('b', { state, lease: lease('alive') })], planned: [planned('a', { after: ['b'] })] };
}
function claimed(owns: string[], others: string[], state: Task['state'] = 'queued'): Partial<Scene> {
  return { planned: [planned('a', { owns })], tasks: [task('b', { state, owns: others })] };
}
function running(id: string): Task {
  return task(id, { state: 'running', lease: lease('alive') });
}

const tried = (outcome: Attempt['outcome']): Attempt => ({ at: '', by: 'x', outcome, reason: 'because' });

test('three failures make it dead, losses never do, and reviving forgets them but keeps what happened', () => {
  let turn = planned('a', { takenBy: lease('alive') });
  for (const outcome of ['failed', 'lost', 'lost', 'lost', 'failed'] as const)
    turn = afterAttempt(turn, tried(outcome), 3);
  expect(turn).toMatchObject({ state: 'waiting' });
  expect(turn).not.toHaveProperty('takenBy');
  turn = afterAttempt(turn, tried('failed'), 3);
  expect(turn.state).toBe('dead');
  const again = revived(turn);
  expect(again).toMatchObject({ state: 'waiting', id: 'a' });
  expect([failures(again), again.attempts.length]).toEqual([0, 6]);
  expect(afterAttempt(again, tried('failed'), 3).state).toBe('waiting');
});

test('what failed long ago is counted also when many losses came after it', () => {
  let turn = afterAttempt(planned('a'), tried('failed'), 2);
  for (let n = 0; n < 30; n += 1) turn = afterAttempt(turn, tried('lost'), 2);
  expect(turn.attempts.length).toBeLessThan(20);
  expect(afterAttempt(turn, tried('failed'), 2).state).toBe('dead');
});

const queue = [
  planned('top', { priority: 3 }),
  planned('a', { since: NOW - 4 }),
  planned('b', { since: NOW - 3 }),
  planned('c', { since: NOW - 2 }),
  planned('low', { priority: -1 }),
];
test.each<[string, Where, string[]]>([
  ['c', { to: 'first' }, ['c', 'top', 'a', 'b', 'low']],
  ['a', { to: 'last' }, ['top', 'b', 'c', 'low', 'a']],
  ['c', { to: 'before', other: 'b' }, ['top', 'a', 'c', 'b', 'low']],
  ['a', { to: 'behind', other: 'b' }, ['top', 'b', 'a', 'c', 'low']],
  ['low', { to: 'before', other: 'a' }, ['top', 'low', 'a', 'b', 'c']],
  ['top', { to: 'behind', other: 'low' }, ['a', 'b', 'c', 'low', 'top']],
  ['low', { to: 'priority', priority: 9 }, ['low', 'top', 'a', 'b', 'c']],
])('move %s %j', (id, where, expected) => {
  const placed = standingAt(placesOf(sceneOf({ planned: queue })), id, where);
  const moved = queue.map((one) => (one.id === id ? { ...one, ...placed } : one));
  expect(order({ planned: moved })).toEqual(expected);
});

test('there is no place beside what is not there', () => {
  const alone: readonly Place[] = placesOf(sceneOf({ planned: [planned('a')] }));
  expect(standingAt(alone, 'a', { to: 'first' })).toBeUndefined();
  expect(standingAt(alone, 'a', { to: 'before', other: 'x' })).toBeUndefined();
});
