import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isBound, withoutGwt, worktreeConfig } from '../../src/core/worktree-config.ts';
import { scene } from '../support/scene.ts';

const settings = { hooks: '/repo/.git/gwt/hooks', exclude: '/repo/exclude', pushUrls: [], urls: [] };

test('gwt stands at the end, once, however often it is written', () => {
  const before = '[core]\n\tsparseCheckout = true';
  const once = worktreeConfig(before, settings);
  expect(once.startsWith(`${before}\n# gwt begins`)).toBe(true);
  expect(worktreeConfig(once, settings)).toBe(once);
  expect(worktreeConfig(once, { ...settings, hooks: '/else' })).not.toContain(settings.hooks);
  expect(withoutGwt(once)).toBe(`${before}\n`);
  expect(isBound(once, settings)).toBe(true);
  expect(isBound(before, settings)).toBe(false);
});

test.each([
  ['a later section', (text: string) => `${text}[core]\n\thookspath = /dev/null\n`],
  [
    'a second line below the first',
    (text: string) => text.replace('\texcludesFile', '\thooksPath = /x\n\texcludesFile'),
  ],
  ['another value', (text: string) => text.replace('gwt/hooks', 'else')],
  ['a line taken out', (text: string) => text.replace(/\tpushInsteadOf.*\n/, '')],
])('what undoes it is seen: %s', (_, undo) => {
  expect(isBound(undo(worktreeConfig('', settings)), settings)).toBe(false);
});

test('a push address that a fetch also begins with is not rewritten', () => {
  const urls = { pushUrls: ['ssh://push/x', '/same'], urls: ['https://fetch/x', '/same/repo'] };
  const text = worktreeConfig('', { ...settings, ...urls });
  expect(text).toContain('insteadOf = "ssh://push/x"');
  expect(text).not.toContain('"/same"');
});

test('git reads back any path', async () => {
  const s = await scene();
  const hooks = 'a "b"\\c\td;#\ne ';
  const file = join(s.box, 'config');
  writeFileSync(file, worktreeConfig('', { ...settings, hooks }));
  const said = execFileSync('git', ['config', '-z', '--file', file, 'core.hooksPath'], { encoding: 'utf8' });
  expect(said).toBe(`${hooks}\0`);
});
