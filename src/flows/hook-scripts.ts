import { join } from 'node:path';
import type { Ports } from '../ports.ts';

/**
 * Hooks git runs that gwt has no check for: they only start the project's own. (githooks(5)) Others are passed on where
 * the project has them, since each that is there costs every commit a process.
 */
const PASSED = [
  'applypatch-msg',
  'pre-applypatch',
  'post-applypatch',
  'pre-merge-commit',
  'pre-rebase',
  'post-checkout',
  'post-merge',
  'post-rewrite',
  'pre-auto-gc',
  'sendemail-validate',
];

type ScriptPorts = Pick<Ports, 'files' | 'self'>;

/** Where the hooks are installed, and the folder the project keeps its own in. Both absolute. */
export interface Places {
  readonly hooks: string;
  readonly projectFolder: string;
}

/** Copies the packaged hooks to where the worktrees use them, when they differ from what is there. */
export async function installScripts({ files, self }: ScriptPorts, { hooks, projectFolder }: Places): Promise<void> {
  const wanted = await scripts({ files, self }, projectFolder);
  const stamp = JSON.stringify([...wanted]);
  const stampFile = join(hooks, '.installed');
  if ((await files.read(stampFile)) === stamp) return;
  for (const [name, text] of wanted) await files.write(join(hooks, name), text, 0o755);
  await files.write(stampFile, stamp);
}

/** Every file of the hooks folder by name, as it should be. What the hooks share stands in each: one file less to open. */
export async function scripts(
  { files, self }: ScriptPorts,
  projectFolder: string,
): Promise<ReadonlyMap<string, string>> {
  const shared = (await files.read(join(self.hooks, 'lib'))) ?? '';
  const wanted = new Map<string, string>();
  for (const name of (await files.list(self.hooks)).filter((name) => name !== 'lib')) {
    const text = (await files.read(join(self.hooks, name))) ?? '';
    wanted.set(
      name,
      text.replace(SOURCED, () => shared),
    );
  }
  const pass = wanted.get('pass-through') ?? '';
  const own = (await files.list(projectFolder)).filter((name) => /^[a-z0-9-]+$/.test(name));
  for (const name of [...PASSED, ...own]) if (!wanted.has(name)) wanted.set(name, pass);
  return wanted;
}

const SOURCED = /^\. "\$\{0%\/\*\}\/lib"\n/m;
