import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { approve } from '../../src/flows/approve.ts';
import { loop } from '../../src/flows/loop.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { agentPath, prdOf } from '../support/looping.ts';
import { type Scene, scene } from '../support/scene.ts';

const KEY = 'sk-a-key-out-of-a-file';

async function keyed(keyFile: string): Promise<Scene> {
  const agents = { a: { driver: 'command', command: [agentPath('tells-its-key')], keyEnv: 'MY_KEY', keyFile } };
  const config = { agents, loop: { agent: 'a' } };
  const s = await scene({
    'README.md': '# sample\n',
    'gwt.config.json': JSON.stringify(config),
    'prd.json': prdOf('S-1'),
  });
  s.write('../key of mine', `${KEY}\n`);
  await spawn(s.ports(), { tasks: ['t'], prd: 'prd.json' });
  return s;
}

test('a key out of a file reaches the agent, and stands in no transcript and not in the ledger', async () => {
  const s = await keyed('../key of mine');
  const { tasks } = await loop(s.ports(), { tasks: ['t'] });
  expect(tasks[0]?.outcome).toBe('complete');
  expect(s.git('show', 'gwt/t:src/length.txt')).toBe(String(KEY.length));
  const runs = s.path('.git/gwt/runs/t');
  expect(readFileSync(join(runs, '1.log'), 'utf8')).toContain('my key is [secret]');
  for (const name of readdirSync(runs))
    if (/\.(log|json|jsonl)$/.test(name)) expect(readFileSync(join(runs, name), 'utf8')).not.toContain(KEY);
  expect(s.git('log', '-p', '--format=%B', 'refs/gwt/tasks/t')).not.toContain(KEY);
});

test.each([
  ['is not there', '../no-such-file', 'ENOENT'],
  ['holds something else', 'README.md', 'it does not hold one key'],
])('a file that %s is refused by its name, and what stands in it is not told', async (_, keyFile, why) => {
  const s = await keyed(keyFile);
  await expect(loop(s.ports(), { tasks: ['t'] })).rejects.toMatchObject({ code: 'file.unreadable', facts: { why } });
});

test('which file a project’s config reads a key from has to be approved', async () => {
  const s = await keyed('../key of mine');
  const ports = s.ports();
  const person = { ...ports.person, approves: false, present: false };
  await expect(approve({ ...ports, person }, ['agents'])).rejects.toMatchObject({
    code: 'config.unapproved',
    facts: { commands: [expect.stringContaining('keyFile=../key of mine')] },
  });
});
