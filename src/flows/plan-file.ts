import { resolve } from 'node:path';
import type { TaskRequest } from '../core/draft.ts';
import { planOf, readMarkdown } from '../core/plan.ts';
import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';

/** The tasks of a plan: Markdown, YAML or JSON by the file's ending. Refuses `path.missing` and `plan.invalid`. */
export async function planFile(
  { files, self }: Pick<Ports, 'files' | 'self'>,
  path: string,
): Promise<readonly TaskRequest[]> {
  const text = await files.read(resolve(self.cwd, path));
  if (text === undefined) throw new Refusal('path.missing', { path, what: 'plan' });
  if (/\.(md|markdown|txt)$/i.test(path)) return readMarkdown(text, path);
  const { parse } = await import('yaml');
  try {
    return planOf(parse(text) as unknown, path);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('plan.invalid', { path, why: (error as Error).message });
  }
}
