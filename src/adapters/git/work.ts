import type { Dirt, GitWork, Identity, Oid, Repo, Sight } from '../../ports.ts';
import type { GitCall } from './call.ts';
import { gitFollowing } from './following.ts';
import { marksOf } from './marks.ts';
import { gitPlacing } from './placing.ts';
import { takeSnapshot } from './snapshot.ts';
import { unpackSnapshot } from './unpack.ts';

/** One worktree's files and index. Nothing here runs the project's hooks but `commit`. */
export function gitWork(call: GitCall, repo: () => Promise<Repo>): GitWork {
  return {
    async ignored(worktree) {
      const { stdout } = await call(['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'], {
        cwd: worktree,
      });
      return stdout.split('\0').filter(Boolean);
    },
    async dirt(worktree) {
      const { stdout } = await call(
        ['status', '--porcelain=v2', '-z', '--branch', '--no-renames', '--no-ahead-behind'],
        { cwd: worktree },
      );
      return dirtIn(stdout);
    },
    look: (worktree) => look(call, worktree),
    marks: (worktree, most) => marksOf(call, worktree, most),
    async hidden(worktree) {
      const { stdout } = await call(['ls-files', '-v', '-z'], { cwd: worktree });
      return stdout
        .split('\0')
        .filter((line) => /^[a-z] /.test(line))
        .map((line) => line.slice(2));
    },
    async untracked(pathspecs, skip = []) {
      if (pathspecs.length === 0) return [];
      const flags = [
        '--others',
        '--directory',
        '--no-empty-directory',
        '-z',
        ...skip.map((name) => `--exclude=${name}`),
      ];
      const { stdout } = await call(['ls-files', ...flags, '--', ...pathspecs], { cwd: (await repo()).root });
      return stdout.split('\0').filter(Boolean);
    },
    commit: (worktree, paths, message, identity) => commitPaths(call, worktree, paths, message, identity),
    snapshot: async (worktree, spec) => takeSnapshot(call, await repo(), worktree, spec),
    unpack: async (worktree, commit, from) => unpackSnapshot(call, await repo(), worktree, commit, from),
    ...gitFollowing(call),
    ...gitPlacing(call),
  };
}

/** The counts of `git status --porcelain=v2 -z --branch`. */
function dirtIn(text: string): Dirt {
  const rows = text.split('\0');
  const count = (mark: string) => rows.filter((row) => row.startsWith(mark)).length;
  const header = (name: string) => rows.find((row) => row.startsWith(`# branch.${name} `))?.slice(name.length + 10);
  const head = header('oid');
  const branch = header('head');
  return {
    tracked: count('1 ') + count('u '),
    untracked: count('? '),
    unmerged: count('u '),
    head: head === '(initial)' ? undefined : head,
    branch: branch === '(detached)' ? undefined : branch,
  };
}

async function look(call: GitCall, cwd: string): Promise<Sight> {
  const args = ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=all', '--no-renames'];
  const lines = (await call(args, { cwd })).stdout.split('\0').filter(Boolean);
  const value = (name: string) => lines.find((line) => line.startsWith(`# ${name} `))?.slice(name.length + 3);
  const branch = value('branch.head');
  return {
    head: value('branch.oid') ?? '',
    branch: branch === '(detached)' ? undefined : branch,
    changes: lines.filter((line) => !line.startsWith('# ')).map(changeOf),
  };
}

/** One line of porcelain v2: how many fields stand before the path depends on its kind. (git-status(1)) */
function changeOf(line: string): Sight['changes'][number] {
  const kind = line[0];
  if (kind === '?') return { code: '??', path: line.slice(2) };
  const fields = line.split(' ');
  return { code: fields[1] ?? '', path: fields.slice(kind === 'u' ? 10 : 8).join(' ') };
}

const named = ({ name, email }: Identity) => ({
  GIT_AUTHOR_NAME: name,
  GIT_AUTHOR_EMAIL: email,
  GIT_COMMITTER_NAME: name,
  GIT_COMMITTER_EMAIL: email,
});

async function commitPaths(
  call: GitCall,
  worktree: string,
  paths: readonly string[],
  message: string,
  identity: Identity,
): Promise<Oid | undefined> {
  if (paths.length === 0) return undefined;
  const input = paths.join('\0');
  const pathspecs = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  const env = { ...named(identity), GIT_LITERAL_PATHSPECS: '1' };
  await call(['add', '--all', ...pathspecs], { cwd: worktree, input, env });
  const { code } = await call(['diff', '--cached', '--quiet', 'HEAD'], { cwd: worktree, ok: [0, 1] });
  if (code === 0) return undefined;
  await call(['commit', '--quiet', '--no-gpg-sign', '--message', message, '--only', ...pathspecs], {
    cwd: worktree,
    input,
    env,
  });
  return (await call(['rev-parse', 'HEAD'], { cwd: worktree })).stdout.trim();
}
