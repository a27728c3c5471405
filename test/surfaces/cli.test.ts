import { expect, test } from 'vitest';
import { maskPaths } from '../../src/surfaces/cli/refused.ts';
import { scene } from '../support/scene.ts';

test.each([
  ['spwan', "gwt: unknown command 'spwan'; did you mean spawn?", 'gwt --help'],
  ['toString', "gwt: unknown command 'toString'", 'gwt --help'],
  ['spawn --ownss x', "gwt: unknown option '--ownss'; did you mean --owns?", 'gwt spawn --help'],
  ['--josn status', "gwt: unknown option '--josn'; did you mean --json?", 'gwt status --help'],
  ['init --purge', 'gwt: --purge goes with --remove', 'gwt init --help'],
  ['init one two', 'gwt: too many arguments', 'gwt init --help'],
])('%s is answered with what was meant and where help is', async (line, problem, hint) => {
  const s = await scene();
  const { err, out, code } = await s.gwt(...line.split(' '));
  expect(err).toContain(problem);
  expect(err).toContain(`try: ${hint}\n`);
  expect([out, code]).toEqual(['', 2]);
});

test('with --json a refusal is JSON on stdout, whatever went wrong', async () => {
  const s = await scene();
  const answers = [await s.gwt('spwan', '--json'), await s.gwtIn('/', ['status', '--json'])];
  expect(answers.map((answer) => [answer.json().error.code, answer.code])).toEqual([
    ['usage.bad', 2],
    ['repository.none', 1],
  ]);
});

test('gwt alone, help, and help of a command are answers', async () => {
  const s = await scene();
  const [alone, asked, of, same] = [
    await s.gwt(),
    await s.gwt('help'),
    await s.gwt('help', 'init'),
    await s.gwt('init', '--help'),
  ];
  expect(alone.out).toMatch(/^Usage: gwt .*Start work:\n {2}init/s);
  expect(asked.out).toBe(alone.out);
  expect(of.out).toBe(same.out);
  expect([alone, asked, of].map(({ code, err }) => `${code}${err}`)).toEqual(['0', '0', '0']);
});

test('a folder that is not there is named', async () => {
  const s = await scene();
  expect((await s.gwt('-C', `${s.box}/nowhere`, 'status')).err).toContain(`folder ${s.box}/nowhere does not exist`);
});

test('a report of a bug tells where in gwt, and nothing of where the user works', () => {
  const report = maskPaths(
    'Error: ENOENT /srv/secret client/plan.md\n    at f (/opt/x/node_modules/gwt/dist/gwt.cjs:3:14)\n    at file:///srv/ada/gwt/src/main.ts:9:1\n    at /srv/ada/x.js:1:1 and refs/heads/main',
    '/srv/secret client',
  );
  expect(report).toBe(
    'Error: ENOENT <cwd>/plan.md\n    at f (<gwt>/dist/gwt.cjs:3:14)\n    at <gwt>/src/main.ts:9:1\n    at <path>:1:1 and refs/heads/main',
  );
});
