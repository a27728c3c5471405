import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recover } from '../../src/flows/recover.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { changeTask } from '../../src/flows/tasks.ts';
import { type Scene, scene, sceneIn } from '../support/scene.ts';

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no refusal',
    (error: { code?: string; stack?: string }) => error.code ?? error.stack,
  );

/** Everything that would be left of a half-made task. */
function traces(s: Scene, id: string): readonly string[] {
  return [
    ...s.git('for-each-ref', '--format=%(refname)', `refs/heads/gwt/${id}`, `refs/gwt/tasks/${id}`).split('\n'),
    ...s
      .git('worktree', 'list', '--porcelain')
      .split('\n')
      .filter((line) => line.endsWith(`/${id}`)),
    ...(existsSync(s.worktree(id)) ? [s.worktree(id)] : []),
    ...(existsSync(s.path('.git/worktrees')) ? readdirSync(s.path('.git/worktrees')) : []).filter(
      (name) => name === id,
    ),
  ].filter(Boolean);
}

test.each([
  ['../x', 'x'],
  ['a/b', 'a-b'],
  ['Ünïcödé tëst', 'unicode-test'],
  ['日本語', '日本語'],
  ['x'.repeat(300), 'x'.repeat(60)],
  ['-rf', 'rf'],
  ['a..b~1^{}:?*[', 'a-b-1'],
  ['--upload-pack=touch /tmp/x', 'upload-pack-touch-tmp-x'],
])('%j becomes the safe name %j', async (title, id) => {
  const s = await scene();
  const { tasks } = await spawn(s.ports(), { tasks: [title] });
  expect(tasks[0]).toMatchObject({ id, title, branch: `gwt/${id}`, worktree: s.worktree(id) });
  expect(s.gitIn(s.worktree(id), 'symbolic-ref', 'HEAD')).toBe(`refs/heads/gwt/${id}`);
});

test.each(['HEAD', '', '///', '..', 'con', '\u0000', 'stash'])(
  '%j is refused with the reason and leaves nothing',
  async (title) => {
    const s = await scene();
    expect(await codeOf(spawn(s.ports(), { tasks: [title] }))).toBe('name.unusable');
    expect(s.git('for-each-ref', 'refs/heads/gwt', 'refs/gwt/tasks')).toBe('');
  },
);

test('a name that begins with a dash gets a usage error that says how to write it', async () => {
  const s = await scene();
  const answer = await s.gwt('spawn', '-rf');
  expect(answer.code).toBe(2);
  expect(answer.err).toContain('-- -rf');
});

test('twins by case, a folder in the way of a file, and a branch called gwt are refused by name', async () => {
  const s = await scene();
  await spawn(s.ports(), { tasks: ['Login'] });
  expect(await codeOf(spawn(s.ports(), { tasks: ['LOGIN'] }))).toBe('task.exists');
  s.git('branch', 'gwt/Search');
  expect(await codeOf(spawn(s.ports(), { tasks: ['search'] }))).toBe('branch.blocked');
  s.git('branch', 'gwt/api/v2');
  expect(await codeOf(spawn(s.ports(), { tasks: ['api'] }))).toBe('branch.blocked');
  const other = await scene();
  other.git('branch', 'gwt');
  const answer = await other.gwt('spawn', 'login');
  expect(answer.err).toContain('there is a branch gwt');
  expect(traces(other, 'login')).toEqual([]);
});

test('the task that is there is told before its branch', async () => {
  const s = await scene();
  await spawn(s.ports(), { tasks: ['login'] });
  expect(await codeOf(spawn(s.ports(), { tasks: ['login'] }))).toBe('task.exists');
  s.git('branch', 'gwt/api');
  expect(await codeOf(spawn(s.ports(), { tasks: ['api'] }))).toBe('branch.exists');
});

test('a branch is adopted as it is, and not when it is checked out elsewhere', async () => {
  const s = await scene({ 'gwt.config.yaml': 'target: main\n' });
  s.git('switch', '-qc', 'feature/search');
  const tip = s.commit('search', { 's.txt': 's\n' });
  expect(await codeOf(spawn(s.ports(), { tasks: ['feature/search'], adopt: true }))).toBe('branch.elsewhere');
  s.git('switch', '-q', 'main');
  const { tasks } = await spawn(s.ports(), { tasks: ['feature/search'], adopt: true });
  expect(tasks[0]).toMatchObject({ id: 'feature-search', branch: 'feature/search', base: s.git('rev-parse', 'main') });
  expect(s.gitIn(s.worktree('feature-search'), 'rev-parse', 'HEAD')).toBe(tip);
  expect(await codeOf(spawn(s.ports(), { tasks: ['nothing'], adopt: true }))).toBe('branch.unknown');
});

