import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

/** Takes what programs print, in the order in which it comes. */
export interface Log {
  /** What it has from `from`, which waits while the disk is slower. */
  take(chunk: Buffer, from: Readable): void;
  /** Comes back when all of it is on its way to the disk. */
  close(): Promise<void>;
}

const CUT = '\ngwt: it printed more, which is not kept\n';

/**
 * A log of at most so many bytes, in files of at most so many each: the next one, `<path>.1` and so on, is there only
 * when the one before it is whole. A log that cannot be written does not stop the program.
 */
export function openLog(path: string, most = Number.POSITIVE_INFINITY, part = Number.POSITIVE_INFINITY): Log {
  mkdirSync(dirname(path), { recursive: true });
  const parts = partsOf(path, part);
  let left = most;
  return {
    take(chunk, from) {
      if (left < 0) return;
      const whole = chunk.length <= left;
      parts.put(whole ? chunk : Buffer.concat([chunk.subarray(0, left), Buffer.from(CUT)]), from);
      left -= chunk.length;
    },
    close: () => parts.close(),
  };
}

function partsOf(path: string, most: number) {
  const waiting = new Set<Readable>();
  /** What came while one file ends and the next is not there yet. */
  let between: Buffer[] | undefined;
  let [number, bytes, broken] = [0, 0, false];
  let turned = Promise.resolve();
  const goOn = () => {
    for (const stream of waiting) stream.resume();
    waiting.clear();
  };
  const opened = (at: string): WriteStream => {
    const made = createWriteStream(at, { flags: 'a', mode: 0o600 });
    made.on('drain', goOn);
    made.on('error', () => {
      broken = true;
      goOn();
    });
    return made;
  };
  let file = opened(path);
  const ended = (one: WriteStream) =>
    new Promise<void>((resolve) => {
      if (broken || one.destroyed) return resolve();
      one.once('error', () => resolve());
      one.end(() => resolve());
    });
  const turn = async () => {
    await ended(file);
    number += 1;
    file = opened(`${path}.${number}`);
    const held = between ?? [];
    between = undefined;
    bytes = 0;
    for (const chunk of held) write(chunk);
    goOn();
  };
  const write = (chunk: Buffer): boolean => {
    if (between) {
      between.push(chunk);
      return false;
    }
    bytes += chunk.length;
    const fast = file.write(chunk);
    if (bytes < most || broken) return fast;
    between = [];
    turned = turn();
    return false;
  };
  return {
    put(chunk: Buffer, from: Readable) {
      if (broken || write(chunk)) return;
      waiting.add(from);
      from.pause();
    },
    async close() {
      while (between) await turned;
      await ended(file);
    },
  };
}
