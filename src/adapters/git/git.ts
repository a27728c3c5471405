import type { Git, Repo, Run } from '../../ports.ts';
import { gitCall } from './call.ts';
import { gitConfig } from './config.ts';
import { openDiffs } from './diffs.ts';
import { gitHistory } from './history.ts';
import { gitMerging } from './merging.ts';
import { gitObjects } from './objects.ts';
import { gitForesight } from './radar/foresee.ts';
import { gitRefs } from './refs.ts';
import { gitRemotes } from './remotes.ts';
import { findRepo } from './repo.ts';
import { gitWork } from './work.ts';
import { gitWorktrees } from './worktrees.ts';

/** Git in the repository around `cwd`. The repository is looked for when it is first needed. */
export function openGit(run: Run, cwd: string): Git {
  const call = gitCall(run, cwd);
  const diffs = openDiffs(call);
  let found: Promise<Repo> | undefined;
  const repo = () => {
    found ??= findRepo(call, cwd);
    return found;
  };
  return {
    repo,
    init: async (folder) => void (await call(['init', '--quiet', folder])),
    version: async () => (await call(['version'])).stdout.replace(/^git version /, '').trim(),
    lfs: async () => (await call(['lfs', 'version'], { ok: [0, 1, 2, 127] })).code === 0,
    refs: gitRefs(call, async () => (await repo()).common),
    objects: gitObjects(call, repo),
    history: gitHistory(call, diffs, async () => (await repo()).common),
    merging: gitMerging(call, repo, diffs),
    foresight: gitForesight(call, repo),
    worktrees: gitWorktrees(call, repo),
    work: gitWork(call, repo),
    config: gitConfig(call, repo),
    remotes: gitRemotes(call),
  };
}