test('what is wrong with the request is refused before anything is made', async () => {
  const s = await scene();
  s.write('bad.json', '{"userStories": [');
  s.write('circle.json', '[{"name":"a","after":["b"]},{"name":"b","after":["a"]},{"name":"c"}]');
  const ports = s.ports();
  for (const [input, code] of [
    [{ tasks: ['a'], agent: 'nobody' }, 'agent.unknown'],
    [{ tasks: ['a'], base: 'nowhere' }, 'base.unknown'],
    [{ tasks: ['a'], base: 'main\nHEAD' }, 'base.unknown'],
    [{ tasks: ['a'], after: ['nobody'] }, 'task.unknown'],
    [{ tasks: ['a'], owns: ['[a'] }, 'claim.invalid'],
    [{ tasks: ['a'], prd: 'none.json' }, 'path.missing'],
    [{ tasks: ['a'], prd: 'bad.json' }, 'prd.invalid'],
    [{ tasks: ['a', 'A'] }, 'usage.bad'],
    [{ tasks: [] }, 'usage.bad'],
    [{ tasks: ['a', 'b'], owns: ['src/**'] }, 'claim.overlap'],
    [{ tasks: [], fromFile: 'circle.json' }, 'usage.bad'],
  ] as const)
    expect([input, await codeOf(spawn(ports, input))]).toEqual([input, code]);
  expect(s.git('for-each-ref', 'refs/heads/gwt', 'refs/gwt/tasks', 'refs/gwt/meta/claims')).toBe('');
});

test('an empty pattern is told apart from the words around it', async () => {
  const s = await scene();
  expect((await s.gwt('spawn', 'x', '--owns', '')).err).toMatch(/^gwt: '' is not a usable pattern: /m);
});

test('overlapping claims are refused with both names, shared paths are not, and the free part can be had', async () => {
  const s = await scene({ 'gwt.config.yaml': 'ownership: { shared: [package.json] }\n' });
  await spawn(s.ports(), { tasks: ['login'], owns: ['src/auth/*.ts', 'package.json'] });
  const answer = await s.gwt('spawn', 'ui', '--owns', 'src/**/login.ts', '--json');
  expect(answer.code).toBe(1);
  expect(answer.json().error).toMatchObject({
    code: 'claim.overlap',
    facts: { task: 'ui', other: 'login', pattern: 'src/**/login.ts', otherPattern: 'src/auth/*.ts' },
  });
  expect(answer.json().error.message).toContain('src/auth/login.ts');
  expect(traces(s, 'ui')).toEqual([]);
  await spawn(s.ports(), { tasks: ['ui'], owns: ['src/ui/**', 'package.json'] });
});

