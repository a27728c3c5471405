import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, git, gwt, median, repository, timed } from './measure.ts';

const ROUNDS = 25;

/** An allowed commit of ten files among 10,000, with every hook of gwt against one with none. */
export const bench: Bench = async (scratch) => {
  const [guarded, bare] = [join(scratch, 'guarded'), join(scratch, 'bare')];
  for (const folder of [guarded, bare]) repository(folder, 10_000);
  await gwt(guarded, 'spawn', 'bench', '--owns', 'src/m0/**', '--owns', 'docs/*.md');
  await git(bare, 'worktree', 'add', '--quiet', '-b', 'bench', `${bare}.bench`);
  const times: { gwt: number[]; base: number[] } = { gwt: [], base: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [base, hooked] = [
      await committing(`${bare}.bench`, round),
      await committing(`${guarded}.worktrees/bench`, round),
    ];
    if (round === 0) continue;
    times.base.push(base);
    times.gwt.push(hooked);
  }
  const what = 'git commit with all hooks : without, 10,000 files';
  return [{ what, gwt: median(times.gwt), base: median(times.base), bar: { ratio: 1.6 } }];
};

async function committing(worktree: string, round: number): Promise<number> {
  for (let n = 0; n < 10; n += 1)
    writeFileSync(join(worktree, `src/m0/p${n}/f${n * 50}.ts`), `export const value = ${round};\n`);
  await git(worktree, 'add', '--all');
  return timed(() => git(worktree, 'commit', '--quiet', '--message', `round ${round}`));
}
