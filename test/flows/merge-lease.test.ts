import { expect, test } from 'vitest';
import { takeLease } from '../../src/flows/merge/lease.ts';
import { merge } from '../../src/flows/merge.ts';
import { undo } from '../../src/flows/undo.ts';
import type { Ports } from '../../src/ports.ts';
import { branch, configure } from '../support/branches.ts';
import { leased } from '../support/leases.ts';
import { scene } from '../support/scene.ts';

const land = (names: readonly string[]) => ({ names, into: 'main' });

test('a target that another machine holds is told with the holder and since when; neither merge nor undo touches it', async () => {
  const s = await scene();
  branch(s, 'work', { 'a.txt': 'a\n' });
  await leased(s, {});
  const answer = await s.gwt('merge', 'work');
  expect([answer.code, answer.err]).toEqual([
    1,
    expect.stringContaining('gwt, pid 7 on moon since 2026-01-01T00:00:00.000Z'),
  ]);
  await expect(undo(s.ports(), {})).rejects.toMatchObject({ code: 'merge.busy' });
  expect(s.git('log', '--format=%s', 'main')).toBe('first');
});

test.each([
  { name: 'dead', lease: (host: string) => ({ host, pid: 999_999_999 }) },
  { name: 'silent for too long', lease: () => ({ beat: Date.now() - 61_000 }) },
  {
    name: 'another process with the same number',
    lease: (host: string) => ({ host, pid: process.pid, started: '0' }),
  },
])('a holder that is $name is passed over, and nothing is left of the lease', async ({ lease }) => {
  const s = await scene();
  branch(s, 'work', { 'a.txt': 'a\n' });
  await leased(s, lease(s.ports().self.host));
  expect((await merge(s.ports(), land(['work']))).landed).toHaveLength(1);
  expect(s.git('for-each-ref', 'refs/gwt/leases')).toBe('');
});

test('whoever lost the lease while gates ran moves nothing, and leaves the lease to the one who has it', async () => {
  const s = await scene();
  branch(s, 'work', { 'a.txt': 'a\n' });
  configure(s, JSON.stringify({ gates: ['true'] }));
  const ports = s.ports();
  const stolen = {
    ...ports.programs,
    run: async (spec: Parameters<typeof ports.programs.run>[0]) => {
      await leased(s, {});
      return ports.programs.run(spec);
    },
  };
  await expect(merge({ ...ports, programs: stolen }, land(['work']))).rejects.toMatchObject({
    code: 'merge.busy',
    facts: { host: 'moon' },
  });
  expect([s.git('log', '--format=%s', 'main'), s.exists('.git/gwt/landing.json')]).toEqual(['first', false]);
  expect(s.git('show', 'refs/gwt/leases/main:lease.json')).toContain('moon');
});

test('two at the same time: one lands, the other is told, nothing lands twice', async () => {
  const s = await scene();
  branch(s, 'work', { 'a.txt': 'a\n' });
  configure(s, JSON.stringify({ gates: ['sleep 0.5'] }));
  await s.gwt('init');
  const both = await Promise.all([s.gwt('merge', 'work', '--yes'), s.gwt('merge', 'work', '--yes')]);
  expect(both.map(({ code }) => code).sort()).toEqual([0, 1]);
  expect(both.find(({ code }) => code === 1)?.err).toMatch(/another landing on main is under way: .*pid \d+ on /);
  expect(s.git('log', '--format=%s', 'main')).toBe('work work\nfirst');
}, 30_000);

test('what is left of the lease on a target that is gone does not stand in the way of one below its name', async () => {
  const s = await scene({ 'a.txt': 'a\n' });
  s.git('branch', 'release');
  await killed(s.ports(), 'release');
  s.git('branch', '-D', '-q', 'release');
  s.git('branch', 'release/1.0');
  branch(s, 'work', { 'w.txt': 'w\n' });
  expect((await merge(s.ports(), { names: ['work'], into: 'release/1.0' })).landed).toHaveLength(1);
});

/** A holder that was killed: its lease stays. */
async function killed(ports: Ports, target: string): Promise<void> {
  await takeLease({ ...ports, self: { ...ports.self, pid: 999_999_999, startedAt: '1' } }, target);
}
