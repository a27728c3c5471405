import { expect, test } from 'vitest';
import { epicsOf } from '../../src/core/epic.ts';
import { idleness, type Span } from '../../src/core/timeline.ts';

const span = (slot: number, from: number, to: number, ready = from): Span => ({
  slot,
  task: `${slot}-${from}`,
  from: from * 1000,
  to: to * 1000,
  ready: ready * 1000,
  outcome: 'complete',
});
const two = [{ at: 0, slots: 2 }];

test.each<[string, Span[], { idle: number; whileReady: number }]>([
  ['both slots busy all the time', [span(1, 0, 10), span(2, 0, 10)], { idle: 0, whileReady: 0 }],
  ['a free slot and nothing ready', [span(1, 0, 10), span(2, 0, 4), span(2, 8, 10)], { idle: 4, whileReady: 0 }],
  [
    'a free slot while a task was ready',
    [span(1, 0, 10), span(2, 0, 4), span(2, 8, 10, 5)],
    { idle: 4, whileReady: 3 },
  ],
  [
    'a task that was ready long before, while all slots were busy',
    [span(1, 0, 10), span(2, 0, 4), span(2, 4, 10, 0)],
    { idle: 0, whileReady: 0 },
  ],
  [
    'both slots free and one ready',
    [span(1, 0, 2), span(2, 0, 2), span(1, 5, 10, 3), span(2, 5, 10, 5)],
    { idle: 6, whileReady: 2 },
  ],
])('%s', (_, spans, expected) => {
  expect(idleness(spans, two, { from: 0, to: 10_000 })).toMatchObject(expected);
});

test('what the machine had no room for is told apart, and a slot that is not open cannot be idle', () => {
  const spans = [span(1, 0, 10), span(2, 6, 10, 2)];
  const full = [{ from: 3000, to: 5000 }];
  expect(idleness(spans, two, { from: 0, to: 10_000, full })).toEqual({ idle: 6, whileReady: 2, machine: 2 });
  const opened = [
    { at: 0, slots: 1 },
    { at: 5000, slots: 2 },
  ];
  expect(idleness(spans, opened, { from: 0, to: 10_000 })).toMatchObject({ idle: 1, whileReady: 1 });
});

test('an epic is as far as its parts, and costs what they cost', () => {
  const parts = [
    { epic: 'Login', state: 'landed', stories: { total: 2, passing: 2 }, costUsd: 0.1 },
    { state: 'running', costUsd: 9 },
    { epic: 'Login', state: 'waiting' },
    { epic: 'Docs', state: 'running', stories: { total: 3, passing: 1 }, costUsd: 0.5 },
    { epic: 'Login', state: 'dropped', stories: { total: 2, passing: 2 }, costUsd: 0.2 },
  ] as const;
  expect(epicsOf(parts)).toEqual([
    {
      name: 'Login',
      tasks: 2,
      states: { landed: 1, waiting: 1 },
      landed: 1,
      stories: { total: 2, passing: 2 },
      costUsd: 0.1,
    },
    { name: 'Docs', tasks: 1, states: { running: 1 }, landed: 0, stories: { total: 3, passing: 1 }, costUsd: 0.5 },
  ]);
});
