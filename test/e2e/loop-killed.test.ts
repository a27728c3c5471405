import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { killLoopOnce, makeLoopTemplate } from '../../scripts/kill/loop-story.ts';
import { scriptedWorker } from '../../scripts/kill/workers.ts';

/** `npm run bench:kill-loop` does the same at fifty instants. */
test('a loop killed with kill -9: the next one goes on, at most one iteration begun again, nothing lost, twice or left', async () => {
  const box = mkdtempSync(join(tmpdir(), 'gwt kill loop '));
  onTestFinished(() => rmSync(box, { recursive: true, force: true, maxRetries: 5 }));
  const [folder, template] = [join(box, 'run'), join(box, 'template')];
  const worker = { ...scriptedWorker(), stories: ['US-1', 'US-2'] };
  mkdirSync(folder);
  makeLoopTemplate(folder, worker);
  cpSync(folder, template, { recursive: true, verbatimSymlinks: true });
  // In the midst of the first story, at its end, in the midst of the second.
  for (const [at, lines] of [1, 3, 4].entries()) {
    const outcome = await killLoopOnce({
      template,
      folder,
      worker,
      how: at % 2 === 0 ? 'gwt' : 'all',
      after: { lines },
    });
    expect([lines, outcome]).toEqual([lines, expect.objectContaining({ killed: true, faults: [] })]);
  }
}, 300_000);
