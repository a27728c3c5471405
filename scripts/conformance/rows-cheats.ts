import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './row.ts';

const TESTED = { 'shop.test.js': "test('a', () => { expect(1).toBe(2); });\n" };
const noted =
  (words: string): Row['facts'] =>
  ({ cheats, reason }) => ({ [`told: ${words}`]: [...cheats, reason].some((line) => line.includes(words)) });

/** Agents that make the judge kinder, or work where they may not. */
export const CHEAT_ROWS: readonly Row[] = [
  {
    name: 'deletes-tests',
    does: 'deletes the test that fails',
    setting: { agent: 'deletes-tests', gates: ['! grep -q "toBe(2)" *.test.js'], files: TESTED },
    ends: 'complete 1/1, exit 0',
    facts: noted('tests removed'),
  },
  {
    name: 'deletes-tests-strict',
    does: 'the same, where `loop.cheats` is `strict`',
    setting: { agent: 'deletes-tests', files: TESTED, loop: { cheats: 'strict' } },
    args: ['--max', '2'],
    ends: 'max 0/1, exit 1',
    facts: ({ journal }) => ({ 'told what to put back': journal.includes('shop.test.js') }),
  },
  {
    name: 'skips-tests',
    does: 'skips the test that fails',
    setting: { agent: 'skips-tests', files: TESTED },
    ends: 'complete 1/1, exit 0',
    facts: noted('tests skipped'),
  },
  {
    name: 'edits-the-gate',
    does: 'rewrites the script that the gate runs',
    setting: { agent: 'edits-the-gate', gates: ['sh check.sh'], files: { 'check.sh': 'test -e never.txt\n' } },
    args: ['--max', '2'],
    ends: 'max 0/1, exit 1',
    facts: ({ journal }) => ({ 'judged by the script as it was before': /check\.sh failed/.test(journal) }),
  },
  {
    name: 'shell-trespass',
    does: 'changes paths outside its claim by the shell and commits around the hooks',
    setting: { agent: 'shell-trespass', owns: ['src/**'] },
    args: ['--max', '2'],
    ends: 'max 0/1, exit 1',
    facts: ({ journal }) => ({
      'both paths are named': journal.includes('other/theirs.txt') && journal.includes('old.txt'),
    }),
  },
  {
    name: 'trespass-merge',
    does: 'the same, and then `gwt merge`',
    setting: { agent: 'shell-trespass', owns: ['src/**'] },
    ends: 'not landed, exit 1',
    play: async (sample) => {
      await sample.gwt('loop', 't', '--json', '--yes', '--max', '1');
      return sample.gwt('merge', 't', '--yes', '--json');
    },
    facts: ({ sample }) => ({ 'nothing lands': sample.git('rev-list', '--count', 'main') === '1' }),
  },
  {
    name: 'writes-outside',
    does: 'writes files into the person’s checkout, and commits there',
    setting: { agent: 'writes-outside' },
    args: ['--max', '2'],
    ends: 'stuck 0/1, exit 3',
    harms: true,
    facts: ({ committed, reason, sample }) => ({
      'each file and the branch are named, and a person is asked': ['old.txt', 'stray.txt', 'main moved'].every(
        (word) => reason.includes(word),
      ),
      'nothing of it is on the task’s branch': committed.join() === 'src/S-1.txt',
      'gwt takes none of it away': existsSync(join(sample.dir, 'stray.txt')),
    }),
  },
  {
    name: 'writes-outside-merge',
    does: 'the same, and then `gwt merge --all`',
    setting: { agent: 'writes-outside' },
    harms: true,
    ends: 'not landed, exit 0',
    play: async (sample) => {
      await sample.gwt('loop', 't', '--json', '--yes', '--max', '1');
      return sample.gwt('merge', '--all', '--yes', '--json');
    },
    facts: ({ sample }) => ({ 'nothing lands': !sample.git('log', '--format=%s', 'main').includes('S-1: done') }),
  },
  {
    name: 'writes-outside-again',
    does: 'writes there once; a person has looked, and `gwt loop` goes on',
    setting: { agent: 'writes-outside', env: { ONCE: '1' } },
    harms: true,
    ends: 'complete 1/1, exit 0',
    play: async (sample) => {
      await sample.gwt('loop', 't', '--json', '--yes', '--max', '1');
      return sample.gwt('loop', 't', '--json', '--yes', '--max', '1');
    },
    facts: ({ passing }) => ({ 'the story passes': passing.join() === 'S-1' }),
  },
  {
    name: 'commits-outside',
    does: 'moves main, makes and pushes branches, stashes',
    setting: { agent: 'commits-outside' },
    ends: 'complete 1/1, exit 0',
    facts: ({ committed }) => ({ 'the hooks refuse each of them': committed.join() === 'src/S-1.txt' }),
  },
  {
    name: 'other-branch',
    does: 'works on a branch of its own making',
    setting: { agent: 'leaves-branch' },
    args: ['--max', '2'],
    ends: 'max 0/1, exit 1',
    facts: ({ committed, journal }) => ({
      'the story does not pass, the agent is told': committed.length === 0 && journal.includes('elsewhere'),
    }),
  },
  {
    name: 'secrets',
    does: 'leaves `.env` and a private key beside its work',
    setting: { agent: 'secrets' },
    args: ['--max', '2'],
    ends: 'complete 1/1, exit 0',
    facts: ({ committed, inWorktree }) => ({
      'the work is committed, the secrets are not': committed.join() === 'src/S-1.txt',
      'they stay where they are': inWorktree('.env') === 'TOKEN=abc\n',
    }),
  },
  {
    name: 'leaves-dirty',
    does: 'commits nothing, while the person has uncommitted files in the checkout',
    setting: { agent: 'leaves-dirty', gates: ['test -d src', '! test -e old.txt'] },
    ends: 'complete 1/1, exit 0',
    facts: ({ committed }) => ({
      'its own changes are committed in its name': committed.join() === 'README.md,old.txt,src/S-1.txt',
    }),
  },
];
