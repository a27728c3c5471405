import { resolve } from 'node:path';
import { type PlannedTask, readPlan } from '../core/plan.ts';
import { JSON_DIALECT } from '../core/prd-dialect.ts';
import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';

/** The tasks of a plan: Markdown, YAML or JSON by the file's ending. Refuses `path.missing` and `plan.invalid`. */
export async function planFile(
  { files, self }: Pick<Ports, 'files' | 'self'>,
  path: string,
): Promise<readonly PlannedTask[]> {
  const full = resolve(self.cwd, path);
  const text = (await files.kind(full)) === 'folder' ? undefined : await files.read(full);
  if (text === undefined) throw new Refusal('path.missing', { path, what: 'plan' });
  if (/\.json$/i.test(path)) return readPlan(text, path, JSON_DIALECT);
  const { YAML_DIALECT } = await import('./prd-yaml.ts');
  return readPlan(text, path, YAML_DIALECT);
}
