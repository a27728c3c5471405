import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { claimFile, type HookFacts, quoted } from '../../src/core/hookfile.ts';
import type { Task } from '../../src/core/task.ts';

const task = {
  id: 'login',
  agentId: 'login-claude',
  branch: 'gwt/login',
  target: 'main',
  base: 'a'.repeat(40),
  owns: ['src/auth/**'],
  after: [],
  state: 'queued',
} as unknown as Task;

const facts = (over: Partial<HookFacts> = {}): HookFacts => ({
  task,
  others: [],
  frozen: [],
  shared: [],
  command: ['node', 'gwt.js'],
  project: '/repo/.git/hooks',
  root: '/repo',
  beat: '/repo/.git/gwt/runs/login/beat',
  ...over,
});

/** The pathspecs a diff would be given, as the shell hands them over. */
function specs(given: HookFacts): string[] {
  const script = `${claimFile(given)}\ngwt_inside printf '<%s>'`;
  return execFileSync('dash', ['-c', script], { encoding: 'utf8' }).split(/[<>]+/).filter(Boolean);
}

test.each([
  { name: 'a claim', given: {}, found: ['--', ':(top)', ':(top,exclude,glob)src/auth/**'] },
  {
    name: 'a claim, shared and frozen paths',
    given: { shared: ['docs/**'], frozen: ['/LICENSE'] },
    found: [
      ...['--', ':(top)', ':(top,exclude,glob)src/auth/**', ':(top,exclude,glob)docs/**'],
      ...['--', ':(top,icase,glob)LICENSE', ':(top,icase,glob)LICENSE/**'],
    ],
  },
  { name: 'no claim, and nobody else has one', given: { task: { ...task, owns: [] } }, found: [] },
  {
    name: 'no claim, and others have',
    given: {
      task: { ...task, owns: [] },
      others: [
        { ...task, id: 'pay', owns: ['pay/**', '!pay/open/**'] },
        { ...task, id: 'old', owns: ['old/**'], state: 'landed' as const },
        { ...task, owns: ['self/**'] },
      ],
    },
    found: ['--', ':(top,icase,glob)pay/**'],
  },
])('the diff looks at what may be a trespass: $name', ({ given, found }) => {
  expect(specs(facts(given))).toEqual(found);
});

const HOSTILE = ["it's", '$(touch pwned)', '`id`', 'a\nb', '"; exit 0; "', '\\', "'\\''", '-n', 'é ü', '*', '~'];

test.each(HOSTILE)('whatever a name holds, the shell gets it as it is: %j', (name) => {
  const said = execFileSync('dash', ['-c', `printf %s ${quoted(name)}`], { encoding: 'utf8' });
  expect(said).toBe(name);
  const script = claimFile(facts({ project: name, root: name, beat: name, command: ['printf', '%s', name] }));
  const all = execFileSync('dash', ['-c', `${script}\nprintf '%s|%s|' "$gwt_project" "$gwt_root"; gwt_start`], {
    encoding: 'utf8',
  });
  expect(all).toBe(`${name}|${name}|${name}`);
});

test('a pattern of any kind reaches git as one word', () => {
  const owns = ["a'b/**", '$(id)/**', 'sp ace/**'];
  expect(specs(facts({ task: { ...task, owns } })).slice(2)).toEqual(
    owns.map((pattern) => `:(top,exclude,glob)${pattern}`),
  );
});
