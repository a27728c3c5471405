import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect, test, vi } from 'vitest';
import { openLocks } from '../../src/adapters/files/locks.ts';
import { scene } from '../support/scene.ts';

const living = new Set<number>();
const locksOf = (pid: number) => openLocks({ pid, host: hostname(), alive: (one) => living.has(one) });

test('one holds it, the other is told who', async () => {
  const s = await scene();
  living.add(11);
  const lock = await locksOf(11).take(s.path('.git/gwt/lock'));
  expect(await locksOf(12).take(s.path('.git/gwt/lock'))).toBeUndefined();
  expect(await locksOf(12).holder(s.path('.git/gwt/lock'))).toBe(`pid 11 on ${hostname()}`);
  await lock?.release();
  const next = await locksOf(12).take(s.path('.git/gwt/lock'));
  expect(next).toBeDefined();
  await next?.release();
});

test('a lock that is taken away is lost, and nothing is thrown where nobody can catch it', async () => {
  const s = await scene();
  living.add(11);
  const lock = await locksOf(11).take(s.path('.git/gwt/lock'));
  expect(lock?.held()).toBe(true);
  rmSync(s.path('.git/gwt/lock.lock'), { recursive: true });
  await vi.waitFor(() => expect(lock?.held()).toBe(false), { timeout: 60_000, interval: 100 });
  await lock?.release();
});

test('the lock of a process that was killed is taken over, by one of those who wait', async () => {
  const s = await scene();
  const path = s.path('.git/gwt/lock');
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  living.add(pid);
  expect(await locksOf(pid).take(path)).toBeDefined();
  expect(await locksOf(21).take(path)).toBeUndefined();
  child.kill('SIGKILL');
  living.delete(pid);
  for (const one of [21, 22, 23]) living.add(one);
  const taken = await Promise.all([21, 22, 23].map((one) => locksOf(one).take(path)));
  expect(taken.filter(Boolean)).toHaveLength(1);
});

test('a lock whose holder was killed before it wrote its name is waited for, and taken by one', async () => {
  const s = await scene();
  const path = s.path('.git/gwt/lock');
  mkdirSync(`${path}.lock`, { recursive: true });
  const early = new Date(Date.now() - 9_000);
  utimesSync(`${path}.lock`, early, early);
  for (const one of [31, 32]) living.add(one);
  const taken = await Promise.all([31, 32].map((one) => locksOf(one).take(path)));
  expect(taken.filter(Boolean)).toHaveLength(1);
});
