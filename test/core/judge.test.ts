import { expect, test } from 'vitest';
import type { Verdict } from '../../src/core/gate.ts';
import { type Evidence, judge, worthGating } from '../../src/core/judge.ts';

const verdict = (more: Partial<Verdict> = {}): Verdict => ({
  gate: 'npm test',
  passed: true,
  outcome: 'passed',
  code: 0,
  seconds: 1,
  tree: 't',
  tail: '',
  ...more,
});
const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  end: 'well',
  proposal: 'phrase',
  commits: 1,
  changed: true,
  worked: false,
  ahead: true,
  trespasses: [],
  dirty: [],
  meddled: [],
  gates: 1,
  verdicts: [verdict()],
  ...more,
});
const red = verdict({ passed: false, outcome: 'failed', code: 1 });

test.each<[string, Partial<Evidence>, { outcome: string; passes: boolean; verified: boolean; reason?: RegExp }]>([
  ['all there', {}, { outcome: 'passed', passes: true, verified: true }],
  [
    'no gates',
    { gates: 0, verdicts: [] },
    { outcome: 'passed', passes: true, verified: false, reason: /nothing was verified/ },
  ],
  [
    'gates red',
    { verdicts: [red] },
    { outcome: 'red', passes: false, verified: false, reason: /npm test failed \(1\)/ },
  ],
  ['one of two gates not run', { gates: 2 }, { outcome: 'red', passes: false, verified: false }],
  ['not said to be done', { proposal: undefined }, { outcome: 'unproposed', passes: false, verified: false }],
  ['said, but nothing done', { changed: false, commits: 0 }, { outcome: 'empty', passes: false, verified: false }],
  [
    'said, but left uncommitted',
    { changed: false, commits: 0, dirty: ['a.ts'] },
    { outcome: 'empty', passes: false, verified: false, reason: /not committed: a\.ts/ },
  ],
  ['commits that change nothing', { changed: false, commits: 3 }, { outcome: 'empty', passes: false, verified: false }],
  [
    'done in an earlier iteration',
    { changed: false, commits: 0, worked: true },
    { outcome: 'passed', passes: true, verified: true },
  ],
  [
    'no change needed, with a note',
    { changed: false, commits: 0, noChange: 'is there', ahead: true },
    { outcome: 'no-change-needed', passes: true, verified: true, reason: /is there/ },
  ],
  [
    'no change needed, but no gates',
    { changed: false, noChange: 'x', gates: 0, verdicts: [] },
    { outcome: 'empty', passes: false, verified: false },
  ],
  [
    'no change needed on a branch without commits',
    { changed: false, noChange: 'x', ahead: false },
    { outcome: 'empty', passes: false, verified: false },
  ],
  [
    'outside the claim',
    { trespasses: [{ path: 'b.ts', reason: 'owned' }] },
    { outcome: 'trespass', passes: false, verified: false, reason: /b\.ts/ },
  ],
  [
    'something not committed',
    { dirty: ['x.ts'] },
    { outcome: 'dirty', passes: false, verified: false, reason: /x\.ts/ },
  ],
  ['a gate that writes', { meddled: ['y.ts'] }, { outcome: 'dirty', passes: false, verified: false, reason: /y\.ts/ }],
  [
    'a gate that writes and fails',
    { meddled: ['y.ts'], verdicts: [red] },
    { outcome: 'red', passes: false, verified: false },
  ],
  [
    'ended badly',
    { end: 'badly', problem: 'api error' },
    { outcome: 'failed', passes: false, verified: false, reason: /api error/ },
  ],
  ['too long', { end: 'timeout' }, { outcome: 'timeout', passes: false, verified: false }],
  ['stopped', { end: 'stopped' }, { outcome: 'stopped', passes: false, verified: false }],
  ['on another branch', { elsewhere: 'main' }, { outcome: 'elsewhere', passes: false, verified: false }],
])('%s', (_, given, { reason, ...wanted }) => {
  const judged = judge(evidence(given));
  expect(judged).toMatchObject(wanted);
  expect(judged.reason).toMatch(reason ?? /./);
});

test('gates are only run where they can decide', () => {
  expect(worthGating(evidence())).toBe(true);
  expect(worthGating(evidence({ gates: 0 }))).toBe(false);
  expect(worthGating(evidence({ proposal: undefined }))).toBe(false);
  expect(worthGating(evidence({ dirty: ['x'] }))).toBe(false);
});
