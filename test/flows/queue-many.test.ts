import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { add } from '../../src/flows/queue/add.ts';
import { PROJECT, type Scene, scene } from '../support/scene.ts';

const NAMES = Array.from({ length: 40 }, (_, n) => `work ${n}`);

/** Takes whatever there is, as a process of its own, until there is nothing left. */
function taker(s: Scene): Promise<readonly string[]> {
  const worker = join(PROJECT, 'test/support/ledger-worker.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', worker, s.dir, 'take'], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  return new Promise((done) => child.on('close', () => done(out.split('\n').filter(Boolean))));
}

test('4 processes take 40 planned things and none is taken twice', async () => {
  const s = await scene();
  await add(s.ports(), { titles: NAMES });
  const taken = (await Promise.all([taker(s), taker(s), taker(s), taker(s)])).flat();
  expect(taken.sort()).toEqual(NAMES.map((name) => name.replace(' ', '-')).sort());
});
