import { dirname, join } from 'node:path';
import type { Ports } from '../ports.ts';
import { runsFolder } from './loop/places.ts';
import { isThere, loopsOf } from './stop.ts';

const DAY = 86_400_000;

/**
 * Transcripts that nobody wrote to for so many days, of tasks on which no loop runs. `gwt logs` reads packed ones too.
 * Paths, oldest task first in the order of names.
 */
export async function oldTranscripts(ports: Ports, days: number): Promise<readonly string[]> {
  const { files, git, clock } = ports;
  const folder = dirname(runsFolder(await git.repo(), 'any'));
  const tasks = await files.list(folder);
  const busy = (await loopsOf(ports, tasks)).filter((loop) => isThere(ports, loop)).map(({ task }) => task);
  const paths: string[] = [];
  for (const task of tasks.filter((id) => !busy.includes(id)))
    for (const name of await files.list(join(folder, task))) {
      const path = join(folder, task, name);
      const age = clock.now() - ((await files.modified(path)) ?? clock.now());
      if (/^\d+\.log(\.\d+)?$/.test(name) && age >= days * DAY) paths.push(path);
    }
  return paths;
}
