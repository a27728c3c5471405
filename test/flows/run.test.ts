import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConfigInput } from '../../src/core/config.ts';
import { type Foreseen, type Ran, type RunInput, run } from '../../src/flows/run.ts';
import { spawn } from '../../src/flows/spawn.ts';
import { status } from '../../src/flows/status.ts';
import { stateOf } from '../support/looping.ts';
import { type Scene, scene } from '../support/scene.ts';

/** An agent that writes a file named after its task, after so many tenths of a second as the task's name ends with. */
const AGENT = `n=\${GWT_TASK##*-}; case $n in [0-9]*) sleep "0.$n";; esac
case $GWT_TASK in three*|four*) d=lib;; *) d=out;; esac
mkdir -p $d && echo "$GWT_TASK" >> "$d/$GWT_TASK.txt" && git add -A && git commit -qm "$GWT_TASK work"`;

async function planned(plan: string, config: ConfigInput = {}): Promise<Scene> {
  const s = await scene({
    'README.md': '# sample\n',
    'gwt.config.json': JSON.stringify({
      agents: { a: { driver: 'command', command: ['sh', '-c', AGENT] } },
      loop: { agent: 'a' },
      run: { load: 10_000, memory: 0, disk: 0 },
      ...config,
    }),
  });
  s.write('plan.md', plan);
  return s;
}

const PLAN = `# Plan
- [ ] one-3
- [ ] two-1
- [ ] three-2
  owns: lib/**
- [ ] four-1
  owns: lib/four-1.txt
- [ ] five-1
  after: two-1, three-2
`;

const ran = async (s: Scene, input: RunInput): Promise<Ran> => (await run(s.ports(), input)) as Ran;
const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id).sort();
const landings = (s: Scene) =>
  s
    .git('log', '--format=%s', 'main')
    .split('\n')
    .filter((line) => line.endsWith(' work'));

test('from a plan to landed: what comes after waits for the landing, colliding claims never run at once, no slot waits', async () => {
  const s = await planned(PLAN);
  const result = await ran(s, { plan: 'plan.md', min: 2, merge: true });
  expect(result).toMatchObject({ outcome: 'done', plan: 'plan.md', left: [], escalated: [], slots: 2 });
  expect(ids(result.landed)).toEqual(['five-1', 'four-1', 'one-3', 'three-2', 'two-1']);
  expect(landings(s).sort()).toEqual(['five-1 work', 'four-1 work', 'one-3 work', 'three-2 work', 'two-1 work']);
  const at = (id: string) => result.timeline.find(({ task }) => task === id) ?? { from: 0, to: 0 };
  expect(at('four-1').from).toBeGreaterThan(at('three-2').to);
  expect(at('five-1').from).toBeGreaterThan(at('three-2').to);
  expect(Math.max(...result.timeline.map(({ slot }) => slot))).toBe(2);
  // The branch of what came later starts at what had landed by then.
  expect(s.git('log', '--format=%s', 'gwt/five-1')).toContain('three-2 work');
});

test('the same plan again makes nothing twice and does what was added', async () => {
  const plan = '- [ ] one\n- [ ] two\n';
  const s = await planned(plan);
  await ran(s, { plan: 'plan.md', min: 2, merge: true });
  const before = s.git('rev-parse', 'main');
  const again = await ran(s, { plan: 'plan.md', min: 3, merge: true });
  expect(again).toMatchObject({ outcome: 'done', timeline: [] });
  expect(s.git('rev-parse', 'main')).toBe(before);
  s.write('plan.md', `${plan}- [ ] six-1\n`);
  const more = await ran(s, { plan: 'plan.md', merge: true });
  expect(more.timeline.map(({ task }) => task)).toEqual(['six-1']);
  expect(landings(s)).toHaveLength(3);
});

test('without landing: what comes after stands on the branch it comes after, and what cannot begin says why', async () => {
  const s = await planned(PLAN);
  const result = await ran(s, { plan: 'plan.md', min: 4 });
  expect(result.outcome).toBe('left');
  expect(ids(result.finished)).toEqual(['one-3', 'three-2', 'two-1']);
  expect(Object.fromEntries(result.left.map(({ id, why }) => [id, why]))).toEqual({
    'five-1': expect.stringContaining('comes after three-2 and two-1'),
    'four-1': expect.stringContaining('claimed by three-2'),
  });
  const t = await planned('- [ ] one\n- [ ] two\n  after: one\n');
  expect(ids((await ran(t, { plan: 'plan.md' })).finished)).toEqual(['one', 'two']);
  expect(t.git('log', '--format=%s', 'gwt/two')).toContain('one work');
});

test('what fails is told with what to type, and the others land', async () => {
  const s = await planned('- [ ] good\n- [ ] bad\n- [ ] later\n  after: bad\n', {
    agents: { a: { driver: 'command', command: ['sh', '-c', `[ $GWT_TASK != bad ] || exit 1; ${AGENT}`] } },
  });
  const result = await ran(s, { plan: 'plan.md', merge: true });
  expect(result.outcome).toBe('waits');
  expect(ids(result.landed)).toEqual(['good']);
  expect(result.escalated).toMatchObject([{ id: 'bad', next: 'gwt inbox show 1' }]);
  expect(result.left).toMatchObject([{ id: 'later', why: 'after bad, which is blocked' }]);
});

