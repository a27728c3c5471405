import { expect, test } from 'vitest';
import { type Collision, collides, type Foreknown } from '../../src/core/collision.ts';

const party = (id: string, ...owns: string[]) => ({ id, branch: `gwt/${id}`, owns });
const clashes = [{ a: 'gwt/b', b: 'gwt/a', paths: ['x.ts'] }];
const touched = new Map([['gwt/b', ['src/a.ts', 'docs/b.md', 'package.json']]]);

test.each<[string, string[], string[], Foreknown, Collision | undefined]>([
  ['claims apart', ['src/a/**'], ['src/b/**'], {}, undefined],
  [
    'claims that meet',
    ['src/**'],
    ['src/b/*'],
    {},
    { by: 'claim', pattern: 'src/**', otherPattern: 'src/b/*', path: 'src/b/b' },
  ],
  ['claims that meet in what is shared', ['package.json'], ['package.json'], { shared: ['package.json'] }, undefined],
  ['no claims at all', [], [], {}, undefined],
  ['branches that conflict, whichever is named first', [], [], { clashes }, { by: 'branch', paths: ['x.ts'] }],
  ['a claim on what the other has changed', ['src/**'], [], { touched }, { by: 'touch', paths: ['src/a.ts'] }],
  ['the other changed only what is shared', ['*.json'], [], { touched, shared: ['package.json'] }, undefined],
])('%s', (_, mine, theirs, known, expected) => {
  const found = collides(party('a', ...mine), party('b', ...theirs), known);
  expect(found).toEqual(
    expected?.by === 'claim' ? { ...expected, path: found?.by === 'claim' && found.path } : expected,
  );
  expect(collides(party('b', ...theirs), party('a', ...mine), known)?.by).toBe(expected?.by);
});

test('a task does not collide with itself', () => {
  expect(collides(party('a', 'src/**'), party('a', 'src/**'))).toBeUndefined();
});