test('a dry run shows the plan and changes no byte', async () => {
  const s = await scene();
  s.write('.env', 'A=1\n');
  const listing = () =>
    readdirSync(s.box, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((path) => [path, lstatSync(join(s.box, path)).isFile() ? readFileSync(join(s.box, path), 'latin1') : '']);
  const before = listing();
  const answer = await s.gwt('spawn', 'login', 'api', '--dry-run', '--json', '--priority', '2');
  expect(answer.json()).toMatchObject({ dryRun: true, tasks: [{ id: 'login', priority: 2 }, { id: 'api' }] });
  expect(listing()).toEqual(before);
});

test('several tasks: what could be made is made, what could not is told', async () => {
  const s = await scene();
  mkdirSync(s.worktree('b'), { recursive: true });
  writeFileSync(join(s.worktree('b'), 'mine.txt'), 'mine\n');
  const answer = await s.gwt('spawn', 'a', 'b', 'c', '--json');
  expect(answer.code).toBe(1);
  expect(answer.json().tasks.map(({ id }: { id: string }) => id)).toEqual(['a', 'c']);
  expect(answer.json().refused).toMatchObject([{ task: 'b', error: { code: 'path.exists' } }]);
  expect(readFileSync(join(s.worktree('b'), 'mine.txt'), 'utf8')).toBe('mine\n');
  expect(s.git('for-each-ref', 'refs/heads/gwt/b', 'refs/gwt/tasks/b')).toBe('');
});

test('seeds lie in the worktree, git sees none of them there, and the main checkout notices nothing', async () => {
  const s = await scene();
  s.write('stories.json', '{"userStories":[{"id":"s1","title":"One","passes":false}]}');
  s.git('add', '.');
  s.git('commit', '-qm', 'stories');
  const exclude = readFileSync(s.path('.git/info/exclude'), 'utf8');
  await spawn(s.ports(), { tasks: ['login'], prd: 'stories.json', owns: ['src/auth/**'] });
  const at = (name: string) => join(s.worktree('login'), name);
  expect(readFileSync(at('prd.json'), 'utf8')).toBe(s.read('stories.json'));
  expect(readFileSync(at('CLAUDE.local.md'), 'utf8')).toContain('`src/auth/**`');
  expect(readFileSync(at('progress.md'), 'utf8')).toContain('login');
  expect(s.gitIn(s.worktree('login'), 'status', '--porcelain')).toBe('');
  expect(s.git('show', 'refs/gwt/tasks/login:prd.json')).toBe(s.read('stories.json'));
  expect(readFileSync(s.path('.git/info/exclude'), 'utf8')).toBe(exclude);
  s.write('CLAUDE.local.md', 'mine\n');
  expect(s.git('status', '--porcelain')).toContain('?? CLAUDE.local.md');
});

test('a neighbour is told of a new claim, and keeps its own notes', async () => {
  const s = await scene();
  await spawn(s.ports(), { tasks: ['login'], owns: ['src/auth/**'] });
  const memory = join(s.worktree('login'), 'CLAUDE.local.md');
  writeFileSync(memory, `${readFileSync(memory, 'utf8')}\n- the cookie is called sid\n`);
  await spawn(s.ports(), { tasks: ['api'], owns: ['src/api/**'] });
  expect(readFileSync(memory, 'utf8')).toMatch(/`src\/api\/\*\*`: owned by task `api`[\s\S]*the cookie is called sid/);
});

test('seeds whose names are tracked go to .gwt, and the tracked files stay as they are', async () => {
  const s = await scene({ 'CLAUDE.local.md': 'team\n', 'prd.json': '{}\n', 'a.txt': 'a\n' });
  await spawn(s.ports(), { tasks: ['login'] });
  expect(readFileSync(join(s.worktree('login'), 'CLAUDE.local.md'), 'utf8')).toBe('team\n');
  expect(readFileSync(join(s.worktree('login'), '.gwt/CLAUDE.local.md'), 'utf8')).toContain('Task: login');
  expect(existsSync(join(s.worktree('login'), 'progress.md'))).toBe(true);
  expect(s.gitIn(s.worktree('login'), 'status', '--porcelain')).toBe('');
});

test("a person's own excludes hold in the worktree too", async () => {
  const s = await scene();
  s.write('../everywhere', '*.swp\n');
  s.git('config', 'core.excludesFile', join(s.box, 'everywhere'));
  await spawn(s.ports(), { tasks: ['login'] });
  writeFileSync(join(s.worktree('login'), 'x.swp'), '');
  expect(s.gitIn(s.worktree('login'), 'status', '--porcelain')).toBe('');
});

test('files are copied, folders linked and cloned, node_modules entry by entry; git there sees none of it', async () => {
  const s = await scene({
    'gwt.config.yaml': 'worktrees: { copy: [".env*", "conf/*.local"], link: [node_modules], clone: [data] }\n',
    '.env.example': 'tracked\n',
    'packages/a/index.js': '1\n',
    '.gitignore': 'node_modules\n',
  });
  for (const [path, text] of Object.entries({
    '.env': 'A=1\n',
    'sub/.env.local': 'B=2\n',
    'conf/x.local': 'C=3\n',
    'data/big.bin': 'D\n',
    'node_modules/left/index.js': '2\n',
    'node_modules/@s/right/index.js': '3\n',
  }))
    s.write(path, text);
  s.write('.env.example', 'changed here\n');
  await spawn(s.ports(), { tasks: ['login'] });
  const at = (name: string) => join(s.worktree('login'), name);
  expect(readFileSync(at('.env'), 'utf8')).toBe('A=1\n');
  expect(readFileSync(at('sub/.env.local'), 'utf8')).toBe('B=2\n');
  expect(readFileSync(at('conf/x.local'), 'utf8')).toBe('C=3\n');
  expect(readFileSync(at('.env.example'), 'utf8')).toBe('tracked\n');
  expect(
    lstatSync(at('data')).isDirectory() && statSync(at('data/big.bin')).ino !== statSync(s.path('data/big.bin')).ino,
  ).toBe(true);
  expect(lstatSync(at('node_modules')).isDirectory()).toBe(true);
  expect(lstatSync(at('node_modules/left')).isSymbolicLink()).toBe(true);
  expect(readFileSync(at('node_modules/@s/right/index.js'), 'utf8')).toBe('3\n');
  expect(s.gitIn(s.worktree('login'), 'status', '--porcelain')).toBe('');
});

test('setup commands run in the worktree as the task; one that fails takes everything back and is shown', async () => {
  const s = await scene({
    'gwt.config.yaml': 'worktrees: { setup: [\'echo "$GWT_TASK $GWT_PURPOSE" > made.txt\'] }\n',
  });
  await spawn(s.ports(), { tasks: ['login'] });
  expect(readFileSync(join(s.worktree('login'), 'made.txt'), 'utf8')).toBe('login setup\n');
  s.write('gwt.config.yaml', "worktrees: { setup: ['echo no registry; exit 3'] }\n");
  const answer = await s.gwt('--yes', 'spawn', 'api');
  expect(answer.code).toBe(1);
  expect(answer.err).toContain('no registry');
  expect(traces(s, 'api')).toEqual([]);
  s.write('gwt.config.yaml', 'worktrees: { setup: [{ run: sleep 30, timeout: 1 }] }\n');
  expect((await s.gwt('--yes', 'spawn', 'api')).err).toContain('ended after 1 s');
  expect(traces(s, 'api')).toEqual([]);
});

test('what was changed in a worktree whose making failed is kept in the trash', async () => {
  const s = await scene({ 'gwt.config.yaml': "worktrees: { setup: ['echo work > mine.txt; exit 1'] }\n" });
  expect(await codeOf(spawn(s.ports(), { tasks: ['login'] }))).toBe('setup.failed');
  expect(traces(s, 'login')).toEqual([]);
  const [kept = ''] = readdirSync(join(s.worktree('login'), '../.trash'));
  expect(readFileSync(join(s.worktree('login'), '../.trash', kept, 'mine.txt'), 'utf8')).toBe('work\n');
});

test('recovery leaves finished tasks and living spawns alone', async () => {
  const s = await scene();
  await spawn(s.ports(), { tasks: ['login'] });
  expect(await recover(s.ports())).toEqual([]);
  expect(traces(s, 'login').length).toBeGreaterThan(3);
});

test('a sparse checkout is inherited, cone or not, without the rest being checked out', async () => {
  for (const cone of ['--cone', '--no-cone']) {
    const s = await scene({ 'a/1.txt': '1\n', 'b/2.txt': '2\n', 'top.txt': 't\n' });
    s.git('sparse-checkout', 'set', cone, cone === '--cone' ? 'a' : '/a/*');
    await spawn(s.ports(), { tasks: ['login'] });
    expect([cone, existsSync(join(s.worktree('login'), 'a/1.txt'))]).toEqual([cone, true]);
    expect([cone, existsSync(join(s.worktree('login'), 'b'))]).toEqual([cone, false]);
    expect(s.gitIn(s.worktree('login'), 'status', '--porcelain')).toBe('');
  }
});

test('submodules of the main worktree come along; one that cannot is refused with the reason', async () => {
  const s = await scene();
  const inner = sceneIn(s.box, join(s.box, 'inner'));
  mkdirSync(inner.dir);
  inner.git('init', '-q', '-b', 'main');
  inner.commit('inner', { 'i.txt': 'i\n' });
  s.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.dir, 'libs/inner');
  s.commit('with submodule');
  expect(await codeOf(spawn(s.ports(), { tasks: ['login'] }))).toBe('submodule.failed');
  expect(traces(s, 'login')).toEqual([]);
  const allowed = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'protocol.file.allow', GIT_CONFIG_VALUE_0: 'always' };
  expect((await s.gwtIn(s.dir, ['spawn', 'login'], allowed)).code).toBe(0);
  expect(readFileSync(join(s.worktree('login'), 'libs/inner/i.txt'), 'utf8')).toBe('i\n');
  s.write('gwt.config.yaml', 'worktrees: { submodules: false }\n');
  await spawn(s.ports(), { tasks: ['api'] });
  expect(readdirSync(join(s.worktree('api'), 'libs/inner'))).toEqual([]);
});

