import type { Readable } from 'node:stream';
import type { ProgramSpec } from '../../ports.ts';
import { lineSplitter } from './lines.ts';
import { openLog } from './log.ts';
import { redactor } from './redact.ts';

const TAIL = 8192;

/** The output of one program on its way: into the log whole, to the reader in lines, its end kept. Memory stays small. */
export interface Output {
  idleMs(): number;
  tail(): string;
  /** Comes back when all that was printed is in the log. */
  close(): Promise<void>;
}

type Streams = { readonly stdout: Readable | null; readonly stderr: Readable | null };

/** Follows both streams of a program from its start. */
export function follow(
  spec: Pick<ProgramSpec, 'log' | 'logMost' | 'logPart' | 'onLine' | 'secrets'>,
  streams: Streams,
): Output {
  let tail: Buffer = Buffer.alloc(0);
  let last = Date.now();
  const log = spec.log ? openLog(spec.log, spec.logMost, spec.logPart) : undefined;
  const readers = (['stdout', 'stderr'] as const).map((name) => {
    const lines = lineSplitter((line) => spec.onLine?.(line, name));
    const stream = streams[name];
    const redact = redactor(spec.secrets ?? []);
    const take = (chunk: Buffer) => {
      tail = endOf(tail, chunk);
      lines.add(chunk);
      if (stream) log?.take(chunk, stream);
    };
    stream?.on('data', (chunk: Buffer) => {
      last = Date.now();
      take(redact.add(chunk));
    });
    return {
      end() {
        take(redact.end());
        lines.end();
      },
    };
  });
  return {
    idleMs: () => Date.now() - last,
    tail: () => tail.toString('utf8'),
    async close() {
      for (const stream of readers) stream.end();
      await log?.close();
    },
  };
}

/** The last bytes of both, in the same place where they fill it: what is made anew for each chunk fills the memory. */
function endOf(tail: Buffer, chunk: Buffer): Buffer {
  if (chunk.length < TAIL) return Buffer.from(Buffer.concat([tail, chunk]).subarray(-TAIL));
  const end = tail.length === TAIL ? tail : Buffer.alloc(TAIL);
  chunk.copy(end, 0, chunk.length - TAIL);
  return end;
}
