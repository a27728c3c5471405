import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS, killOnce, makeTemplate, type What } from './kill/story.ts';
import { chances } from './kill/world.ts';

/** `npm run bench:kill -- [merge|push|watch|undo] [times] [move]`: kills a landing of ten tasks at random instants; with `move` while the target moves. */
const [what = 'merge', times = '200', from = 'start'] = process.argv.slice(2);
if (!(what in COMMANDS)) throw new Error(`one of ${Object.keys(COMMANDS).join(', ')}, not ${what}`);
const box = mkdtempSync(join(tmpdir(), 'gwt kill '));
const template = join(box, 'template');
const folder = join(box, 'run');
await makeTemplate(folder);
cpSync(folder, template, { recursive: true, verbatimSymlinks: true });

/** The same instants in every run. */
const chance = chances(20_260_101);

/** How long it takes here when nobody kills it: the instants are spread over all of that. */
const begun = Date.now();
await killOnce({
  template,
  folder,
  what: what as What,
  how: 'gwt',
  after: what === 'watch' ? 8_000 : 600_000,
  next: 'continue',
});
const longest = what === 'watch' ? 8_000 : (Date.now() - begun) / 2;

let killed = 0;
let landed = 0;
let faulty = 0;
for (let run = 1; run <= Number(times); run += 1) {
  const after = Math.round(chance() * (from === 'move' ? 150 : longest));
  const how = run % 2 === 0 ? 'all' : 'gwt';
  const next = run % 4 < 2 ? 'continue' : 'abort';
  const outcome = await killOnce({
    template,
    folder,
    what: what as What,
    how,
    after,
    from: from === 'move' ? 'move' : 'start',
    next,
  });
  if (outcome.killed) killed += 1;
  if (outcome.landedBefore) landed += 1;
  if (outcome.faults.length > 0) faulty += 1;
  for (const fault of outcome.faults) console.log(`${run}, ${how} killed after ${after} ms, then --${next}: ${fault}`);
  if (run % 20 === 0) console.log(`${run}: killed ${killed}, target had moved ${landed}, faulty ${faulty}`);
}
console.log(`${what}: runs ${times}, killed ${killed}, the target had moved in ${landed}, faulty ${faulty}`);
rmSync(box, { recursive: true, force: true });
process.exitCode = faulty > 0 ? 1 : 0;
