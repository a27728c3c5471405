import { resolve } from 'node:path';
import type { Dialect } from '../core/prd-dialect.ts';
import { dialectOf, type Imported, importPrd } from '../core/prd-import.ts';
import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';

export interface PrdFile extends Imported {
  readonly path: string;
  /** As it stands in the file. */
  readonly source: string;
  readonly writing: Dialect;
}

/** A file of stories in whatever dialect. Refuses `path.missing`, and `prd.invalid` with line and column. */
export async function prdFile({ files, self }: Pick<Ports, 'files' | 'self'>, name: string): Promise<PrdFile> {
  const path = resolve(self.cwd, name);
  const source = (await files.kind(path)) === 'folder' ? undefined : await files.read(path);
  if (source === undefined) throw new Refusal('path.missing', { path: name, what: 'PRD' });
  const { YAML_DIALECT } = await import('./prd-yaml.ts');
  const writing = dialectOf(source, name, YAML_DIALECT);
  return { ...importPrd(source, name, writing), path, source, writing };
}
