import { expect, test } from 'vitest';
import { scene } from '../support/scene.ts';

test('an agent that types gwt reaches the gwt that started it, installed or not', async () => {
  const s = await scene();
  const line = 'gwt note $GWT_TASK "from the agent" && echo 1 >a.txt && git add a.txt && git commit -qm one';
  const agents = { mine: { driver: 'command', command: ['sh', '-c', line] } };
  s.commit('config', {
    'gwt.config.json': JSON.stringify({ gates: ['true'], agents, loop: { agent: 'mine', max: 1 } }),
  });
  await s.gwt('spawn', 'one');
  const looped = await s.gwt('loop', 'one', '--json');
  expect(looped.json().tasks[0], looped.err).toMatchObject({ outcome: 'complete' });
  expect((await s.gwt('log', 'one')).out).toContain('from the agent');
});
