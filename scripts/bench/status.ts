import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, git, gwt, repository, sideBySide } from './measure.ts';

const TWENTY = Array.from({ length: 20 }, (_, n) => `task-${n}`);

/** Twenty worktrees of 10,000 files, every other one with commits and local changes, against `git status` in all of them at once. */
export const bench: Bench = async (scratch) => {
  const repo = repository(join(scratch, 'repo'), 10_000);
  await gwt(repo, 'init');
  await gwt(repo, 'spawn', ...TWENTY, '--agent', 'claude');
  const at = (task: string) => join(scratch, 'repo.worktrees', task);
  for (const [n, task] of TWENTY.entries()) {
    if (n % 2 === 0) continue;
    writeFileSync(join(at(task), `new-${n}.ts`), 'export {};\n');
    await git(at(task), 'add', '--all');
    await git(at(task), 'commit', '--quiet', '--no-verify', '--message', task);
    writeFileSync(join(at(task), 'src/m0/p0/f0.ts'), 'changed\n');
  }
  await git(repo, 'commit', '--quiet', '--allow-empty', '--message', 'the target moves');
  const row = await sideBySide(
    9,
    () => gwt(repo, 'status'),
    () => Promise.all(TWENTY.map((task) => git(at(task), '--no-optional-locks', 'status', '--porcelain'))),
  );
  return [
    { what: 'gwt status, 20 worktrees of 10,000 files, against 20 git status at once', ...row, bar: { ratio: 1.5 } },
  ];
};
