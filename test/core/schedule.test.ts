import { expect, test } from 'vitest';
import { choose, fullness, type Hold, isWaiting, type Job, type Situation, slotsFor } from '../../src/core/schedule.ts';

const job = (id: string, more: Partial<Job> = {}): Job => ({
  id,
  branch: `gwt/${id}`,
  owns: [],
  after: [],
  agents: ['a'],
  begun: false,
  ...more,
});
const situation = (more: Partial<Situation>): Situation => ({
  jobs: [],
  busy: [],
  active: [],
  slots: 2,
  landing: true,
  states: new Map(),
  profiles: new Map(),
  paused: new Map(),
  shared: [],
  ...more,
});
const why = (held: ReadonlyMap<string, Hold>) => Object.fromEntries([...held].map(([id, hold]) => [id, hold.why]));

test('slots are filled in order, and what is held back makes way for the next', () => {
  const jobs = [job('a', { owns: ['src/**'] }), job('b', { owns: ['src/x.ts'] }), job('c'), job('d')];
  const { start, held } = choose(situation({ jobs }));
  expect(start).toEqual(['a', 'c']);
  expect(why(held)).toEqual({ b: 'collision', d: 'slot' });
  expect([...held.values()].map(isWaiting)).toEqual([true, false]);
});

test.each<[string, Partial<Situation>, Partial<Job>, Hold['why'] | undefined]>([
  ['a predecessor at work', { states: new Map([['p', 'running']]) }, { after: ['p'] }, 'after'],
  ['a predecessor that waits itself', { states: new Map([['p', 'waiting']]) }, { after: ['p'] }, 'after'],
  ['a predecessor that is to land', { states: new Map([['p', 'finished']]) }, { after: ['p'] }, 'after'],
  ['one that landed', { states: new Map([['p', 'landed']]) }, { after: ['p'] }, undefined],
  [
    'one finished, where nothing is landed',
    { states: new Map([['p', 'finished']]), landing: false },
    { after: ['p'] },
    undefined,
  ],
  ['one that was dropped', { states: new Map([['p', 'dropped']]) }, { after: ['p'] }, undefined],
  [
    'a claim that a finished task still has',
    { active: [{ id: 'p', branch: 'gwt/p', owns: ['src/**'], state: 'finished' }] },
    { owns: ['src/a'] },
    'collision',
  ],
  [
    'the same, in what many may claim',
    { active: [{ id: 'p', branch: 'gwt/p', owns: ['package.json'], state: 'finished' }], shared: ['package.json'] },
    { owns: ['package.json'] },
    undefined,
  ],
  [
    'the same, for one that has its own claim',
    { active: [{ id: 'p', branch: 'gwt/p', owns: ['src/**'], state: 'finished' }] },
    { owns: ['src/a'], begun: true },
    undefined,
  ],
  [
    'a branch it conflicts with, at work',
    { busy: [{ id: 'p', branch: 'gwt/p', owns: [] }], clashes: [{ a: 'gwt/p', b: 'gwt/j', paths: ['x'] }] },
    { begun: true },
    'collision',
  ],
  [
    'the same, asked for',
    {
      busy: [{ id: 'p', branch: 'gwt/p', owns: [] }],
      clashes: [{ a: 'gwt/p', b: 'gwt/j', paths: ['x'] }],
      together: true,
    },
    { begun: true },
    undefined,
  ],
  [
    'its profile is at its most',
    { busy: [{ id: 'p', branch: 'gwt/p', owns: [], profile: 'heavy' }], profiles: new Map([['heavy', 1]]) },
    { profile: 'heavy' },
    'profile',
  ],
  [
    'another profile is',
    { busy: [{ id: 'p', branch: 'gwt/p', owns: [], profile: 'heavy' }], profiles: new Map([['heavy', 1]]) },
    { profile: 'light' },
    undefined,
  ],
  ['its provider does not serve', { paused: new Map([['a', 'limit']]) }, {}, 'provider'],
  ['another agent may stand in', { paused: new Map([['a', 'limit']]) }, { agents: ['a', 'b'] }, undefined],
  ['the machine is full', { full: 'no memory', busy: [{ id: 'p', branch: 'gwt/p', owns: [] }] }, {}, 'machine'],
  ['the machine is full and nothing runs', { full: 'no memory' }, {}, undefined],
])('%s', (_, more, own, expected) => {
  const { start, held } = choose(situation({ jobs: [job('j', own)], ...more }));
  expect(held.get('j')?.why).toBe(expected);
  expect(start).toEqual(expected ? [] : ['j']);
});

test.each([
  [0, 2],
  [6, 2],
  [7, 3],
  [12, 4],
  [100, 5],
])('%i jobs want %i slots between two and five', (jobs, slots) => {
  expect(slotsFor(jobs, { min: 2, max: 5 })).toBe(slots);
});

test.each<[Partial<Parameters<typeof fullness>[0]>, string | undefined]>([
  [{}, undefined],
  [{ load: 8.1 }, 'the load is 8.1, at most 8 is wanted'],
  [{ memory: 99e6 }, '99 MB of memory are free, 100 are wanted'],
  [{ disk: 199e6 }, '199 MB of disk are free, 200 are wanted'],
])('%j', (room, words) => {
  const roomy = { load: 1, cores: 2, memory: 1e9, disk: 1e9 };
  expect(fullness({ ...roomy, ...room }, { load: 4, memory: 100, disk: 200 })).toBe(words);
});
