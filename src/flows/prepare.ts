import { join } from 'node:path';
import type { Ports } from '../ports.ts';

/** One line of git's own configuration that gwt needs otherwise; without a value the name is taken out. */
export interface Setting {
  readonly file: string;
  readonly name: string;
  readonly value?: string;
}

type PreparePorts = Pick<Ports, 'git' | 'files'>;

const FILES = ['config', 'config.worktree'] as const;
const ON = /^(true|yes|on|1|)$/i;

/**
 * What must change so that worktrees may have settings of their own, in an order that keeps git working at each step.
 * (git-worktree(1), "CONFIGURATION FILE": `core.bare` when true, and `core.worktree`, must not be shared then.)
 */
export async function settingsNeeded({ git }: PreparePorts): Promise<readonly Setting[]> {
  const { common } = await git.repo();
  const [shared, own] = [join(common, 'config'), join(common, 'config.worktree')];
  const extension = await git.config.get('extensions.worktreeConfig', shared);
  if (extension !== undefined && ON.test(extension)) return [];
  const moved = await Promise.all(
    ['core.bare', 'core.worktree'].map(async (name) => ({ name, value: await git.config.get(name, shared) })),
  );
  const bound = moved.filter(({ name, value }) => value && (name === 'core.worktree' || ON.test(value)));
  return [
    ...bound.map(({ name, value = '' }) => ({ file: own, name, value })),
    { file: shared, name: 'extensions.worktreeConfig', value: 'true' },
    ...bound.map(({ name }) => ({ file: shared, name })),
  ];
}

/** Makes the changes. What the files were before and after is kept, so that `gwt init --remove` can put them back. */
export async function applySettings(ports: PreparePorts, settings: readonly Setting[]): Promise<void> {
  if (settings.length === 0) return;
  await keep(ports, 'before');
  for (const { file, name, value } of settings) {
    if (value === undefined) await ports.git.config.unset(name, file);
    else await ports.git.config.set(name, value, file);
  }
  await keep(ports, 'after');
}

async function keep({ git, files }: PreparePorts, when: 'before' | 'after'): Promise<void> {
  const { common } = await git.repo();
  await files.remove(join(common, 'gwt', when));
  await files.makeDir(join(common, 'gwt', when));
  for (const file of FILES)
    if (await files.exists(join(common, file)))
      await files.replace(join(common, file), join(common, 'gwt', when, file));
}

/** What of it can be taken back. `used` names the worktree whose own settings still need it. */
export async function settingsLeft(ports: PreparePorts): Promise<{ readonly ours: boolean; readonly used?: string }> {
  const { git, files } = ports;
  const { common } = await git.repo();
  if (!(await files.exists(join(common, 'gwt/after')))) return { ours: false };
  if (!(await files.same(join(common, 'config.worktree'), join(common, 'gwt/after/config.worktree'))))
    return { ours: true, used: 'the main worktree' };
  for (const name of await files.list(join(common, 'worktrees'))) {
    const admin = join(common, 'worktrees', name);
    // gwt's own worktrees go away with the rest.
    if (await files.exists(join(admin, 'gwt/bench.json'))) continue;
    if (await files.exists(join(admin, 'config.worktree'))) return { ours: true, used: name };
  }
  return { ours: true };
}

/** Puts the files back: byte for byte when nobody else changed them since, else without gwt's lines. */
export async function takeBack({ git, files }: PreparePorts): Promise<void> {
  const { common } = await git.repo();
  const [now, before, after] = ['.', 'gwt/before', 'gwt/after'].map((folder) => join(common, folder, 'config'));
  if (!now || !before || !after) return;
  if (await files.same(now, after)) await files.replace(before, now);
  else {
    for (const name of ['core.bare', 'core.worktree']) {
      const value = await git.config.get(name, before);
      if (value !== undefined && (await git.config.get(name, now)) === undefined)
        await git.config.set(name, value, now);
    }
    await git.config.unset('extensions.worktreeConfig', now);
  }
  if (await files.exists(`${before}.worktree`)) await files.replace(`${before}.worktree`, `${now}.worktree`);
  else await files.remove(`${now}.worktree`);
}
