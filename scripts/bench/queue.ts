import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Bench, call, ENV, gwt, PROJECT, repository, sideBySide, timed } from './measure.ts';

const THOUSAND = Array.from({ length: 1000 }, (_, n) => `Piece of work ${n}`);

/** A thousand planned things, every tenth of them with a claim: listing them, and twenty processes that take them all. */
export const bench: Bench = async (scratch) => {
  const repo = repository(join(scratch, 'repo'), 10);
  await gwt(repo, 'init');
  for (let at = 0; at < THOUSAND.length; at += 100)
    await gwt(repo, 'queue', 'add', '--agent', 'claude', ...THOUSAND.slice(at + 1, at + 100));
  for (let at = 0; at < THOUSAND.length; at += 100)
    await gwt(repo, 'queue', 'add', '--agent', 'claude', '--owns', `src/m${at}/**`, ...THOUSAND.slice(at, at + 1));
  const list = await sideBySide(
    15,
    () => gwt(repo, 'queue', 'list'),
    () => call(repo, process.execPath, ['-e', '0']),
  );
  let taken: readonly string[] = [];
  const all = await timed(async () => {
    taken = (await Promise.all(Array.from({ length: 20 }, () => takers(repo)))).flat();
  });
  const twice = taken.length - new Set(taken).size;
  console.error(`20 processes took ${taken.length} of 1,000 in ${(all / 1000).toFixed(1)} s, ${twice} of them twice`);
  if (twice > 0 || taken.length !== 1000) throw new Error('something was taken twice, or left');
  return [{ what: 'gwt queue list, 1,000 planned, against node -e 0', ...list, bar: { ms: 300 } }];
};

/** One process that takes the next thing until there is none. */
function takers(repo: string): Promise<readonly string[]> {
  const worker = join(PROJECT, 'test/support/ledger-worker.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', worker, repo, 'take'], {
    cwd: PROJECT,
    env: ENV,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  return new Promise((done) => child.on('close', () => done(out.split('\n').filter(Boolean))));
}
