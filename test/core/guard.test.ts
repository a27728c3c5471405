import { expect, test } from 'vitest';
import { placeOf } from '../../src/core/guard.ts';

const repository = ['/tmp/box/repo', '/tmp/box/repo/.git', '/tmp/box/repo.worktrees'];
const worktree = '/tmp/box/repo.worktrees/t';

test.each<[string, string, ReturnType<typeof placeOf> | 'refused']>([
  ['a file of its own', `${worktree}/src/a.ts`, { inside: 'src/a.ts' }],
  ['the verdict it was asked for', '/runs/v.json', {}],
  ['a temporary file', '/tmp/x/notes.txt', {}],
  ['the checkout, also where that is temporary', '/tmp/box/repo/src/a.ts', 'refused'],
  ['the worktree of another', '/tmp/box/repo.worktrees/u/a.ts', 'refused'],
  ['one whose name begins alike', '/tmp/box/repo.worktrees/tt/a.ts', 'refused'],
  ['git’s own file', `${worktree}/.git`, 'refused'],
  ['the home of somebody', '/people/ada/.bashrc', 'refused'],
])('%s', (_, path, wanted) => {
  const place = placeOf({ path, worktree, answer: '/runs/v.json', temporary: '/tmp', repository });
  if (wanted === 'refused') expect(place.why).toContain(path);
  else expect(place).toEqual(wanted);
});
