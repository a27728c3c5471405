import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Everything a worktree is, one line a fact: every path with its kind, permissions and content, ignored ones too, and
 * what git says of it. Two worktrees with the same listing are the same to any user.
 */
export function listing(worktree: string, { ignored = true } = {}): string {
  const git = (...args: string[]) =>
    execFileSync('git', ['--no-optional-locks', ...args], { cwd: worktree, encoding: 'latin1' }).replaceAll('\0', '\n');
  const hidden = new Set(
    git('ls-files', '-z', '--others', '--ignored', '--exclude-standard').split('\n').filter(Boolean),
  );
  const rows: string[] = [];
  const walk = (below: Buffer): void => {
    const folder = Buffer.concat([Buffer.from(`${worktree}/`), below]);
    for (const name of readdirSync(folder, { encoding: 'buffer' })) {
      const path = below.length === 0 ? name : Buffer.concat([below, Buffer.from('/'), name]);
      const text = path.toString('latin1');
      if (text === '.git' || (!ignored && hidden.has(text))) continue;
      const at = Buffer.concat([Buffer.from(`${worktree}/`), path]);
      const stat = lstatSync(at);
      const mode = (stat.mode & 0o7777).toString(8);
      if (stat.isDirectory()) walk(path);
      else if (stat.isSymbolicLink()) rows.push(`link ${text} → ${readlinkSync(at, 'latin1')}`);
      else rows.push(`file ${text} ${mode} ${createHash('sha1').update(readFileSync(at)).digest('hex')}`);
    }
  };
  walk(Buffer.alloc(0));
  const asked = [
    ['rev-parse', 'HEAD'],
    ['branch', '--show-current'],
    ['log', '--format=%H %s', '-20'],
    ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--no-renames'],
    ['ls-files', '--stage', '-v', '-z'],
    ['diff', '--cached', '--binary', '--no-renames'],
    ['diff', '--binary', '--no-renames'],
  ].map((args) => `$ git ${args.join(' ')}\n${git(...args)}`);
  return [...rows.sort(), ...asked].join('\n');
}
