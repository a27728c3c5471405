import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PROJECT, scene, sceneIn } from '../support/scene.ts';

test('the demo: one branch lands, one conflict is settled by the agent, one by a person with the printed command', async () => {
  const { box } = await scene();
  const out = execFileSync(process.execPath, ['--import', 'tsx', join(PROJECT, 'scripts/demo.ts'), '--finish'], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: box },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(out).toMatch(/landed +gwt\/bye +2 commits/);
  expect(out).toMatch(/landed +gwt\/french .*agent demo settled src\/index\.js/);
  expect(out).toMatch(/needs you +gwt\/shout +conflict in src\/limits\.js/);
  expect(out).toMatch(/\$ gwt inbox show 1\n[\s\S]*gwt resolve 1 --theirs[\s\S]*\n\$ gwt resolve 1 --theirs/);
  expect(out).toContain('Escalation 1 is settled.');
  const [folder = ''] = readdirSync(box).filter((name) => name.startsWith('gwt-demo-'));
  const sample = sceneIn(box, join(box, folder, 'greetings'));
  expect(sample.read('src/limits.js')).toContain('longest = 80');
  expect(sample.read('src/index.js')).toMatch(/hello,\n {2}bye,\n {2}french,/);
  expect(sample.git('log', '--format=%s')).toBe(
    'Greet loudly\nGreet in French\nAllow 40 characters\nSay goodbye\nA project that says hello',
  );
});
