import { join } from 'node:path';
import { type Bench, git, gwt, median, repository, sideBySide, timed } from './measure.ts';

const EIGHT = [0, 1, 2, 3, 4, 5, 6, 7];

/** Worktrees of 5,000 files: one by one, and eight at once against git's eight in a row. */
export const bench: Bench = async (scratch) => {
  const repo = repository(join(scratch, 'repo'), 5000);
  await gwt(repo, 'init');
  const add = (name: string) =>
    git(repo, 'worktree', 'add', '--quiet', '--no-track', '-b', name, join(scratch, name), 'main');
  const spawn = (name: string) => gwt(repo, 'spawn', name, '--owns', `${name}/**`);
  const one = await sideBySide(
    9,
    (n) => spawn(`one-${n}`),
    (n) => add(`git-${n}`),
  );
  const eight: { gwt: number[]; base: number[] } = { gwt: [], base: [] };
  for (const round of [1, 2, 3]) {
    eight.gwt.push(await timed(() => Promise.all(EIGHT.map((n) => spawn(`at-once-${round}-${n}`)))));
    eight.base.push(
      await timed(async () => {
        for (const n of EIGHT) await add(`in-a-row-${round}-${n}`);
      }),
    );
  }
  return [
    { what: 'gwt spawn : git worktree add, 5,000 files', ...one, bar: { ratio: 1.5 } },
    {
      what: '8 gwt spawn at once : 8 git worktree add in a row',
      gwt: median(eight.gwt),
      base: median(eight.base),
      bar: { ratio: 1.2 },
    },
  ];
};
