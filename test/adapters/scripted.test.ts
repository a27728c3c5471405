import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT, scene } from '../support/scene.ts';

const agent = (cwd: string, script: string, env: Record<string, string>) => {
  const ran = spawnSync(process.execPath, [join(PROJECT, 'dist/scripted-agent.cjs'), script], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    input: 'a prompt it does not need',
  });
  return { code: ran.status, out: `${ran.stdout}${ran.stderr}` };
};

const SCRIPT = `
US-1:
  - write: { path: src/new.ts, text: "export const a = 1;\\n" }
  - append: { path: README.md, text: "more\\n" }
  - replace: { path: README.md, find: sample, with: "$& example" }
  - run: "echo from the shell > shell.txt"
  - commit: "story one"
  - flip: true
  - say: "all of it"
api/US-1:
  - delete: README.md
US-2:
  - exit: 7
  - write: { path: never.txt, text: x }
merge:
  - write: { path: README.md, text: "resolved\\n" }
broken:
  - fly: away
half:
  - replace: { path: README.md, find: nowhere, with: x }
'*':
  - say: "any other story"
`;

test('the scripted agent does what its script says, for real', async () => {
  const s = await scene();
  s.write('prd.json', '{"US-1":{"description":"one","passes":false}}');
  s.write('../script.yaml', SCRIPT);
  const script = s.path('../script.yaml');
  const one = agent(s.dir, script, { GWT_STORY: 'US-1', GWT_TASK: 'web' });
  expect(one).toMatchObject({ code: 0 });
  expect(one.out).toMatch(/all of it\nPROMISE COMPLETE\n$/);
  expect(s.read('README.md')).toBe('# $& example\nmore\n');
  expect(s.git('log', '-1', '--format=%s', '--name-only')).toBe('story one\n\nREADME.md\nsrc/new.ts');
  expect(s.read('prd.json')).toContain('"passes":true');
  expect(s.read('shell.txt')).toBe('from the shell\n');
});

test('the narrower key wins, and merge is called merge', async () => {
  const s = await scene();
  s.write('../script.yaml', SCRIPT);
  const script = s.path('../script.yaml');
  expect(agent(s.dir, script, { GWT_STORY: 'US-1', GWT_TASK: 'api' }).code).toBe(0);
  expect(s.exists('README.md')).toBe(false);
  expect(agent(s.dir, script, { GWT_STORY: 'US-1', GWT_TASK: 'api', GWT_PURPOSE: 'merge' }).code).toBe(0);
  expect(s.read('README.md')).toBe('resolved\n');
  expect(agent(s.dir, script, { GWT_STORY: 'else', GWT_TASK: 'api' }).out).toContain('any other story');
});

test('an exit step ends it at once, and a script that cannot be followed says where', async () => {
  const s = await scene();
  s.write('../script.yaml', SCRIPT);
  const script = s.path('../script.yaml');
  expect(agent(s.dir, script, { GWT_STORY: 'US-2' }).code).toBe(7);
  expect(s.exists('never.txt')).toBe(false);
  const broken = agent(s.dir, script, { GWT_STORY: 'broken' });
  expect(broken).toMatchObject({ code: 2 });
  expect(broken.out).toContain('broken, step 1: one of write');
  expect(agent(s.dir, script, { GWT_STORY: 'half' }).out).toContain('README.md does not hold');
  expect(agent(s.dir, s.path('absent.yaml'), { GWT_STORY: 'half' }).code).toBe(2);
});

test('config is the one of the main worktree, wherever gwt is started', async () => {
  const s = await scene();
  s.write('gwt.config.yaml', 'loop: { max: 7 }\n');
  execFileSync('git', ['worktree', 'add', '-q', join(s.box, 'linked')], { cwd: s.dir });
  s.write('../linked/gwt.config.yaml', 'loop: { max: 1 }\n');
  const { openPorts } = await import('../../src/main.ts');
  const globals = { cwd: join(s.box, 'linked'), json: false, quiet: true, yes: true };
  const ports = openPorts(globals, () => {}, new AbortController().signal, '0');
  expect((await ports.config.load()).loop.max).toBe(7);
});
