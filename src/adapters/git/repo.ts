import { dirname } from 'node:path';
import { Refusal } from '../../core/refusal.ts';
import type { Repo } from '../../ports.ts';
import { type GitCall, refuseWrongPlace } from './call.ts';
import { repoInFiles } from './repo-files.ts';

/** The repository around a folder. Refuses `repository.none`. */
export async function findRepo(call: GitCall, cwd: string): Promise<Repo> {
  const read = repoInFiles(cwd);
  if (read) return read;
  const answer = await call(
    [
      'rev-parse',
      '--path-format=absolute',
      '--is-bare-repository',
      '--show-object-format',
      '--git-common-dir',
      '--git-dir',
      '--show-toplevel',
    ],
    { ok: [0, 128] },
  );
  const [bare = '', format, common, gitDir, top] = answer.stdout.split('\n');
  refuseWrongPlace(answer.stderr, cwd);
  if (!common || !gitDir) throw new Refusal('repository.none', { path: cwd });
  return {
    common,
    gitDir,
    top: top || undefined,
    root: await rootOf(call, common),
    bare: bare === 'true' && !top,
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
  };
}

/** Nearly always the folder above `.git`; git is asked only where the git directory lies elsewhere. */
async function rootOf(call: GitCall, common: string): Promise<string> {
  if (common.endsWith('/.git')) return dirname(common);
  const first = (await call(['worktree', 'list', '--porcelain'])).stdout.split('\n')[0] ?? '';
  return first.replace(/^worktree /, '') || common;
}
