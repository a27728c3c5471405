import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killLoopOnce, makeLoopTemplate } from './kill/loop-story.ts';
import { cliWorker, scriptedWorker, withModelServer } from './kill/workers.ts';
import { chances } from './kill/world.ts';

/**
 * `npm run bench:kill-loop -- [times] [agent...]`: kills `gwt loop` at random instants, all over the time it takes, then
 * starts it again and looks whether anything is lost or left. Agents: `scripted` (default), or CLIs that lie in
 * `GWT_AGENTS_DIR` (`npm run test:agents` installs them), against the model server of the fixtures.
 */
const [times = '50', ...names] = process.argv.slice(2);
const box = mkdtempSync(join(tmpdir(), 'gwt kill loop '));
const rows: string[] = [];
let faulty = 0;
const { url, stop } = await withModelServer();
for (const name of names.length > 0 ? names : ['scripted']) {
  const worker = name === 'scripted' ? scriptedWorker() : cliWorker(name, url, box);
  const folder = join(box, `${name} run`);
  const template = join(box, `${name} template`);
  mkdirSync(folder);
  makeLoopTemplate(folder, worker);
  cpSync(folder, template, { recursive: true, verbatimSymlinks: true });
  const place = { template, folder, worker };
  const begun = Date.now();
  const whole = await killLoopOnce({ ...place, how: 'gwt', after: undefined });
  // The second loop of it finds nothing to do, and takes its time to find out.
  const longest = Math.round((Date.now() - begun) * 0.8);
  for (const fault of whole.faults) console.log(`${name}, not killed: ${fault}`);
  const chance = chances(20_261_121);
  const seen = { killed: 0, lost: 0, faulty: whole.faults.length > 0 ? 1 : 0, before: new Map<number, number>() };
  for (let run = 1; run <= Number(times); run += 1) {
    const after = Math.round(chance() * longest);
    const how = run % 2 === 0 ? 'all' : 'gwt';
    const outcome = await killLoopOnce({ ...place, how, after });
    if (outcome.killed) seen.killed += 1;
    seen.lost += outcome.lost;
    seen.before.set(outcome.before, (seen.before.get(outcome.before) ?? 0) + 1);
    if (outcome.faults.length > 0) seen.faulty += 1;
    for (const fault of outcome.faults) console.log(`${name}, ${run}, ${how} killed after ${after} ms: ${fault}`);
    if (run % 10 === 0) console.log(`${name} ${run}: killed ${seen.killed}, faulty ${seen.faulty}`);
  }
  const spread = [...seen.before].sort(([a], [b]) => a - b).map(([passed, count]) => `${passed}: ${count}`);
  rows.push(`| ${name} | ${times} | ${seen.killed} | ${spread.join(', ')} | ${seen.lost} | ${seen.faulty} |`);
  faulty += seen.faulty;
}
stop();
console.log('\n| agent | runs | killed while it ran | stories passed then: runs | iterations begun again | faulty |');
console.log(`|---|---|---|---|---|---|\n${rows.join('\n')}`);
if (existsSync(box)) rmSync(box, { recursive: true, force: true });
process.exitCode = faulty > 0 ? 1 : 0;
