import { expect, test } from 'vitest';
import { consent } from '../../src/flows/consent.ts';
import { escalations } from '../../src/flows/escalate.ts';
import { merge } from '../../src/flows/merge.ts';
import { resolve } from '../../src/flows/resolve.ts';
import { taskNamed } from '../../src/flows/tasks.ts';
import { branch, configure } from '../support/branches.ts';
import { finished } from '../support/finished.ts';
import { type Scene, scene } from '../support/scene.ts';

async function guarded(): Promise<Scene> {
  const s = await scene({ 'a.txt': 'a\n' });
  configure(s, JSON.stringify({ approve: { paths: ['migrations/**'], labels: ['breaking'] } }));
  return s;
}

test('what a rule names lands only with a word, the rest lands without', async () => {
  const s = await guarded();
  await finished(s, 'schema', { 'migrations/1 é.sql': 'x\n' });
  await finished(s, 'plain', { 'b.txt': 'b\n' });
  const ports = s.ports();
  const first = await merge(ports, { names: [] });
  expect(first.landed.map(({ task }) => task)).toEqual(['plain']);
  expect(first.escalated).toMatchObject([{ id: '1', task: 'schema', reason: 'approval' }]);
  expect((await taskNamed(ports, 'schema')).state).toBe('blocked');
  const shown = (await s.gwt('inbox', 'show', '1')).out;
  expect(shown).toContain('it changes migrations/1 é.sql');
  expect(shown).toContain('gwt approve schema');
  const done = await s.gwt('approve', 'schema');
  expect([done.code, done.out]).toEqual([
    0,
    expect.stringMatching(/^Approved schema at [0-9a-f]{10}\.\n[\s\S]*landed/),
  ]);
  expect((await taskNamed(ports, 'schema')).state).toBe('landed');
});

test('the word is bound to the commit: a later one needs another, and what was not shown is not approved', async () => {
  const s = await guarded();
  branch(s, 'work', { 'migrations/1.sql': 'x\n' });
  const ports = s.ports();
  await merge(ports, { names: ['work'] });
  s.git('checkout', '-q', 'work');
  s.commit('sneaked in', { 'migrations/2.sql': 'y\n' });
  s.git('checkout', '-q', 'main');
  await expect(consent(ports, { name: 'work' })).rejects.toMatchObject({ code: 'approval.moved' });
  expect((await consent(ports, { name: 'work', land: false })).outcome).toBe('approved');
  s.git('checkout', '-q', 'work');
  s.commit('and again', { 'b.txt': 'y\n' });
  s.git('checkout', '-q', 'main');
  expect((await merge(ports, { names: ['work'] })).escalated).toMatchObject([{ id: '2', reason: 'approval' }]);
  expect((await resolve(ports, { id: '2', answer: 'allow' })).outcome).toBe('landed');
  expect(s.exists('migrations/2.sql')).toBe(true);
});

test('a word given beforehand holds, and a change that is taken back within the branch needs one too', async () => {
  const s = await guarded();
  branch(s, 'early', { 'migrations/1.sql': 'x\n' });
  branch(s, 'there-and-back', { 'migrations/2.sql': 'x\n', 'c.txt': 'c\n' });
  s.git('checkout', '-q', 'there-and-back');
  s.git('rm', '-q', 'migrations/2.sql');
  s.commit('took it back');
  s.git('checkout', '-q', 'main');
  const ports = s.ports();
  await consent(ports, { name: 'early' });
  const { landed, escalated } = await merge(ports, { names: ['early', 'there-and-back'] });
  expect(landed.map((one) => one.branch)).toEqual(['early']);
  expect(escalated.map((one) => one.branch)).toEqual(['there-and-back']);
});

test('an agent approves nothing', async () => {
  const s = await guarded();
  branch(s, 'work', { 'migrations/1.sql': 'x\n' });
  const answer = await s.gwtIn(s.dir, ['approve', 'work', '--json'], { GWT_TASK: 'work', GWT_AGENT_ID: 'work-a' });
  expect(answer.json().error.code).toBe('approval.agent');
  expect(await escalations(s.ports())).toEqual([]);
});

test('what a person says instead goes to the agent, and the task works on', async () => {
  const s = await guarded();
  await finished(s, 'schema', { 'migrations/1.sql': 'x\n' });
  const ports = s.ports();
  await merge(ports, { names: [] });
  expect(await resolve(ports, { id: '1', answer: 'answer', text: 'no drop table' })).toMatchObject({
    outcome: 'queued',
    next: ['gwt loop schema'],
  });
});
