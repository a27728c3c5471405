import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addTask, claimed, expectRefused, FILES } from '../support/claimed.ts';
import type { Scene } from '../support/scene.ts';
import { scene } from '../support/scene.ts';

/** A hook that writes down how it was started. */
const noting = (file: string, then = 'exit 0') => `#!/bin/sh
{
  printf '%s|' "\${0##*/}" "$@"
  printf '%s|%s|' "$PWD" "$(git rev-parse --absolute-git-dir)"
  case \${0##*/} in reference-transaction | post-rewrite) tr '\\n' ' ' ;; esac
  echo
} >>'${file}'
${then}
`;

interface Project {
  readonly name: string;
  /** Where the project keeps its hooks, relative to the main checkout. */
  readonly folder: string;
  readonly hooksPath?: string;
}
const projects: readonly Project[] = [
  { name: 'plain', folder: '.git/hooks' },
  { name: 'a tracked folder, named relative to the worktree', folder: 'tools/hooks', hooksPath: 'tools/hooks' },
  { name: 'husky, whose folder is generated in the main checkout alone', folder: '.husky/_', hooksPath: '.husky/_' },
];

async function project({ folder, hooksPath }: Project, hooks: readonly string[], then?: string) {
  const s = await scene({ ...FILES, '.husky/.gitignore': '_\n' });
  const log = join(s.box, 'hooks.log');
  for (const name of hooks) s.write(join(folder, name), noting(log, then), 0o755);
  if (hooksPath) {
    s.git('config', 'core.hooksPath', hooksPath);
    s.git('-c', 'core.hooksPath=/dev/null', 'add', '--all');
    s.git('-c', 'core.hooksPath=/dev/null', 'commit', '-qm', 'tools', '--allow-empty');
  }
  await addTask(s, 'login', { owns: ['src/auth/**'] });
  const w = s.worktree('login');
  s.write(log, '');
  return {
    s,
    w,
    log: () => s.read(log).trim().split('\n').filter(Boolean),
    where: `${w}|${s.path('.git/worktrees/login')}|`,
  };
}

function change(s: Scene, w: string, text: string): void {
  s.write(join(w, 'src/auth/login.ts'), text);
  s.gitIn(w, 'add', '--all');
}

const HOOKS = [
  'pre-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'post-rewrite',
  'post-checkout',
  'pre-rebase',
  'reference-transaction',
];

test.each(projects)("the project's own hooks run in the worktree as git would run them: $name", async (kind) => {
  const { s, w, log, where } = await project(kind, HOOKS);
  change(s, w, 'new\n');
  s.gitIn(w, 'commit', '-qm', 'login');
  const [old, now] = [s.git('rev-parse', 'main'), s.gitIn(w, 'rev-parse', 'HEAD')];
  const message = join(s.path('.git/worktrees/login'), 'COMMIT_EDITMSG');
  expect(log()).toEqual([
    `pre-commit|${where}`,
    `prepare-commit-msg|${message}|message|${where}`,
    `commit-msg|${message}|${where}`,
    `reference-transaction|prepared|${where}${old} ${now} HEAD ${old} ${now} refs/heads/gwt/login `,
    `reference-transaction|committed|${where}${old} ${now} HEAD ${old} ${now} refs/heads/gwt/login `,
    `post-commit|${where}`,
  ]);
  s.write(join(s.box, 'hooks.log'), '');
  s.gitIn(w, 'commit', '-q', '--amend', '-m', 'login, better');
  s.gitIn(w, 'switch', '-q', '--detach');
  expect(log().filter((line) => /^post-rewrite/.test(line))).toEqual([
    `post-rewrite|amend|${where}${now} ${s.gitIn(w, 'rev-parse', 'HEAD')} `,
  ]);
  expect(log().filter((line) => /^post-checkout/.test(line))).toHaveLength(1);
});

test.each(projects)('what a hook of the project refuses is refused: $name', async (kind) => {
  const { s, w } = await project(kind, ['commit-msg'], 'echo "say why" >&2; exit 1');
  change(s, w, 'new\n');
  const { code, out } = s.tryGit(w, 'commit', '-qm', 'login');
  expect({ code, out }).toEqual({ code: 1, out: 'say why\n' });
});

test("gwt's check comes first, also where the project has a hook for refs", async () => {
  const { s, w, log } = await project({ name: 'plain', folder: '.git/hooks' }, ['pre-commit', 'reference-transaction']);
  s.write(join(w, 'src/billing/pay.ts'), 'oops\n');
  expectRefused(s, w, ['commit', '-qam', 'oops'], 'is outside the claim');
  expect(log()).toEqual([]);
  expectRefused(s, w, ['commit', '-qam', 'oops', '--no-verify'], 'is outside the claim');
  expect(log().filter((line) => line.includes('|prepared|'))).toEqual([]);
  expectRefused(s, w, ['stash'], 'the stash is shared');
});

test('lefthook finds its project: the hook asks git where it is', async () => {
  const s = await scene(FILES);
  s.write(
    '.git/hooks/pre-commit',
    '#!/bin/sh\ndir="$(git rev-parse --show-toplevel)"\necho "$dir" >"$dir/../seen"\n',
    0o755,
  );
  await addTask(s, 'login');
  const w = s.worktree('login');
  change(s, w, 'new\n');
  s.gitIn(w, 'commit', '-qm', 'login');
  expect(s.read(join(w, '../seen'))).toBe(`${w}\n`);
});

test("a person's own checkout notices nothing", async () => {
  const s = await scene(FILES);
  s.write('.git/hooks/pre-commit', '#!/bin/sh\necho mine >&2\n', 0o755);
  const before = { hooks: s.git('ls-files', '-o', '--', '.git/hooks'), config: s.read('.git/config') };
  await addTask(s, 'login', { owns: ['src/auth/**'] });
  expect(s.tryGit(s.dir, 'config', '--get-all', 'core.hooksPath')).toEqual({ code: 1, out: '' });
  expect(s.tryGit(s.dir, 'config', '--get-regexp', 'pushInsteadOf|excludesFile|gpgSign|packRefs').code).toBe(1);
  expect(s.read('.git/config').replace(/\[extensions\]\n.*\n/, '')).toContain(before.config.split('[')[1]);
  s.write('src/billing/pay.ts', 'more\n');
  expect(s.tryGit(s.dir, 'commit', '-qam', 'pay: more').code).toBe(0);
  expect(s.git('log', '-1', '--format=%B')).toBe('pay: more');
  s.git('stash', 'list');
  s.write('src/billing/pay.ts', 'most\n');
  s.git('stash');
  s.git('stash', 'pop');
  s.git('branch', 'mine');
});

test('gwt spawns from inside a worktree of a task', async () => {
  const { s, w } = await claimed();
  const answer = await s.gwtIn(w, ['spawn', 'more', '--base', 'main']);
  expect(answer.toString()).toContain('[exit 0]');
  expect(s.gitIn(s.worktree('more'), 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('gwt/more');
});
