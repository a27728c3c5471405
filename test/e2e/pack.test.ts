import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT, scene } from '../support/scene.ts';

/** Only jiti comes along, packed from the project's own copy: no registry is asked. */
function installed(folder: string): string {
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "version": "1.0.0", "type": "module" }');
  npm('pack', '--ignore-scripts', '--silent', PROJECT, join(PROJECT, 'node_modules/jiti'));
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  npm('install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs.map((name) => `./${name}`));
  return join(folder, 'node_modules/.bin/gwt');
}

test('the packed package installs in a clean folder and runs there', async () => {
  const s = await scene();
  const gwt = installed(join(s.box, 'user'));
  const run = (...args: string[]) =>
    execFileSync(gwt, args, { cwd: s.dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  expect(run('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  s.write('gwt.config.ts', 'export default { loop: { max: 4 as number } };\n');
  expect(JSON.parse(run('config', '--json')).config.loop.max).toBe(4);
  expect(run('init')).toContain('work lands on main');
  const [task] = JSON.parse(run('spawn', 'login', '--json')).tasks;
  expect(s.gitIn(task.worktree, 'branch', '--show-current')).toBe('gwt/login');
  expect(readdirSync(join(s.box, 'user/node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    'gwt',
    'jiti',
  ]);
});
