import { expect, test } from 'vitest';
import { loop } from '../../src/flows/loop.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { changeTask } from '../../src/flows/tasks.ts';
import { scene } from '../support/scene.ts';

/** Files appear in another task's worktree while the agent runs. */
const WRITES = 'echo x > "$(dirname "$PWD")/u/new.txt"';
const ENDS = 'd="$(git rev-parse --git-common-dir)/gwt/runs/u"; mkdir -p "$d" && echo "{}" > "$d/ended.json"';

test.each([
  ['nobody works on', WRITES, true, 'stuck'],
  ['gwt is just making', WRITES, false, 'complete'],
  ['an agent of its own worked on meanwhile', `${WRITES}; ${ENDS}`, true, 'complete'],
])('what is new in a worktree that %s', async (_, does, ready, outcome) => {
  const agent = `${does}; echo t > t.txt && git add -A && git commit -qm work`;
  const s = await scene({
    'README.md': '# sample\n',
    'gwt.config.json': JSON.stringify({
      agents: { a: { driver: 'command', command: ['sh', '-c', agent] } },
      loop: { agent: 'a', max: 1 },
    }),
  });
  const ports = s.ports();
  await spawn(ports, { tasks: ['t', 'u'] });
  const at = new Date().toISOString();
  const event = { type: 'task.changed', at, task: 'u', what: 'as a spawn that goes on' } as const;
  await changeTask(ports, 'u', () => ({ event, change: { ready } }));
  const { tasks } = await loop(ports, { tasks: ['t'] });
  expect(tasks).toMatchObject([{ outcome }]);
});
