import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addTask, claimed, expectRefused, FILES, standing } from '../support/claimed.ts';
import type { Scene } from '../support/scene.ts';

const OUTSIDE = 'src/billing/pay.ts  is outside the claim';

/** A commit outside the claim on a branch nobody guards, for the ways to bring it along. */
async function withForeign(): Promise<{ s: Scene; w: string }> {
  const { s, w } = await claimed();
  s.git('switch', '-qc', 'foreign');
  s.commit('pay more', { 'src/billing/pay.ts': 'more\n' });
  s.git('switch', '-q', 'main');
  return { s, w };
}

const commits: readonly {
  readonly name: string;
  readonly change: (s: Scene, w: string) => void;
  readonly says?: RegExp | string;
}[] = [
  { name: 'a changed file', change: (s, w) => s.write(join(w, 'src/billing/pay.ts'), 'oops\n'), says: OUTSIDE },
  { name: 'a new file', change: (s, w) => s.write(join(w, 'top.ts'), 'oops\n'), says: 'top.ts  is outside' },
  { name: 'a deleted file', change: (_, w) => rmSync(join(w, 'src/billing/pay.ts')), says: OUTSIDE },
  {
    name: 'a changed mode',
    change: (s, w) => s.gitIn(w, 'update-index', '--chmod=+x', 'src/billing/pay.ts'),
    says: OUTSIDE,
  },
  {
    name: 'a rename out of the claim',
    change: (s, w) => s.gitIn(w, 'mv', 'src/auth/login.ts', 'src/login.ts'),
    says: 'src/login.ts  is outside',
  },
  {
    name: 'a rename into the claim',
    change: (s, w) => s.gitIn(w, 'mv', 'src/billing/pay.ts', 'src/auth/pay.ts'),
    says: OUTSIDE,
  },
  {
    name: 'a symlink in the place of the claimed folder',
    change: (_, w) => {
      rmSync(join(w, 'src/auth'), { recursive: true });
      symlinkSync('billing', join(w, 'src/auth'));
    },
    says: 'src/auth  is outside',
  },
  {
    name: 'a submodule',
    change: (s, w) =>
      s.gitIn(w, 'update-index', '--add', '--cacheinfo', `160000,${s.git('rev-parse', 'main')},vendor/lib`),
    says: 'vendor/lib  is outside',
  },
  {
    name: 'a submodule that git is told to ignore',
    change: (s, w) => {
      s.gitIn(w, 'update-index', '--add', '--cacheinfo', `160000,${s.git('rev-parse', 'main')},vendor/lib`);
      s.gitIn(w, 'config', 'diff.ignoreSubmodules', 'all');
      s.write(join(w, 'src/auth/login.ts'), 'new\n');
      s.gitIn(w, 'add', 'src/auth/login.ts');
    },
    says: 'vendor/lib  is outside',
  },
  {
    name: 'another case of the claimed folder',
    change: (s, w) => s.write(join(w, 'src/AUTH/login.ts'), 'oops\n'),
    says: 'src/AUTH/login.ts  is outside',
  },
  {
    name: 'a name with quotes and a line end',
    change: (s, w) => s.write(join(w, 'a\'"$(id)\nb.ts'), 'oops\n'),
    says: /a'"\$\(id\) b.ts {2}is outside/,
  },
];

test.each(commits)('a commit is refused, plainly and with --no-verify: $name', async ({ change, says = OUTSIDE }) => {
  const { s, w } = await claimed();
  change(s, w);
  if (s.gitIn(w, 'diff', '--cached', '--name-only') === '') s.gitIn(w, 'add', '--all');
  expectRefused(s, w, ['commit', '-qm', 'oops'], says);
  expectRefused(s, w, ['commit', '-qm', 'oops', '--no-verify'], says);
});

test('commit -a and commit --only are refused like any other, whatever the environment says of pathspecs', async () => {
  const { s, w } = await claimed();
  s.write(join(w, 'src/billing/pay.ts'), 'oops\n');
  expectRefused(s, w, ['commit', '-qam', 'oops'], OUTSIDE);
  expectRefused(s, w, ['commit', '-qam', 'oops', '--no-verify'], OUTSIDE);
  expectRefused(s, w, ['commit', '-qm', 'oops', '--only', 'src/billing/pay.ts'], OUTSIDE);
  expectRefused(s, w, ['--literal-pathspecs', 'commit', '-qam', 'oops'], OUTSIDE);
  expectRefused(s, w, ['--literal-pathspecs', 'commit', '-qam', 'oops', '--no-verify'], OUTSIDE);
});

