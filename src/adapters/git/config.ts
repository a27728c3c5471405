import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../core/refusal.ts';
import type { GitConfig, Identity, Repo } from '../../ports.ts';
import type { GitCall, GitCallOptions } from './call.ts';

/** Git's configuration: what is in force, and single files of it. */
export function gitConfig(call: GitCall, repo: () => Promise<Repo>): GitConfig {
  let who: Promise<Identity> | undefined;
  let listed: { readonly at: number; readonly values: Promise<Values> } | undefined;
  const all = async (): Promise<Values> => {
    if (!listed || Date.now() - listed.at > BURST_MS) listed = { at: Date.now(), values: list(call, await repo()) };
    return listed.values;
  };
  return {
    async get(name, file) {
      const { stdout, code } = await call(['config', ...scope(file), '--get', name], { ok: [0, 1] });
      return code === 0 ? stdout.replace(/\n$/, '') : undefined;
    },
    async path(name) {
      const args = ['--git-dir', (await repo()).common, 'config', '--type=path', '--get', name];
      if (!(await all()).has(name.toLowerCase())) return undefined;
      const { stdout, code } = await call(args, { ok: [0, 1] });
      return code === 0 ? stdout.replace(/\n$/, '') : undefined;
    },
    async shared(names) {
      const wanted = new RegExp(names);
      return new Map([...(await all())].filter(([name]) => wanted.test(name)));
    },
    set(name, value, file) {
      listed = undefined;
      return patiently(call, ['config', ...scope(file ?? 'local'), name, value], [0]);
    },
    unset(name, file) {
      listed = undefined;
      return patiently(call, ['config', ...scope(file ?? 'local'), '--unset-all', name], [0, 5]);
    },
    identity() {
      who ??= identity(call);
      return who;
    },
  };
}

async function identity(call: GitCall): Promise<Identity & { readonly unknown?: true }> {
  const { code, stdout } = await call(['var', 'GIT_COMMITTER_IDENT'], { ok: [0, 128] });
  const match = /^(.*) <(.*)> \d+ [+-]\d+$/.exec(stdout.trim());
  return code === 0 && match
    ? { name: match[1] ?? 'gwt', email: match[2] ?? '' }
    : { name: 'gwt', email: 'gwt@localhost', unknown: true };
}

type Values = ReadonlyMap<string, readonly string[]>;

/** Questions that come together are answered from one reading. */
const BURST_MS = 500;

async function list(call: GitCall, { common }: Repo): Promise<Values> {
  const { stdout } = await call(['--git-dir', common, 'config', '--list', '-z']);
  const found = new Map<string, string[]>();
  for (const entry of stdout.split('\0').filter(Boolean)) {
    const [name = '', ...value] = entry.split('\n');
    found.set(name, [...(found.get(name) ?? []), value.join('\n')]);
  }
  return found;
}

function scope(file: string | undefined): readonly string[] {
  if (file === undefined) return [];
  return file === 'local' ? ['--local'] : ['--file', file];
}

/** Git does not wait for the lock of a config file, so this does. Refuses `repository.readonly`. */
async function patiently(call: GitCall, args: readonly string[], ok: readonly number[]): Promise<void> {
  const options: GitCallOptions = { ok: [...ok, 4, 255] };
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const { code, stderr } = await call(args, options);
    if (ok.includes(code)) return;
    if (/Permission denied|Read-only file system|No space left/.test(stderr))
      throw new Refusal('repository.readonly', { why: stderr.trim() });
    await sleep(10 + Math.random() * 40);
  }
  await call(args, { ok });
}
