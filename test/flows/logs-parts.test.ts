import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { logs } from '../../src/flows/logs.ts';
import { loop } from '../../src/flows/loop.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { agentPath, prdOf } from '../support/looping.ts';
import { scene } from '../support/scene.ts';

const LINE = 'the agent says é and more é\n';
const LINES = 20_000;

/** A task whose agent prints some 600 kB, in transcripts of 10 kB a file. */
async function loud() {
  const agents = {
    a: { driver: 'command', command: [agentPath('loud')], env: { LINE: LINE.trim(), LINES: `${LINES}` } },
  };
  const config = { agents, loop: { agent: 'a' }, logs: { megabytes: 0.01 } };
  const s = await scene({
    'README.md': '# sample\n',
    'gwt.config.json': JSON.stringify(config),
    'prd.json': prdOf('S-1'),
  });
  await spawn(s.ports(), { tasks: ['t'], prd: 'prd.json' });
  const parts = () => readdirSync(s.path('.git/gwt/runs/t')).filter((name) => /^1\.log/.test(name));
  return { s, parts };
}

test('a transcript goes on in another file after so many megabytes, nothing of it is lost, and logs shows it as one', async () => {
  const { s, parts } = await loud();
  const ports = s.ports();
  let followed = '';
  const [looped] = await Promise.all([loop(ports, { tasks: ['t'] }), follow(s, (text) => (followed += text))]);
  expect(looped.tasks[0]?.outcome).toBe('complete');
  expect(parts().length).toBeGreaterThan(3);
  const whole = LINE.repeat(LINES);
  expect(followed.slice(0, whole.length)).toBe(whole);
  let shown = '';
  await logs(ports, { task: 't' }, (text) => (shown += text));
  expect(shown).toBe(followed);
  // Some of them packed meanwhile, as `gwt gc` does with old ones.
  for (const name of parts().slice(0, 3)) await ports.files.pack(s.path('.git/gwt/runs/t', name));
  expect(gunzipSync(readFileSync(s.path('.git/gwt/runs/t/1.log.gz'))).length).toBeGreaterThan(9_000);
  let again = '';
  await logs(ports, { task: 't' }, (text) => (again += text));
  expect(again).toBe(followed);
});

/** `gwt logs -f`, begun before there is a transcript. */
async function follow(s: Awaited<ReturnType<typeof loud>>['s'], out: (text: string) => void): Promise<void> {
  while (!s.exists(join('.git/gwt/runs/t/1.log'))) await new Promise((done) => setTimeout(done, 10));
  await logs(s.ports(), { task: 't', follow: true }, out);
}
