import { expect, test } from 'vitest';
import { loop } from '../../src/flows/loop.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { scene } from '../support/scene.ts';

const AGENT = `own="$(git rev-parse --absolute-git-dir)"
if [ ! -e "$own/seen" ]; then
  touch "$own/seen" "$own/index.lock" "$own/HEAD.lock" "$(git rev-parse --git-common-dir)/refs/heads/gwt/t.lock"
  kill -9 $$
fi
echo work > work.txt && git add -A && git commit -qm work`;

test('what a killed agent’s git had locked is free again for the next iteration', async () => {
  const s = await scene({
    'README.md': '# sample\n',
    'gwt.config.json': JSON.stringify({
      agents: { a: { driver: 'command', command: ['sh', '-c', AGENT] } },
      loop: { agent: 'a' },
    }),
  });
  await spawn(s.ports(), { tasks: ['t'] });
  const ports = s.ports();
  const { tasks } = await loop(ports, { tasks: ['t'] });
  expect(tasks).toMatchObject([{ outcome: 'complete', iterations: 2 }]);
  expect(s.git('log', '-1', '--format=%s', 'gwt/t')).toBe('work');
  const told = ports.events.filter((event) => event.type === 'task.changed' && event.what.includes('.lock'));
  expect(told).toHaveLength(3);
});
