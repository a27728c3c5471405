import { expect, test } from 'vitest';
import {
  type Answer,
  byDanger,
  choicesFor,
  type Escalation,
  mayAnswer,
  REASONS,
  type Reason,
} from '../../src/core/escalation.ts';
import { kindOf } from '../../src/core/merge/conflict.ts';

test('only what fits the question may be answered', () => {
  expect(mayAnswer('conflict', 'theirs')).toBe(true);
  expect(mayAnswer('conflict', 'allow')).toBe(false);
  expect(mayAnswer('trespass', 'allow')).toBe(true);
  expect(mayAnswer('question', 'ours')).toBe(false);
});

test('dropping a task says how it comes back, dropping a plain branch says that it stays', () => {
  const drop = (task?: string) => choicesFor('4', 'stuck', task).find(({ command }) => command.endsWith('--drop'));
  expect(drop('login')?.what).toContain('gwt restore login');
  expect(drop()?.what).toContain('the branch stays');
});

const stage = (stage: 1 | 2 | 3, mode = '100644') => ({ stage, mode, oid: String(stage).repeat(40) });
const at = (...stages: ReturnType<typeof stage>[]) => ({ path: 'a b', stages });

test.each([
  { kind: 'content', file: at(stage(1), stage(2), stage(3)), said: ['CONFLICT (contents): Merge conflict in a b'] },
  { kind: 'add/add', file: at(stage(2), stage(3)), said: ['CONFLICT (add/add): Merge conflict in a b'] },
  { kind: 'modify/delete', file: at(stage(1), stage(3)), said: ['CONFLICT (modify/delete): a b deleted in x'] },
  { kind: 'structure', file: at(stage(1), stage(3)), said: ['CONFLICT (rename/delete): c renamed to a b in x'] },
  { kind: 'structure', file: at(stage(3)), said: ['CONFLICT (file/directory): directory in the way of a b from x'] },
  { kind: 'submodule', file: at(stage(1, '160000'), stage(2, '160000'), stage(3, '160000')), said: [] },
  { kind: 'symlink', file: at(stage(1, '120000'), stage(2, '120000'), stage(3, '120000')), said: [] },
  {
    kind: 'binary',
    file: at(stage(1), stage(2), stage(3)),
    said: ['warning: Cannot merge binary files: a b (x vs. y)'],
  },
])('a conflict of kind $kind is seen from its stages and from what git said', ({ kind, file, said }) => {
  expect(kindOf(file, said)).toBe(kind);
});

test('the most dangerous comes first, of one kind the newest', () => {
  const asked = (id: string, reason: Reason) => ({ id, reason }) as Escalation;
  const all = [
    asked('1', 'approval'),
    asked('2', 'conflict'),
    asked('3', 'question'),
    asked('9', 'dead'),
    asked('10', 'conflict'),
    asked('4', 'budget'),
    asked('5', 'trespass'),
    asked('6', 'anomaly'),
  ];
  expect(byDanger(all).map(({ id }) => id)).toEqual(['10', '2', '5', '3', '4', '6', '9', '1']);
});

test.each(REASONS)('%s has choices, and each can be answered', (reason) => {
  const choices = choicesFor('4', reason, 'login');
  expect(choices.length).toBeGreaterThan(1);
  for (const { command, what } of choices) {
    const answer = (/--(\w+)/.exec(command)?.[1] ?? '') as Answer;
    expect([mayAnswer(reason, answer), what]).toEqual([true, expect.stringMatching(/\w/)]);
  }
});
