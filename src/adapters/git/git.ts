import { setTimeout as sleep } from 'node:timers/promises';
import type { Git, GitConfig, Repo, Run } from '../../ports.ts';
import { type GitCall, gitCall } from './call.ts';
import { gitHistory } from './history.ts';
import { gitMerging } from './merging.ts';
import { gitObjects } from './objects.ts';
import { gitRefs } from './refs.ts';
import { findRepo } from './repo.ts';
import { gitWork } from './work.ts';
import { gitWorktrees } from './worktrees.ts';

/** Git in the repository around `cwd`. The repository is looked for when it is first needed. */
export function openGit(run: Run, cwd: string): Git {
  const call = gitCall(run, cwd);
  let found: Promise<Repo> | undefined;
  const repo = () => {
    found ??= findRepo(call, cwd);
    return found;
  };
  return {
    repo,
    refs: gitRefs(call, async () => (await repo()).common),
    objects: gitObjects(call, repo),
    history: gitHistory(call),
    merging: gitMerging(call, repo),
    worktrees: gitWorktrees(call),
    work: gitWork(call, repo),
    config: gitConfig(call, repo),
  };
}

function gitConfig(call: GitCall, repo: () => Promise<Repo>): GitConfig {
  const get = async (name: string) => {
    const { stdout, code } = await call(['config', '--get', name], { ok: [0, 1] });
    return code === 0 ? stdout.replace(/\n$/, '') : undefined;
  };
  return {
    get,
    async path(name) {
      const args = ['--git-dir', (await repo()).common, 'config', '--type=path', '--get', name];
      const { stdout, code } = await call(args, { ok: [0, 1] });
      return code === 0 ? stdout.replace(/\n$/, '') : undefined;
    },
    async set(name, value) {
      for (let attempt = 0; ; attempt += 1) {
        const { code } = await call(['config', '--local', name, value], { ok: attempt < 50 ? [0, 255, 4] : [0] });
        if (code === 0) return;
        await sleep(10 + Math.random() * 40);
      }
    },
    async identity() {
      const { code, stdout } = await call(['var', 'GIT_COMMITTER_IDENT'], { ok: [0, 128] });
      const match = /^(.*) <(.*)> \d+ [+-]\d+$/.exec(stdout.trim());
      return code === 0 && match
        ? { name: match[1] ?? 'gwt', email: match[2] ?? '' }
        : { name: 'gwt', email: 'gwt@localhost' };
    },
  };
}
