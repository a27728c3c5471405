import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { replay } from './resolve/replay.ts';
import { score } from './resolve/score.ts';
import { tables } from './resolve/table.ts';

/**
 * Replays the conflicted merges of real repositories through the rules and prints how often they said what people said:
 * `npm run bench:resolve -- <git-dir>... [--max N]`, the newest N conflicted merges of each (500).
 */
const args = process.argv.slice(2);
const at = args.indexOf('--max');
const max = at < 0 ? 500 : Number(args.splice(at, 2)[1]);
if (args.length === 0 || !Number.isInteger(max) || max < 1) {
  console.error('usage: npm run bench:resolve -- <git-dir>... [--max N]');
  process.exit(2);
}
const memory = '/dev/shm';
const scores = new Map(
  args.map((folder) => {
    const gitDir = existsSync(join(folder, '.git')) ? resolve(folder, '.git') : resolve(folder);
    const scratch = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'gwt-resolve-'));
    try {
      const name = basename(gitDir) === '.git' ? basename(resolve(folder)) : basename(gitDir);
      return [name, score(replay({ gitDir, scratch, max }))] as const;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }),
);
console.log(tables(scores));
