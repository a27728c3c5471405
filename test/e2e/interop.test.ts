import * as fs from 'node:fs';
import { join } from 'node:path';
import { log, readBlob, resolveRef } from 'isomorphic-git';
import { simpleGit } from 'simple-git';
import { expect, test } from 'vitest';
import { scene } from '../support/scene.ts';

/** Two libraries that are not gwt and share no code with it, nor (the first) with git. */
test('other programs read what gwt writes: the ledger is commits and documents, a task a branch and a worktree', async () => {
  const s = await scene();
  await s.gwt('spawn', 'login', '--owns', 'src/**');
  await s.gwt('note', 'login', 'mind the cookies');

  const gitdir = s.path('.git');
  const entry = { fs, gitdir, ref: 'refs/gwt/tasks/login' };
  const history = await log(entry);
  expect(history.map(({ commit }) => commit.message.split('\n')[0])).toEqual([
    expect.stringContaining('note from'),
    expect.stringContaining('spawned in'),
    expect.stringContaining('spawning gwt/login'),
  ]);
  expect(JSON.parse(history[0]?.commit.message.split('\n\n')[1] ?? '')).toMatchObject({ type: 'note.added' });
  const { blob } = await readBlob({ fs, gitdir, oid: await resolveRef(entry), filepath: 'task.json' });
  expect(JSON.parse(Buffer.from(blob).toString())).toMatchObject({ id: 'login', owns: ['src/**'], state: 'queued' });

  const person = simpleGit(s.dir);
  expect((await person.branchLocal()).all).toEqual(['gwt/login', 'main']);
  expect(await person.raw('worktree', 'list')).toContain('[gwt/login]');
  expect((await person.status()).isClean()).toBe(true);
  expect((await simpleGit(join(s.box, 'repo.worktrees/login')).status()).isClean()).toBe(true);
});
