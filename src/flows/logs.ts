import { join } from 'node:path';
import { Refusal } from '../core/refusal.ts';
import type { Ports } from '../ports.ts';
import { isHeld } from './loop/lease.ts';
import { runsFolder } from './loop/places.ts';
import { taskNamed, taskNamedOrHere } from './tasks.ts';

export interface LogsInput {
  /** Default: the task here. */
  readonly task?: string;
  readonly iteration?: number;
  /** Go on as more comes, into later iterations too, until the loop ends. */
  readonly follow?: boolean;
}
export interface Logs {
  readonly task: string;
  readonly iterations: readonly number[];
  readonly path: string;
}

/** How often a growing transcript is looked at. */
const LOOK_MS = 200;

/** The transcript of an iteration, the last one where none is named, handed to `out` as it is read. */
export async function logs(ports: Ports, input: LogsInput, out: (text: string) => void): Promise<Logs> {
  const task = await taskNamedOrHere(ports, input.task, 'show the transcript of');
  const folder = runsFolder(await ports.git.repo(), task.id);
  const known = await firstIn(ports, folder, task.id, input.follow === true);
  let now = input.iteration ?? known.at(-1);
  if (now === undefined || !known.includes(now)) throw new Refusal('logs.none', { task: task.id, iterations: known });
  const shown = [now];
  let reader = readerOf(ports, join(folder, `${now}.log`), out);
  await reader.more();
  while (input.follow && !ports.stop.aborted) {
    const later = (await iterationsIn(ports, folder)).find((number) => number > (now ?? 0));
    const live = await isLooping(ports, task.id);
    // What was written before the question was answered is still to be read.
    const grew = await reader.more();
    if (later !== undefined) {
      now = later;
      shown.push(now);
      out(`\n── iteration ${now} ──\n`);
      reader = readerOf(ports, join(folder, `${now}.log`), out);
    } else if (!live && !grew) break;
    else await ports.clock.sleep(LOOK_MS);
  }
  return { task: task.id, iterations: shown, path: join(folder, `${now}.log`) };
}

/** A loop that just began has no transcript yet: whoever follows it waits for the first. */
async function firstIn(ports: Ports, folder: string, task: string, follow: boolean): Promise<readonly number[]> {
  for (;;) {
    const live = follow && (await isLooping(ports, task));
    const known = await iterationsIn(ports, folder);
    if (known.length > 0 || !live || ports.stop.aborted) return known;
    await ports.clock.sleep(LOOK_MS);
  }
}

async function iterationsIn({ files }: Ports, folder: string): Promise<readonly number[]> {
  return (await files.list(folder))
    .flatMap((name) => /^(\d+)\.log(\.gz)?$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

async function isLooping(ports: Ports, id: string): Promise<boolean> {
  const { lease } = await taskNamed(ports, id);
  return lease !== undefined && isHeld(ports, lease);
}

/**
 * Reads a growing transcript piece by piece, over all its files; old ones may be packed. A character cut in two by the
 * end of a piece, or of a file, is kept together.
 */
function readerOf({ files }: Ports, path: string, out: (text: string) => void) {
  const decoder = new TextDecoder();
  const told = (piece: Uint8Array) => out(decoder.decode(piece, { stream: true }));
  let [number, at] = [0, 0];
  const nameOf = (part: number) => (part === 0 ? path : `${path}.${part}`);
  const isThere = async (part: number) =>
    (await files.exists(nameOf(part))) || (await files.exists(`${nameOf(part)}.gz`));
  const rest = async (): Promise<boolean> => {
    const from = at;
    for (
      let piece = await files.readFrom(nameOf(number), at);
      piece.length > 0;
      piece = await files.readFrom(nameOf(number), at)
    ) {
      at += piece.length;
      told(piece);
    }
    if (at > 0 || !(await files.exists(`${nameOf(number)}.gz`))) return at > from;
    await files.unpacked(`${nameOf(number)}.gz`, (piece) => {
      at += piece.length;
      told(piece);
    });
    return at > 0;
  };
  return {
    /** True when there was something new. */
    async more(): Promise<boolean> {
      let grew = false;
      for (;;) {
        // A file is whole once there is the next one; what was written to it last is still to be read then.
        const next = await isThere(number + 1);
        grew = (await rest()) || grew;
        if (!next) return grew;
        [number, at] = [number + 1, 0];
      }
    },
  };
}
