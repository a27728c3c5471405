import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkpointsOf, saveCheckpoint } from '../../src/flows/checkpoint.ts';
import { checkpoint } from '../../src/flows/checkpoints.ts';
import { AWKWARD, BASE, taskIn } from '../support/awkward.ts';
import { listing } from '../support/listing.ts';
import { scene } from '../support/scene.ts';

test.each(Object.keys(AWKWARD))('a checkpoint gives back exactly: %s', async (name) => {
  const s = await scene(BASE);
  const { ports, task, at, git } = await taskIn(s);
  AWKWARD[name]?.(at, git);
  const admin = git('rev-parse', '--absolute-git-dir').trim();
  const before = name.startsWith('a filter') ? undefined : listing(task.worktree);
  const index = execFileSync('sha1sum', [join(admin, 'index')], { encoding: 'utf8' });
  const saved = await saveCheckpoint(ports, task, 'test');
  expect(execFileSync('sha1sum', [join(admin, 'index')], { encoding: 'utf8' })).toBe(index);
  expect(saved).toMatchObject({ number: 1, saved: true, left: [] });
  if (before) expect(listing(task.worktree)).toBe(before);
  const detached = git('branch', '--show-current').trim() === '';
  rmSync(task.worktree, { recursive: true });
  s.git('worktree', 'prune');
  const head = s.git('rev-parse', `${saved.commit}^1`);
  s.git(
    'worktree',
    'add',
    '-q',
    '--no-checkout',
    ...(detached ? ['--detach', task.worktree, head] : [task.worktree, task.branch]),
  );
  await ports.git.work.unpack(task.worktree, saved.commit);
  if (before) expect(listing(task.worktree)).toBe(before);
  else expect(readFileSync(at('a.bin'), 'utf8')).toBe('raw bytes');
  expect(s.git('fsck', '--no-dangling', '--no-progress')).toBe('');
});

test('a second checkpoint of the same state is the first one; a touched file changes nothing, a new one does', async () => {
  const s = await scene(BASE);
  const { ports, task, at } = await taskIn(s);
  appendFileSync(at('src/a.ts'), 'more\n');
  await saveCheckpoint(ports, task, 'one');
  writeFileSync(at('src/b.ts'), 'b\n');
  expect(await saveCheckpoint(ports, task, 'two')).toMatchObject({ number: 1, saved: false });
  writeFileSync(at('src/b.ts'), 'b2\n');
  expect(await saveCheckpoint(ports, task, 'three')).toMatchObject({ number: 2, saved: true });
  expect((await checkpointsOf(ports, 'login')).map(({ number }) => number)).toEqual([1, 2]);
});

test('files cleaned by attributes that are gone come back byte for byte: git calls them unchanged by their time alone', async () => {
  const s = await scene(BASE);
  const { ports, task, at, git } = await taskIn(s);
  git('config', 'filter.stripped.clean', 'sed s/output.*//');
  const bytes = {
    'work.nb': Buffer.from('input\noutput of an hour\n'),
    'wide.utf16': Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from('wide\n', 'utf16le').swap16()]),
    'win.txt': Buffer.from('one\r\ntwo\r\n'),
  };
  writeFileSync(at('.gitattributes'), '*.nb filter=stripped\n*.utf16 text working-tree-encoding=UTF-16\n');
  for (const [path, body] of Object.entries(bytes)) writeFileSync(at(path), body);
  git('add', '.gitattributes', 'work.nb', 'wide.utf16');
  git('commit', '-qm', 'cleaned');
  writeFileSync(at('.gitattributes'), '*.txt text eol=crlf\n');
  const saved = await saveCheckpoint(ports, task, 'test');
  for (const path of Object.keys(bytes)) writeFileSync(at(path), 'gone\n');
  await checkpoint(ports, { task: 'login', verb: 'restore', number: saved.number });
  for (const [path, body] of Object.entries(bytes)) expect(readFileSync(at(path)), path).toEqual(body);
});
