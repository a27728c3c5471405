import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, runKilled, TWELVE } from './kill/run.ts';

/**
 * `npm run bench:run-kill -- [kills] [repository] [folder]`: a plan of twelve tasks is worked off by four agents while
 * agents and gwt itself are killed so often at random instants. `repository` is cloned (objects shared, read only).
 */
const [kills = '30', source, where] = process.argv.slice(2);
const box = where ?? mkdtempSync(join(tmpdir(), 'gwt run kill '));
const repo = join(box, 'my repo');
mkdirSync(box, { recursive: true });
const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
if (source) git(box, 'clone', '-q', '--shared', source, repo);
else {
  mkdirSync(repo);
  git(repo, 'init', '-q', '-b', 'main');
  writeFileSync(join(repo, 'README.md'), '# sample\n');
  git(repo, 'add', '--all');
  git(repo, 'commit', '-q', '-m', 'first');
}
git(repo, 'checkout', '-q', '-B', 'main');
prepare(repo, TWELVE);

/** The same choices in every run: a fixed seed (mulberry32). The instants still depend on the machine. */
let seed = 20_261_121;
function chance(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

const begun = Date.now();
const done = await runKilled(repo, TWELVE, { kills: Number(kills), agents: 4, chance, pauseMs: 4_000 });
const { last, starts, faults } = done;
for (const { slot, task, from, to, waited, outcome } of last.timeline)
  console.log(
    `slot ${slot}  ${task.padEnd(10)} ${from.toFixed(1).padStart(6)} – ${to.toFixed(1).padStart(6)} s  waited for a slot ${waited.toFixed(1)} s  ${outcome}`,
  );
const struck = Object.entries(done.kills).map(([victim, times]) => `${victim} ${times}`);
console.log(
  `kills: ${struck.join(', ')}; started ${starts} times, ${((Date.now() - begun) / 1000).toFixed(0)} s in all, exit ${done.code}`,
);
console.log(
  `landed ${last.landed.length}, escalated ${last.escalated.length}, left ${last.left.length} of ${TWELVE.length}`,
);
console.log(`the last start: idle slot seconds ${last.idle.idle}, of which a task was ready ${last.idle.whileReady}`);
for (const { id, why } of last.escalated) console.log(`escalated ${id}: ${why}`);
for (const fault of faults) console.log(`fault: ${fault}`);
console.log(faults.length === 0 ? 'nothing lost, nothing done twice' : `faults: ${faults.length}`);
if (!where) rmSync(box, { recursive: true, force: true });
process.exitCode = faults.length > 0 ? 1 : 0;