test('works in a bare repository, from a linked worktree, from a subfolder, and with HEAD detached', async () => {
  const s = await scene({ 'sub/a.txt': 'a\n' });
  const ports = s.ports();
  await spawn(ports, { tasks: ['one'] });
  const inside = await s.gwtIn(s.worktree('one'), ['spawn', 'two', '--json']);
  expect(inside.json().tasks[0].worktree).toBe(s.worktree('two'));
  expect(s.gitIn(s.worktree('two'), 'config', 'core.excludesFile')).toContain('/two/');
  expect((await s.gwtIn(s.path('sub'), ['spawn', 'three', '--json'])).json().tasks[0].worktree).toBe(
    s.worktree('three'),
  );
  s.git('switch', '-q', '--detach');
  expect((await s.gwt('spawn', 'four', '--json')).json().tasks[0].id).toBe('four');
  s.git('clone', '-q', '--bare', s.dir, join(s.box, 'bare.git'));
  const bare = await s.gwtIn(join(s.box, 'bare.git'), ['spawn', 'five', '--base', 'main', '--json']);
  expect(bare.json().tasks[0].worktree).toBe(join(s.box, 'bare.worktrees/five'));
  expect(existsSync(join(s.box, 'bare.worktrees/five/sub/a.txt'))).toBe(true);
});

