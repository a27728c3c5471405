import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spawn } from '../../src/flows/spawn.ts';
import { scene } from '../support/scene.ts';

test('a worktree that is taken back goes out of the way whole: whoever is killed while deleting it leaves its place free', async () => {
  const s = await scene({ 'a.txt': 'a\n', 'gwt.config.json': JSON.stringify({ worktrees: { setup: ['exit 1'] } }) });
  const ports = s.ports();
  const seen: boolean[] = [];
  const files = {
    ...ports.files,
    async remove(path: string) {
      // What lies at the task's own place is never deleted there.
      if (path === s.worktree('t')) seen.push(true);
      if (path.includes('.half-')) throw new Error('killed');
      return ports.files.remove(path);
    },
  };
  await expect(
    spawn({ ...ports, files, self: { ...ports.self, startedAt: 'gone' } }, { tasks: ['t'] }),
  ).rejects.toMatchObject({ code: 'setup.failed' });
  expect(seen).toEqual([]);
  expect(s.exists(s.worktree('t'))).toBe(false);
  s.write('gwt.config.json', '{}');
  const { tasks } = await spawn(s.ports(), { tasks: ['t'] });
  expect(tasks).toMatchObject([{ id: 't' }]);
  expect(readdirSync(join(s.box, 'repo.worktrees', '.trash'))).toEqual([]);
});