test('what turns the gate red on the target goes back to its agent, and lands when that mended it', async () => {
  const gate = 'test "$(cat out/*.txt 2>/dev/null | wc -l)" -le 1 || test -e mended';
  const agent = `case "$GWT_STORY" in landing-*) git fetch -q . && git rebase -q main && touch mended && git add -A && git commit -qm mended;; *) ${AGENT};; esac`;
  const s = await planned('- [ ] one-1\n- [ ] two-5\n', {
    agents: { a: { driver: 'command', command: ['sh', '-c', agent] } },
    gates: [{ run: gate, name: 'few' }],
  });
  const result = await ran(s, { plan: 'plan.md', min: 2, merge: true });
  expect(result).toMatchObject({ outcome: 'done', bounced: 1 });
  expect(ids(result.landed)).toEqual(['one-1', 'two-5']);
});

test('profiles bound how many run at once, and without a plan the queue is worked off', async () => {
  const plan = ['a-2', 'b-2'].map((id) => `- [ ] ${id}\n  profile: heavy\n`).join('');
  const s = await planned(`${plan}- [ ] d-1\n`, { profiles: { heavy: { atOnce: 1 } } });
  await s.gwt('queue', 'add', '--from-file', 'plan.md');
  const result = await ran(s, { min: 3, merge: true });
  expect(ids(result.landed)).toEqual(['a-2', 'b-2', 'd-1']);
  const heavy = result.timeline.filter(({ task }) => task !== 'd-1');
  for (const [at, span] of heavy.entries()) expect(span.from).toBeGreaterThanOrEqual(heavy[at - 1]?.to ?? 0);
});

test.each([
  [false, 'one after the other'],
  [true, 'at once, where that is asked for'],
])('what has work that would conflict runs, with together %s, %s', async (together) => {
  const s = await planned('', { agents: { a: { driver: 'command', command: ['sh', '-c', `sleep 3; ${AGENT}`] } } });
  s.commit('a list', { 'list.txt': 'top\n' });
  await spawn(s.ports(), { tasks: ['x', 'y'] });
  for (const task of ['x', 'y']) {
    writeFileSync(join(s.worktree(task), 'list.txt'), `${task}\n`);
    s.gitIn(s.worktree(task), 'commit', '-qam', 'before');
  }
  const { timeline } = await ran(s, { min: 2, together });
  const [first, second] = timeline;
  // A slot is free a moment after its task is.
  expect((first?.to ?? 0) - (second?.from ?? 0) > 1).toBe(together);
});

test('an agent that the config does not have is named before anything begins, in a dry run too', async () => {
  const s = await scene();
  s.write('plan.md', '## one\nagent: nobody\n');
  for (const dryRun of [true, false])
    await expect(run(s.ports(), { plan: 'plan.md', dryRun })).rejects.toMatchObject({ code: 'agent.unknown' });
});

test('a dry run shows the tasks, who waits for whom and who collides, and changes nothing', async () => {
  const s = await planned(PLAN);
  const refs = s.git('for-each-ref');
  const { foreseen } = (await run(s.ports(), { plan: 'plan.md', dryRun: true })) as Foreseen;
  expect(foreseen.rows.map(({ id, state, after, collides }) => [id, state, after, collides])).toEqual([
    ['one-3', 'new', [], []],
    ['two-1', 'new', [], []],
    ['three-2', 'new', [], ['four-1']],
    ['four-1', 'new', [], ['three-2']],
    ['five-1', 'new', ['two-1', 'three-2'], []],
  ]);
  expect(s.git('for-each-ref')).toBe(refs);
});

test('an epic is told by the report, by status and by show, with what waits and what it cost', async () => {
  const plan = '# Plan\n## Epic: Web page\n### one\n### two\n## three\n';
  const s = await planned(plan, {
    agents: { a: { driver: 'command', command: ['sh', '-c', `[ $GWT_TASK != two ] || exit 1; ${AGENT}`] } },
  });
  await s.gwt('queue', 'add', '--from-file', 'plan.md');
  expect((await status(s.ports(), {})).epics).toMatchObject([
    { name: 'Web page', tasks: 2, landed: 0, states: { waiting: 2 } },
  ]);
  const result = await ran(s, { merge: true });
  const epic = {
    name: 'Web page',
    tasks: 2,
    landed: 1,
    states: { landed: 1, blocked: 1 },
    stories: { total: 2, passing: 1 },
  };
  expect(result.epics).toMatchObject([epic]);
  const shown = await s.gwt('show', 'web-page', '--json');
  expect(shown.json()).toMatchObject({
    epic,
    parts: [
      { id: 'one', state: 'landed' },
      { id: 'two', state: 'blocked' },
    ],
  });
});

test('the stories of a PRD become tasks', async () => {
  const s = await planned('');
  const story = (id: string, more: object) => ({ id, title: `do ${id}`, description: id, passes: false, ...more });
  s.write('prd.json', JSON.stringify({ userStories: [story('S-1', {}), story('S-2', { after: ['S-1'] })] }));
  const result = await ran(s, { plan: 'prd.json', split: true, merge: true });
  expect(ids(result.landed)).toEqual(['s-1-do-s-1', 's-2-do-s-2']);
  expect(stateOf(s, 's-2-do-s-2')).toBe('landed');
});
