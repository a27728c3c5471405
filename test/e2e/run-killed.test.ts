import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Piece, prepare, runKilled } from '../../scripts/kill/run.ts';
import { scene } from '../support/scene.ts';

const PIECES: readonly Piece[] = [
  { name: 'schema', agent: 'quick' },
  { name: 'forms', agent: 'uneven', owns: 'work/shared/**' },
  { name: 'fields', agent: 'quick', owns: 'work/shared/**' },
  { name: 'docs', agent: 'quick', after: ['schema'] },
];

test('a run that is killed with its agents goes on: everything lands, nothing twice', async () => {
  const s = await scene();
  mkdirSync(s.path('.git/info'), { recursive: true });
  writeFileSync(s.path('.git/info/exclude'), '');
  prepare(s.dir, PIECES);
  const chances = [0.5, 0.7, 0.5, 0.9, 0.5, 0.1];
  let at = 0;
  const chance = () => chances[at++ % chances.length] ?? 0.5;
  const { last, code, faults, kills } = await runKilled(s.dir, PIECES, { kills: 3, agents: 2, chance, pauseMs: 2_500 });
  expect(faults).toEqual([]);
  expect({ code, outcome: last.outcome, landed: last.landed.map(({ id }) => id).sort() }).toEqual({
    code: 0,
    outcome: 'done',
    landed: ['docs', 'fields', 'forms', 'schema'],
  });
  expect(kills.gwt + kills.all + kills.agent).toBeGreaterThan(0);
});
