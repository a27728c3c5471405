import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * The git directory of a worktree, or undefined when git knows it no longer. It is looked up from both ends, since an
 * agent may have removed or overwritten the `.git` file, and git would then climb to whatever repository lies above.
 */
export function adminOf(worktree: string, common: string): string | undefined {
  const link = join(worktree, '.git');
  const stat = lstatSync(link, { throwIfNoEntry: false });
  if (stat?.isDirectory() && resolve(link) === resolve(common)) return common;
  if (stat?.isFile()) {
    const named = resolve(
      worktree,
      readFileSync(link, 'utf8')
        .replace(/^gitdir: /, '')
        .trim(),
    );
    if (belongs(named, link)) return named;
  }
  return listedAdmin(worktree, common);
}

/** The git directory that names this worktree, whether its folder is there or not. */
export function listedAdmin(worktree: string, common: string): string | undefined {
  const link = join(worktree, '.git');
  const all = join(common, 'worktrees');
  return existsSync(all)
    ? readdirSync(all)
        .map((name) => join(all, name))
        .find((folder) => belongs(folder, link))
    : undefined;
}

function belongs(admin: string, link: string): boolean {
  const file = join(admin, 'gitdir');
  return existsSync(file) && samePlace(resolve(admin, readFileSync(file, 'utf8').trim()), link);
}

/** True for one place under two names too: a temporary folder is often reached through a link. */
function samePlace(a: string, b: string): boolean {
  return resolve(a) === resolve(b) || realOf(a) === realOf(b);
}

function realOf(link: string): string {
  try {
    return join(realpathSync(dirname(link)), basename(link));
  } catch {
    return resolve(link);
  }
}

/** What of a worktree's git directory makes its state: where HEAD is and was, and what git is in the middle of. */
const STATE =
  /^(HEAD|ORIG_HEAD|MERGE_[A-Z]+|CHERRY_PICK_HEAD|REVERT_HEAD|SQUASH_MSG|BISECT_[A-Z_]+|config\.worktree|info\/sparse-checkout|logs\/HEAD|(rebase-merge|rebase-apply|sequencer|refs|gwt)\/.+)$/;
const FOLDERS = /^(info|logs|rebase-merge|rebase-apply|sequencer|refs|gwt)(\/|$)/;

/** Those files by their path in the git directory. The shared directory of the main worktree holds no state of its own. */
export function adminFiles(admin: string): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  if (!existsSync(join(admin, 'commondir'))) return found;
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(admin, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && FOLDERS.test(path)) walk(path);
      else if (entry.isFile() && STATE.test(path) && !path.endsWith('.lock'))
        found.set(path, readFileSync(join(admin, path)));
    }
  };
  walk('');
  return found;
}

/** Every commit those files name, and those the branch's own log names: after the worktree nothing else would. */
export function namedCommits(files: ReadonlyMap<string, Buffer>, common: string, branch: string | undefined): string[] {
  const log = branch ? join(common, 'logs/refs/heads', branch) : undefined;
  const texts = [...files]
    .filter(([path]) => /(_HEAD|orig-head|onto|stopped-sha|logs\/HEAD)$|^refs\//.test(path))
    .map(([, body]) => body.toString('latin1'));
  if (log && existsSync(log)) texts.push(readFileSync(log, 'latin1'));
  const oids = texts.flatMap((text) =>
    text
      .split('\n')
      .slice(-500)
      .flatMap((line) => line.split('\t')[0]?.match(/\b([0-9a-f]{64}|[0-9a-f]{40})\b/g) ?? []),
  );
  return [...new Set(oids)].filter((oid) => !/^0+$/.test(oid));
}

/** The commit HEAD was last at, for a HEAD whose branch is gone. */
export function lastHead(admin: string): string | undefined {
  const log = join(admin, 'logs/HEAD');
  const line = existsSync(log) ? readFileSync(log, 'latin1').trim().split('\n').at(-1) : undefined;
  return line?.split(' ')[1];
}
