import { expect, test } from 'vitest';
import { escalations } from '../../src/flows/escalate.ts';
import { add } from '../../src/flows/queue/add.ts';
import { giveBack } from '../../src/flows/queue/give-back.ts';
import { listQueue } from '../../src/flows/queue/list.ts';
import { take } from '../../src/flows/queue/take.ts';
import { resolve } from '../../src/flows/resolve.ts';
import { scene } from '../support/scene.ts';

test('a dead letter is a question with the reasons of each attempt, and the answer revives it', async () => {
  const s = await scene();
  const ports = s.ports();
  await add(ports, { titles: ['Log in'] });
  for (const n of [1, 2, 3]) {
    const taken = await take(ports);
    if (taken.outcome !== 'taken') throw new Error('nothing was ready');
    await giveBack(ports, 'log-in', taken.lease.run, { outcome: 'failed', reason: `no luck ${n}` });
  }
  const [question] = await escalations(ports);
  expect(question).toMatchObject({ reason: 'dead', task: 'log-in', branch: 'gwt/log-in', state: 'open' });
  expect(question?.context.tried).toHaveLength(3);
  expect(await resolve(ports, { id: '1', answer: 'retry' })).toMatchObject({ outcome: 'queued' });
  expect((await listQueue(ports)).counts).toMatchObject({ ready: 1, dead: 0 });
  expect((await escalations(ports)).filter(({ state }) => state === 'open')).toEqual([]);
});
