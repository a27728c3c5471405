import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, git, gwt, median, repository, timed } from './measure.ts';

const ROUNDS = 25;

/** An allowed commit of ten files with every hook of gwt against one with none. */
export const bench: Bench = async (scratch) => {
  const repo = repository(join(scratch, 'repo'), 10_000);
  await gwt(repo, 'spawn', 'guarded', '--owns', 'src/m0/**', '--owns', 'docs/*.md');
  const guarded = join(scratch, 'repo.worktrees', 'guarded');
  const bare = join(scratch, 'bare');
  await git(repo, 'worktree', 'add', '--quiet', '--no-track', '-b', 'bare', bare, 'main');
  const times: { gwt: number[]; base: number[] } = { gwt: [], base: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.base.push(await committing(bare, round));
    times.gwt.push(await committing(guarded, round));
  }
  return [
    {
      what: 'git commit with all hooks : with none, 10,000 files',
      gwt: median(times.gwt),
      base: median(times.base),
      bar: { ratio: 1.6 },
    },
  ];
};

async function committing(worktree: string, round: number): Promise<number> {
  for (let n = 0; n < 10; n += 1)
    writeFileSync(join(worktree, `src/m0/p${n}/f${n * 50}.ts`), `export const round = ${round};\n`);
  await git(worktree, 'add', '--all');
  return timed(() => git(worktree, 'commit', '--quiet', '--message', `round ${round}`));
}
