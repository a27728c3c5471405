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
  const asked = [...new Set(names.filter((name) => name !== ''))];
  const found = await catFile(scratch.call, asked);
  const bodies = new Map(asked.map((name, at) => [name, found[at]?.body]));
  return names.map((name) => {
    const body = bodies.get(name);
    return body && body.length <= LONGEST && !body.includes(0) ? Buffer.from(body).toString('utf8') : undefined;
  });
}
