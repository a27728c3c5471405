import type { Oid } from '../../../ports.ts';
import { catFile } from '../objects.ts';
import type { Scratch } from '../scratch.ts';

/** Longer texts are made by programs, and nobody looks for functions there. */
const LONGEST = 300_000;

/** The texts of these files; undefined for what is no text, too long, or named as no line can say it. */
export async function markedIn(
  scratch: Scratch,
  files: readonly { readonly tree: Oid; readonly path: string }[],
): Promise<readonly (string | undefined)[]> {
  const names = files.map(({ tree, path }) => (/[\n\udc80-\udcff]/.test(path) ? '' : `${tree}:${path}`));
  const asked = names.filter((name) => name !== '');
  if (asked.length === 0) return names.map(() => undefined);
  const { stdout } = await scratch.call(['cat-file', '--batch-check'], { input: `${asked.join('\n')}\n` });
  const sizes = stdout.split('\n');
  const short = new Set(asked.filter((_, at) => isShort(sizes[at] ?? '')));
  const found = await catFile(scratch.call, [...short]);
  const texts = new Map([...short].map((name, at) => [name, found[at]]));
  return names.map((name) => {
    const body = texts.get(name)?.body;
    return body && !body.includes(0) ? Buffer.from(body).toString('utf8') : undefined;
  });
}

const isShort = (line: string): boolean => Number(/^\S+ blob (\d+)$/.exec(line)?.[1] ?? LONGEST + 1) <= LONGEST;