test('a commit that others made is not brought along', async () => {
  const { s, w } = await withForeign();
  const patch = join(s.box, 'pay.patch');
  s.write(patch, `${s.git('format-patch', '-1', '--stdout', 'foreign')}\n`);
  expectRefused(s, w, ['am', '-q', patch], OUTSIDE);
  s.gitIn(w, 'am', '--abort');
  expectRefused(s, w, ['cherry-pick', 'foreign'], OUTSIDE);
  s.gitIn(w, 'reset', '-q', '--hard');
  expectRefused(s, w, ['merge', '-q', '--no-ff', 'foreign'], OUTSIDE);
  s.gitIn(w, 'reset', '-q', '--hard');
  expectRefused(s, w, ['merge', '-q', '--ff-only', 'foreign'], OUTSIDE);
  s.gitIn(w, 'reset', '-q', '--hard');
  expectRefused(s, w, ['reset', '-q', '--hard', 'foreign'], OUTSIDE);
  expectRefused(s, w, ['update-ref', 'refs/heads/gwt/login', 'foreign'], OUTSIDE);
  s.gitIn(w, 'reset', '-q', '--hard');
  expectRefused(s, w, ['revert', '--no-edit', 'main'], 'src/other.ts  is outside');
});

test('a rebase onto what others made stops before the branch moves, and can be taken back', async () => {
  const { s, w } = await withForeign();
  s.write(join(w, 'src/auth/login.ts'), 'new\n');
  s.gitIn(w, 'commit', '-qam', 'login: new');
  const before = standing(s, w);
  const { code, out } = s.tryGit(w, 'rebase', '-q', 'foreign');
  expect(code).not.toBe(0);
  expect(out).toContain(OUTSIDE);
  s.gitIn(w, 'rebase', '--abort');
  expect(standing(s, w)).toBe(before);
  expect(s.read(join(w, 'src/auth/login.ts'))).toBe('new\n');
});

test('work off the branch is held to the claim too', async () => {
  const { s, w } = await claimed();
  s.gitIn(w, 'switch', '-q', '--detach');
  s.write(join(w, 'src/billing/pay.ts'), 'oops\n');
  expectRefused(s, w, ['commit', '-qam', 'oops', '--no-verify'], OUTSIDE);
});

test('no ref but its own moves', async () => {
  const { s, w } = await withForeign();
  s.git('tag', 'v1');
  s.write(join(w, 'src/auth/login.ts'), 'new\n');
  const refs: readonly (readonly [string[], string])[] = [
    [['stash'], 'the stash is shared'],
    [['stash', 'push', '--include-untracked'], 'gwt checkpoint'],
    [['update-ref', 'refs/heads/main', 'foreign'], 'main is where finished tasks land'],
    [['update-ref', '--no-deref', 'refs/heads/main', 'foreign'], 'main is where finished tasks land'],
    [['update-ref', '-d', 'refs/heads/foreign'], "foreign is not this task's branch"],
    [['update-ref', '-d', 'refs/heads/gwt/login'], 'the branch of this task is not deleted'],
    [['update-ref', '-d', 'HEAD'], 'gwt: refused'],
    [['update-ref', 'refs/notes/commits', 'foreign'], 'refs/notes/commits does not belong'],
    [['update-ref', 'refs/gwt/tasks/login', 'foreign'], 'kept by gwt alone'],
    [['update-ref', '-d', 'refs/gwt/tasks/login'], 'kept by gwt alone'],
    [['update-ref', 'main-worktree/HEAD', 'foreign'], 'gwt: refused'],
    [['replace', 'main', 'foreign'], 'refs/replace/'],
    [['branch', 'mine'], "mine is not this task's branch"],
    [['branch', '-f', 'foreign', 'main'], "foreign is not this task's branch"],
    [['branch', '-D', 'foreign'], "foreign is not this task's branch"],
    [['branch', '-m', 'gwt/login', 'mine'], 'gwt: refused'],
    [['switch', '-c', 'mine'], "mine is not this task's branch"],
    [['tag', '-f', 'v1', 'foreign'], 'tag v1 is there already'],
    [['tag', '-d', 'v1'], 'tag v1 is there already'],
    [['fetch', '-q', '../../repo', 'foreign:mine'], "mine is not this task's branch"],
    [['fetch', '-q', '--update-head-ok', '../../repo', 'foreign:main'], 'main is where finished tasks land'],
    [['worktree', 'add', '-q', '-b', 'mine', join(s.box, 'mine')], "mine is not this task's branch"],
    [['worktree', 'add', '-q', join(s.box, 'mine'), 'foreign'], 'this worktree has no claim'],
    [['worktree', 'add', '-q', '--detach', join(s.box, 'mine')], 'this worktree has no claim'],
  ];
  for (const [args, words] of refs) expectRefused(s, w, args, words);
  expect(s.read(join(w, 'src/auth/login.ts'))).toBe('new\n');
  expect(s.git('worktree', 'list').split('\n')).toHaveLength(2);
  expect(s.exists(join(s.box, 'mine'))).toBe(false);
});

