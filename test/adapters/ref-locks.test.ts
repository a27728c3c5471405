import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { merge } from '../../src/flows/merge.ts';
import { branch } from '../support/branches.ts';
import { type Scene, scene } from '../support/scene.ts';

/** Locks as a kill leaves them in the midst of a transaction, so many milliseconds ago. */
function locked(s: Scene, refs: readonly string[], age: number): void {
  for (const ref of refs) {
    const path = s.path('.git', `${ref}.lock`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    const then = (Date.now() - age) / 1000;
    utimesSync(path, then, then);
  }
}
function noted(s: Scene, pid: number, refs: readonly string[], age: number): void {
  mkdirSync(s.path('.git/gwt/refs'), { recursive: true });
  const path = s.path('.git/gwt/refs/x.json');
  writeFileSync(path, JSON.stringify({ pid, host: hostname(), started: '1', refs }));
  const then = (Date.now() - age) / 1000;
  utimesSync(path, then, then);
}
const REFS = ['refs/heads/main', 'refs/heads/work', 'refs/gwt/leases/main'];

test('locks that a killed gwt left are taken away by the next one; its note too', async () => {
  const s = await scene();
  branch(s, 'work', { 'a.txt': 'a\n' });
  locked(s, REFS, 60_000);
  noted(s, 999_999_999, REFS, 60_000);
  expect((await merge(s.ports(), { names: ['work'], into: 'main' })).landed).toHaveLength(1);
  expect([...REFS.map((ref) => s.exists(`.git/${ref}.lock`)), s.exists('.git/gwt/refs/x.json')]).toEqual(
    Array(4).fill(false),
  );
});

test('a lock that no gwt has noted is left to a person, and named', async () => {
  const s = await scene();
  branch(s, 'work', { 'a.txt': 'a\n' });
  locked(s, ['refs/heads/main'], 60_000);
  noted(s, 999_999_999, ['refs/heads/work'], 60_000);
  await expect(merge(s.ports(), { names: ['work'], into: 'main' })).rejects.toMatchObject({ code: 'ref.locked' });
  expect(s.exists('.git/refs/heads/main.lock')).toBe(true);
});

test('a lock made long after the killed gwt noted that ref is somebody else’s, and stays', async () => {
  const s = await scene();
  branch(s, 'work', { 'a.txt': 'a\n' });
  locked(s, ['refs/heads/main'], 5_000);
  noted(s, 999_999_999, REFS, 60_000);
  await expect(merge(s.ports(), { names: ['work'], into: 'main' })).rejects.toMatchObject({ code: 'ref.locked' });
  expect(s.exists('.git/refs/heads/main.lock')).toBe(true);
});
