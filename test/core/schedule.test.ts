import { expect, test } from 'vitest';
import { fullness, type Limits, skipsFor, slotsFor } from '../../src/core/schedule.ts';
import type { Place } from '../../src/core/turns.ts';

const place = (id: string, more: Partial<Place> = {}): Place => ({
  id,
  title: id,
  kind: 'planned',
  state: 'waiting',
  priority: 0,
  urgency: 0,
  since: 0,
  after: [],
  owns: [],
  attempts: [],
  ...more,
});
const limits = (more: Partial<Limits>): Limits => ({
  held: new Map(),
  busy: [],
  profiles: new Map([['heavy', 1]]),
  paused: new Map([['a', 'a: limit']]),
  profileOf: ({ profile }) => profile,
  agentsOf: () => ['b'],
  ...more,
});

test.each<[string, Partial<Limits>, Partial<Place>, string | undefined]>([
  ['nothing stands in its way', {}, {}, undefined],
  ['it was refused a moment ago', { held: new Map([['j', 'refused']]) }, {}, 'refused'],
  [
    'its profile is at its most',
    { busy: ['heavy', undefined] },
    { profile: 'heavy' },
    '1 of profile heavy run already',
  ],
  ['another profile is', { busy: ['heavy'] }, { profile: 'light' }, undefined],
  ['its profile has room', { busy: [undefined] }, { profile: 'heavy' }, undefined],
  ['its provider does not serve', { agentsOf: () => ['a'] }, {}, 'a: limit'],
  ['another agent may stand in', { agentsOf: () => ['a', 'b'] }, {}, undefined],
])('%s', (_, more, own, why) => {
  expect(skipsFor([place('j', own)], limits(more))).toEqual(why === undefined ? {} : { j: why });
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
