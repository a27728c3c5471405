import { expect, test } from 'vitest';
import { trespasses } from '../../src/core/trespass.ts';

const pay = { id: 'pay', owns: ['src/billing/**'], state: 'running' } as const;

const cases: readonly {
  readonly name: string;
  readonly owns: readonly string[];
  readonly path: string;
  readonly frozen?: readonly string[];
  readonly shared?: readonly string[];
  readonly others?: Parameters<typeof trespasses>[0]['others'];
  readonly refused?: string;
}[] = [
  { name: 'inside the claim', owns: ['src/auth/**'], path: 'src/auth/a.ts' },
  { name: 'outside the claim', owns: ['src/auth/**'], path: 'src/b.ts', refused: 'outside' },
  {
    name: 'outside the claim, and somebody owns it',
    owns: ['src/auth/**'],
    path: 'src/billing/x',
    refused: 'owned pay',
  },
  { name: 'no claim, nobody owns it', owns: [], path: 'src/b.ts' },
  { name: 'no claim, somebody owns it', owns: [], path: 'src/billing/x', refused: 'owned pay' },
  { name: 'no claim, in another case of letters', owns: [], path: 'src/BILLING/x', refused: 'owned pay' },
  { name: 'the owner has landed', owns: [], path: 'src/billing/x', others: [{ ...pay, state: 'landed' }] },
  {
    name: 'the owner is the task itself',
    owns: ['src/billing/**'],
    path: 'src/billing/x',
    others: [{ ...pay, id: 'login' }],
  },
  { name: 'shared', owns: ['src/auth/**'], path: 'package.json', shared: ['package.json'] },
  { name: 'frozen', owns: ['**'], path: 'LICENSE', frozen: ['LICENSE'], refused: 'frozen' },
  { name: 'frozen, in another case of letters', owns: ['**'], path: 'license', frozen: ['LICENSE'], refused: 'frozen' },
  {
    name: 'frozen beats shared',
    owns: [],
    path: 'a/LICENSE',
    frozen: ['LICENSE'],
    shared: ['a/**'],
    refused: 'frozen',
  },
  { name: 'frozen but for one', owns: [], path: 'docs/open.md', frozen: ['docs/**', '!docs/open.md'] },
  { name: 'taken out of the claim', owns: ['src/**', '!src/keys/**'], path: 'src/keys/a', refused: 'outside' },
  { name: 'taken out, in another case', owns: ['src/**', '!src/keys/**'], path: 'src/KEYS/a', refused: 'outside' },
  { name: 'another case of the claim', owns: ['src/auth/**'], path: 'src/Auth/a.ts', refused: 'outside' },
  { name: 'the claimed folder itself, as a link', owns: ['src/auth/'], path: 'src/auth', refused: 'outside' },
];

test.each(cases)('$name', ({ owns, path, frozen = [], shared = [], others = [pay], refused }) => {
  const task = { id: 'login', owns, state: 'running' } as const;
  const found = trespasses({ changes: [{ path }], task, others, frozen, shared });
  expect(found.map(({ reason, owner }) => [reason, owner].filter(Boolean).join(' '))).toEqual(refused ? [refused] : []);
});

test('work of no task is bound by every claim', () => {
  const found = trespasses({ changes: [{ path: 'src/billing/x' }], task: undefined, others: [pay], frozen: [] });
  expect(found).toEqual([{ path: 'src/billing/x', reason: 'owned', owner: 'pay' }]);
});
