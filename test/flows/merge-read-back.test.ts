import { expect, test } from 'vitest';
import { inbox } from '../../src/flows/inbox.ts';
import { contentMismatches } from '../../src/flows/merge/read-content.ts';
import { merge } from '../../src/flows/merge.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { changeTask, taskNamed } from '../../src/flows/tasks.ts';
import { type Scene, scene } from '../support/scene.ts';

/** A finished task, and a hook of the project that does this once, in the very moment main has moved. */
async function ready(script: string): Promise<Scene> {
  const s = await scene({ 'a.txt': 'a\n' });
  const ports = s.ports();
  await spawn(ports, { tasks: ['login'] });
  const head = s.git('commit-tree', '-p', 'main', '-m', 'login work', treeWith(s));
  s.git('update-ref', 'refs/heads/gwt/login', head);
  const event = { type: 'task.changed', at: '2026-01-01T00:00:00.000Z', task: 'login', what: 'done' } as const;
  await changeTask(ports, 'login', () => ({ event, state: 'finished' }));
  const when = `[ "$1" = committed ] && grep -q ' refs/heads/main$' && [ ! -e "$GIT_DIR/done" ] || exit 0`;
  s.write('.git/hooks/reference-transaction', `#!/bin/sh\n${when}\n: >"$GIT_DIR/done"\n${script}\n`, 0o755);
  return s;
}

function treeWith(s: Scene): string {
  s.write('login.txt', 'l\n');
  s.git('add', 'login.txt');
  const tree = s.git('write-tree');
  s.git('rm', '-q', '--force', 'login.txt');
  return tree;
}

const ON_TOP =
  "git update-ref refs/heads/main $(git commit-tree -p refs/heads/main -m theirs 'refs/heads/main^{tree}')";
const BACK = 'git update-ref refs/heads/main refs/heads/main~1';
const NO_RECORD = 'git update-ref -d refs/gwt/landings/1';

test.each([
  { what: 'the target moved away', script: BACK, fate: 'gone', words: 'was moved to' },
  { what: 'the record lost', script: NO_RECORD, fate: 'back', words: 'the record of landing 1' },
])('$what in the very moment: it is said, and the landing is taken back', async ({ script, fate, words }) => {
  const s = await ready(script);
  const before = s.git('rev-parse', 'main');
  const answer = await s.gwt('merge', '--json');
  expect([answer.code, answer.json().error]).toMatchObject([1, { code: 'merge.unverified', facts: { fate } }]);
  expect(answer.json().error.message).toContain(words);
  expect([s.git('rev-parse', 'main'), s.git('status', '--porcelain')]).toEqual([before, '']);
  expect((await taskNamed(s.ports(), 'login')).state).toBe('finished');
  const again = await merge(s.ports(), { names: [] });
  expect(again.landed.map(({ task }) => task)).toEqual(['login']);
  expect(s.git('status', '--porcelain')).toBe('');
});

test('where somebody has built on what is not as recorded a person is asked, and nothing is moved', async () => {
  const s = await ready(`${ON_TOP}\n${NO_RECORD}`);
  const answer = await s.gwt('merge', '--json');
  expect(answer.json().error).toMatchObject({
    code: 'merge.unverified',
    facts: { fate: 'stands', escalation: '1' },
    hint: 'gwt inbox show 1',
  });
  expect(s.git('log', '--format=%s', '-2', 'main')).toBe('theirs\nlogin work');
  expect((await inbox(s.ports(), {})).escalations.map(({ summary }) => summary)).toEqual([
    expect.stringContaining('landing 1 on main'),
  ]);
});

test('who builds on a landing in the very moment it is there takes nothing from it', async () => {
  const s = await ready(ON_TOP);
  const merged = await merge(s.ports(), { names: [] });
  expect(merged.landed.map(({ task }) => task)).toEqual(['login']);
});

/** A train as it would be after something between judging and moving had put other commits in the place of its own. */
async function forged(s: Scene, mode: 'rebase' | 'squash', made: Readonly<Record<string, string>>) {
  const ports = s.ports();
  const before = s.git('rev-parse', 'main');
  await spawn(ports, { tasks: ['login'], owns: ['src/**'] });
  s.git('checkout', '-q', '--detach', 'main');
  const head = s.commit('login work', { 'src/one.txt': '1\n', 'src/two.txt': '2\n' });
  s.git('update-ref', 'refs/heads/gwt/login', head);
  s.git('checkout', '-q', '--detach', 'main');
  for (const [path, text] of Object.entries(made)) s.write(path, text);
  s.git('add', '--all');
  s.git('commit', '-q', '-C', head);
  const [commit, tree] = s.git('rev-parse', 'HEAD', 'HEAD^{tree}').split('\n') as [string, string];
  s.git('checkout', '-q', 'main');
  const task = await taskNamed(ports, 'login');
  const candidate = { branch: 'gwt/login', task: 'login', head, mode, given: 0, priority: 0, after: [] };
  const car = { candidate, tip: { commit, tree }, commits: 1, resolved: [] };
  return contentMismatches(ports, before, [car], { tasks: [task], frozen: [], shared: [], guards: [] });
}
const BOTH = { 'src/one.txt': '1\n', 'src/two.txt': '2\n' };

test.each([
  { what: 'all of it', mode: 'rebase', made: BOTH, found: [] },
  {
    what: 'a path of nobody',
    mode: 'rebase',
    made: { ...BOTH, 'b.txt': 'b\n' },
    found: ['gwt/login changed b.txt (outside the claim)'],
  },
  { what: 'all of it', mode: 'squash', made: BOTH, found: [] },
  {
    what: 'a file that got lost',
    mode: 'squash',
    made: { 'src/one.txt': '1\n' },
    found: ['what gwt/login did to src/two.txt is not there'],
  },
] as const)('what landed is held against the claim and the branch: $what ($mode)', async ({ mode, made, found }) => {
  expect(await forged(await scene({ 'a.txt': 'a\n' }), mode, made)).toEqual(found);
});