test('a branch that was switched to takes no commit', async () => {
  const { s, w } = await withForeign();
  s.gitIn(w, 'switch', '-q', 'foreign');
  s.write(join(w, 'src/auth/login.ts'), 'new\n');
  expectRefused(s, w, ['commit', '-qam', 'oops'], "foreign is not this task's branch");
  s.gitIn(w, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  expectRefused(s, w, ['commit', '-qam', 'oops', '--no-verify'], 'main is where finished tasks land');
  s.gitIn(w, 'symbolic-ref', 'HEAD', 'refs/heads/foreign');
  s.gitIn(w, 'restore', '.');
  s.gitIn(w, 'switch', '-q', '--ignore-other-worktrees', 'main');
  s.write(join(w, 'src/auth/login.ts'), 'new\n');
  expectRefused(s, w, ['commit', '-qam', 'oops'], 'main is where finished tasks land');
  s.gitIn(w, 'restore', '.');
  s.gitIn(w, 'switch', '-q', '--orphan', 'fresh');
  s.write(join(w, 'src/auth/login.ts'), 'new\n');
  s.gitIn(w, 'add', 'src/auth/login.ts');
  const { code, out } = s.tryGit(w, '-c', 'core.editor=echo oops >', 'commit', '-q');
  expect({ code, out }).toMatchObject({ code: 1, out: expect.stringContaining('a branch without history') });
  expect(s.tryGit(w, 'commit', '-qm', 'oops').out).toContain("fresh is not this task's branch");
  expect(s.tryGit(w, 'commit', '-qm', 'oops', '--no-verify').out).toContain("fresh is not this task's branch");
});

test('frozen paths, and what another task claims, are named with their owner', async () => {
  const { s, w } = await claimed({ owns: [] }, { ...FILES, 'gwt.config.yaml': 'ownership: { frozen: [LICENSE] }\n' });
  await addTask(s, 'pay', { owns: ['src/billing/**'] });
  s.write(join(w, 'src/other.ts'), 'fine\n');
  s.gitIn(w, 'commit', '-qam', 'fine');
  s.write(join(w, 'src/billing/pay.ts'), 'oops\n');
  expectRefused(
    s,
    w,
    ['commit', '-qam', 'oops'],
    /pay\.ts {2}belongs to task pay[\s\S]*gwt claim \/src\/billing\/pay\.ts/,
  );
  s.gitIn(w, 'restore', '.');
  s.write(join(w, 'docs/license'), 'oops\n');
  s.gitIn(w, 'add', 'docs/license');
  expectRefused(s, w, ['commit', '-qm', 'oops', '--no-verify'], 'docs/license  is frozen');
});

test('a worktree whose claim was taken away refuses, and says what mends it', async () => {
  const { s, w } = await claimed();
  rmSync(s.path('.git/worktrees/login/gwt/claim.sh'));
  s.write(join(w, 'src/auth/login.ts'), 'new\n');
  expectRefused(s, w, ['commit', '-qam', 'login'], 'gwt doctor --fix');
  expectRefused(s, w, ['commit', '-qam', 'login', '--no-verify'], 'gwt doctor --fix');
  expect(standing(s, w)).not.toContain('mine');
});

test('without node the answer stays no, and names the paths', async () => {
  const { s, w } = await claimed();
  const file = s.path('.git/worktrees/login/gwt/claim.sh');
  s.write(file, s.read(file).replace(/^gwt_start\(\).*$/m, "gwt_start() { '/gone/node' '/gone/gwt.js' \"$@\"; }"));
  s.write(join(w, 'src/billing/pay.ts'), 'oops\n');
  expectRefused(s, w, ['commit', '-qam', 'oops'], /gwt could not be started[\s\S]*src\/billing\/pay\.ts/);
  expectRefused(
    s,
    w,
    ['commit', '-qam', 'oops', '--no-verify'],
    /gwt could not be started[\s\S]*src\/billing\/pay\.ts/,
  );
  s.gitIn(w, 'restore', '.');
  s.write(join(w, 'src/auth/login.ts'), 'new\n');
  s.gitIn(w, 'commit', '-qam', 'login: works without it');
});
