import { expect, test } from 'vitest';
import { commandsOf } from '../../src/core/approval.ts';
import type { Event } from '../../src/core/event.ts';
import { handlersFor, notifierFor } from '../../src/core/outlet.ts';

const at = '2026-01-01T00:00:00.000Z';
const ended = (outcome: string): Event => ({ type: 'loop.ended', at, task: 't', outcome, iterations: 1 });
const landing = { type: 'landing.done', at, landing: '1', target: 'main', after: 'x', branches: ['b'] } as const;
const inTask = { type: 'landing.landed', at, branch: 'b', task: 't', target: 'main', head: 'x', commits: 1 } as const;

test.each<[string, Event, readonly string[]]>([
  ['a landing is told once, not for each of its branches again', inTask, ['any']],
  ['a landing', landing, ['landed', 'any']],
  ['a budget', ended('budget'), ['budget', 'any']],
  ['stuck', ended('stuck'), ['any']],
])('%s', (_, event, expected) => {
  const on = { landed: 'a', budget: ['b'], any: 'c' };
  expect(handlersFor(on, event).map(({ name }) => name)).toEqual(expected);
});

test('what a project would run or call needs a word, a notice on the desktop does not', () => {
  const on = {
    landed: ['./tell', { url: 'https://example.org/x' }, { notify: true }],
    stuck: { run: 'b', timeout: 3 },
  };
  expect(commandsOf({ on } as Parameters<typeof commandsOf>[0])).toEqual([
    { use: 'on', text: 'on landed: ./tell' },
    { use: 'on', text: 'on landed: POST https://example.org/x' },
    { use: 'on', text: 'on stuck: b' },
  ]);
});

test('a notifier gets what it shows as arguments, never as a script', () => {
  const text = '"; do shell script "x" --';
  expect(notifierFor('linux-x64', 't', text)?.slice(-3)).toEqual(['--', 't', text]);
  expect(notifierFor('darwin-arm64', 't', text)?.slice(-2)).toEqual(['t', text]);
  expect(notifierFor('win32-x64', 't', text)).toBeUndefined();
});
