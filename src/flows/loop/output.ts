import type { Ports } from '../../ports.ts';

/** How much of each end of a gate's output is read: more than a prompt shows. */
const ENDS = 4000;

/** The output of a gate by its file: the beginning, where the first error stands, and the end. `tail` where there is none. */
export async function headAndTail(files: Ports['files'], log: string | undefined, tail = ''): Promise<string> {
  if (log === undefined) return tail;
  const { bytes } = await files.size(log, 1).catch(() => ({ bytes: 0 }));
  if (bytes <= 2 * ENDS) return bytes === 0 ? tail : text(await files.readFrom(log, 0));
  const [head, end] = [await files.readFrom(log, 0), await files.readFrom(log, bytes - ENDS)];
  return `${text(head.subarray(0, ENDS))}\n[…]\n${text(end)}`;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
