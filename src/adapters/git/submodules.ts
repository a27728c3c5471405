import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../../core/refusal.ts';
import type { GitCall } from './call.ts';

/** Sets up those submodules of a new worktree that the main worktree has, borrowing their objects from there. */
export async function submodules(
  call: GitCall,
  common: string,
  path: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const wanted = (await listed(call, path)).filter(({ name }) => existsSync(join(common, 'modules', name, 'HEAD')));
  for (const { name, path: below } of wanted) {
    const args = ['submodule', '--quiet', 'update', '--init', '--recursive'];
    const { code, stderr } = await call([...args, '--reference', join(common, 'modules', name), '--', below], {
      cwd: path,
      env,
      ok: [0, 1, 128],
    });
    if (code !== 0) throw new Refusal('submodule.failed', { message: `${below}: ${stderr.trim()}` });
  }
  return wanted.map((one) => one.path);
}

async function listed(call: GitCall, path: string): Promise<readonly { name: string; path: string }[]> {
  if (!existsSync(join(path, '.gitmodules'))) return [];
  const args = ['config', '-z', '--file', '.gitmodules', '--get-regexp', '^submodule\\..*\\.path$'];
  const { stdout } = await call(args, { cwd: path, ok: [0, 1] });
  return stdout
    .split('\0')
    .filter(Boolean)
    .map((row) => {
      const [key = '', value = ''] = row.split('\n');
      return { name: key.slice('submodule.'.length, -'.path'.length), path: value };
    });
}
