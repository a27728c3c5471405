import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Refusal } from '../../core/refusal.ts';
import type { Oid, Repo } from '../../ports.ts';
import { adminFiles, adminOf } from './admin.ts';
import type { GitCall, GitCallOptions } from './call.ts';
import { type Bench, bytesOf, onDisk } from './disk.ts';
import { catFile } from './objects.ts';
import type { TreeFile } from './tree.ts';

/**
 * Files, index, HEAD and what git was in the middle of, as the snapshot says. The branch HEAD names must be at its first parent. `from` is a
 * snapshot of the worktree as it is now; without it the worktree must be empty.
 */
export async function unpackSnapshot(
  call: GitCall,
  { common }: Repo,
  worktree: string,
  commit: Oid,
  from?: Oid,
): Promise<void> {
  const admin = adminOf(worktree, common);
  if (!admin) throw new Refusal('path.missing', { path: worktree, what: 'worktree' });
  const bench: Bench = async (args, options: GitCallOptions = {}) =>
    (
      await call(['--git-dir', admin, '--work-tree', worktree, '-c', 'core.hooksPath=/dev/null', ...args], {
        cwd: worktree,
        binary: true,
        ...options,
      })
    ).stdout;
  const rest = parseTree(await bench(['ls-tree', '-r', '-z', `${commit}^3`]));
  const bodies = await contents(call, rest);
  writeAdmin(admin, bodies, from === undefined);
  await checkout(bench, commit, from);
  if (from) await convertAnew(bench, worktree, commit, from);
  writeRaw(worktree, rest, bodies);
  const index = bodies.get('index');
  // The index of the files as they are now knows their times; the staged tree takes over what it shares with it.
  if (index) writeFileSync(join(admin, 'index'), index);
  else await bench(['read-tree', '--reset', `${commit}^2`]);
  await bench(['update-index', '-q', '--refresh'], { ok: [0, 1] });
}

function parseTree(text: string): TreeFile[] {
  return text
    .split('\0')
    .filter(Boolean)
    .map((row) => {
      const [mode = '', , oid = ''] = row.slice(0, row.indexOf('\t')).split(' ');
      return { mode, oid, path: row.slice(row.indexOf('\t') + 1) };
    });
}

async function contents(call: GitCall, files: readonly TreeFile[]): Promise<ReadonlyMap<string, Buffer>> {
  const found = await catFile(
    call,
    files.map(({ oid }) => oid),
  );
  return new Map(files.map(({ path }, at) => [path, Buffer.from(found[at]?.body ?? new Uint8Array())]));
}

/** The log of HEAD is only ever added to where there is one; what git is in the middle of now gives way to what it was then. */
function writeAdmin(admin: string, bodies: ReadonlyMap<string, Buffer>, fresh: boolean): void {
  const KEPT = /^(logs|gwt|refs|info)\/|^config\.worktree$/;
  for (const name of adminFiles(admin).keys())
    if (!bodies.has(`admin/${name}`) && !KEPT.test(name)) rmSync(join(admin, name), { force: true });
  for (const [path, body] of bodies) {
    const name = /^admin\/(.+)$/.exec(path)?.[1];
    if (!name || (!fresh && KEPT.test(name))) continue;
    mkdirSync(dirname(join(admin, name)), { recursive: true });
    writeFileSync(join(admin, name), body);
  }
}

async function checkout(bench: Bench, commit: Oid, from: Oid | undefined): Promise<void> {
  if (from) {
    await bench(['read-tree', '--reset', from]);
    await bench(['update-index', '-q', '--refresh'], { ok: [0, 1] });
  }
  await lenient(bench, from ? ['read-tree', '-m', '-u', from, commit] : ['read-tree', '--reset', '-u', commit]);
}

/** Where a filter that must not fail does, the files come as git keeps them; the changed ones byte for byte after. */
async function lenient(bench: Bench, args: readonly string[], options?: GitCallOptions): Promise<void> {
  try {
    await bench(args, options);
  } catch {
    const required = await bench(['config', '--name-only', '--get-regexp', '^filter\\..*\\.required$'], { ok: [0, 1] });
    const off = required.split('\n').filter(Boolean);
    await bench([...off.flatMap((name) => ['-c', `${name}=false`]), ...args], options);
  }
}

/**
 * Git moves only files whose contents differ as it keeps them. One that lies on disk otherwise than a checkout would have
 * written it, or that the attributes of then convert in another way, is written anew.
 */
async function convertAnew(bench: Bench, worktree: string, commit: Oid, from: Oid): Promise<void> {
  const [before, changed, now] = await Promise.all([
    bench(['ls-tree', '-r', '-z', '--name-only', `${from}^3`, '--', 'raw/']),
    bench(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, commit]),
    bench(['ls-tree', '-r', '-z', commit]),
  ]);
  const files = new Set(parseTree(now).flatMap(({ mode, path }) => (mode.startsWith('100') ? [path] : [])));
  const attributes = changed.split('\0').some((path) => /(^|\/)\.gitattributes$/.test(path));
  const raw = before.split('\0').map((path) => path.slice('raw/'.length));
  const paths = (attributes ? [...files] : raw).filter((path) => files.has(path) && onDisk(worktree, path));
  if (paths.length === 0) return;
  for (const path of paths) rmSync(bytesOf(worktree, path), { force: true });
  const input = Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1');
  await lenient(bench, ['checkout-index', '--force', '--quiet', '-z', '--stdin'], { input });
}

function writeRaw(worktree: string, rest: readonly TreeFile[], bodies: ReadonlyMap<string, Buffer>): void {
  for (const { path, mode } of rest.filter((file) => file.path.startsWith('raw/'))) {
    const at = bytesOf(worktree, path.slice(4));
    const body = bodies.get(path) ?? Buffer.alloc(0);
    mkdirSync(at.subarray(0, at.lastIndexOf('/')), { recursive: true });
    rmSync(at, { force: true });
    if (mode === '120000') symlinkSync(body, at);
    else writeFileSync(at, body, { mode: mode === '100755' ? 0o755 : 0o644 });
  }
  const { modes = {} } = JSON.parse(bodies.get('state.json')?.toString('utf8') ?? '{}') as {
    modes?: Record<string, number>;
  };
  for (const [path, mode] of Object.entries(modes)) {
    try {
      chmodSync(bytesOf(worktree, path), mode);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}
