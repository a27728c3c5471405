import type { Oid } from '../../ports.ts';

/** One file of a tree to be written. Paths are byte strings (latin1), as git has them. */
export interface TreeFile {
  readonly path: string;
  readonly mode: string;
  readonly oid: Oid;
}

/** Writes the trees for these files with `write` and gives the name of the topmost. */
export function writeTrees(files: readonly TreeFile[], write: (body: Buffer) => Oid): Oid {
  const rows: { name: string; mode: string; oid: Oid }[] = [];
  const folders = new Map<string, TreeFile[]>();
  for (const { path, mode, oid } of files) {
    const slash = path.indexOf('/');
    if (slash < 0) rows.push({ name: path, mode, oid });
    else {
      const name = path.slice(0, slash);
      folders.set(name, [...(folders.get(name) ?? []), { path: path.slice(slash + 1), mode, oid }]);
    }
  }
  for (const [name, below] of folders) rows.push({ name, mode: '40000', oid: writeTrees(below, write) });
  // Git sorts a folder as if its name ended in a slash.
  const order = ({ name, mode }: { name: string; mode: string }) => (mode === '40000' ? `${name}/` : name);
  rows.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return write(
    Buffer.concat(
      rows.map(({ name, mode, oid }) =>
        Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex')]),
      ),
    ),
  );
}