test('the prefix can be chosen, and worktrees inside the repository are none of its files', async () => {
  const s = await scene({ 'gwt.config.yaml': 'branchPrefix: team-\nworktrees: { dir: .trees }\n' });
  await spawn(s.ports(), { tasks: ['login'] });
  expect(s.git('branch', '--list', 'team-login')).toContain('team-login');
  expect(existsSync(s.path('.trees/login/gwt.config.yaml'))).toBe(true);
  expect(s.git('status', '--porcelain')).toBe('');
});

test("the project's post-checkout hook runs in the new worktree as git would run it", async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  s.write(
    '.git/hooks/post-checkout',
    '#!/bin/sh\necho "$@ $(ls a.txt)" > "$(git rev-parse --show-toplevel)/ran.txt"\n',
    0o755,
  );
  await spawn(s.ports(), { tasks: ['login'] });
  const head = s.git('rev-parse', 'HEAD');
  expect(readFileSync(join(s.worktree('login'), 'ran.txt'), 'utf8')).toBe(`${'0'.repeat(40)} ${head} 1 a.txt\n`);
});

test('files kept by git-lfs: refused where git-lfs is missing, pointers where the config says so', async () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n';
  const s = await scene({ '.gitattributes': '*.psd filter=lfs diff=lfs merge=lfs -text\n', 'a.psd': pointer });
  const git = { ...s.ports().git, lfs: async () => false };
  expect(await codeOf(spawn(s.ports({ git }), { tasks: ['login'] }))).toBe('lfs.missing');
  expect(traces(s, 'login')).toEqual([]);
  s.git('config', 'filter.lfs.smudge', 'git-lfs-is-not-here smudge');
  s.git('config', 'filter.lfs.required', 'true');
  s.write('gwt.config.yaml', 'worktrees: { lfs: skip }\n');
  const answer = await s.gwt('spawn', 'login');
  expect(answer.err).toContain('stay pointers: *.psd');
  expect(readFileSync(join(s.worktree('login'), 'a.psd'), 'utf8')).toBe(pointer);
});

/** As a spawn leaves it that was killed behind its checkout. */
async function halfMade(s: Scene, id: string, owns: readonly string[]): Promise<void> {
  await spawn(s.ports(), { tasks: [id], owns });
  const lease = {
    holder: 'gone',
    pid: 999_999_999,
    started: '1',
    host: s.ports().self.host,
    beat: 0,
    ttl: 1,
    run: 'x',
  };
  const event = { type: 'task.changed', at: '2026-01-01T00:00:00Z', task: id, what: 'cut short' } as const;
  await changeTask(s.ports(), id, () => ({ event, change: { ready: false, lease } }));
}

test('a half-made task is taken back when its name or its claim is wanted, and left alone otherwise', async () => {
  const s = await scene();
  await halfMade(s, 'login', ['src/auth/**']);
  await spawn(s.ports(), { tasks: ['docs'], owns: ['docs/**'] });
  expect(traces(s, 'login')).not.toEqual([]);
  await spawn(s.ports(), { tasks: ['ui'], owns: ['src/**'] });
  expect(traces(s, 'login')).toEqual([]);
});

test('what somebody did in a half-made worktree is kept: files in the trash, commits on the branch', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  await halfMade(s, 'login', []);
  writeFileSync(join(s.worktree('login'), 'a.txt'), 'work\n');
  await halfMade(s, 'api', []);
  s.gitIn(s.worktree('api'), 'commit', '-q', '--allow-empty', '-m', 'work');
  expect((await recover(s.ports())).map(({ task, folder }) => [task, folder])).toEqual([
    ['api', 'remove'],
    ['login', 'trash'],
  ]);
  const trash = join(s.worktree('login'), '../.trash');
  expect(readFileSync(join(trash, readdirSync(trash)[0] ?? '', 'a.txt'), 'utf8')).toBe('work\n');
  expect(s.git('log', '-1', '--format=%s', 'gwt/api')).toBe('work');
  expect(s.git('worktree', 'list').split('\n')).toHaveLength(1);
});
