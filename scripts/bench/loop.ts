import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bench, call, git, gwt, median, repository } from './measure.ts';

const STORIES = 15;

/** Does a small commit, and writes down when it began and when it ended. */
const AGENT = `#!/bin/bash
echo "begin $EPOCHREALTIME" >> "$BENCH_TIMES"
echo "$RANDOM$RANDOM" >> "work-$GWT_STORY.txt"
git add . && git commit --quiet --message work
echo "end $EPOCHREALTIME" >> "$BENCH_TIMES"
`;

/** The time from the end of one agent to the start of the next, in gwt's loop and in a bare one of the shell. */
export const bench: Bench = async (scratch) => {
  const repo = repository(join(scratch, 'repo'), 1000);
  const agent = join(scratch, 'agent');
  const times = join(scratch, 'times');
  writeFileSync(agent, AGENT, { mode: 0o755 });
  const stories = Array.from({ length: STORIES }, (_, n) => ({ id: `S-${n}`, title: `Story ${n}`, passes: false }));
  writeFileSync(join(scratch, 'prd.json'), JSON.stringify({ userStories: stories }));
  writeFileSync(
    join(repo, 'gwt.config.json'),
    JSON.stringify({
      agents: { bench: { driver: 'command', command: [agent], env: { BENCH_TIMES: times } } },
      loop: { agent: 'bench' },
    }),
  );
  await gwt(repo, 'init');
  await gwt(repo, 'spawn', 'timed', '--prd', join(scratch, 'prd.json'));
  await gwt(repo, '--yes', 'loop', 'timed', '--max', String(STORIES));
  const ours = gap(times);
  await git(repo, 'worktree', 'add', '--quiet', '-b', 'bare', join(scratch, 'bare'));
  await call(join(scratch, 'bare'), 'sh', ['-c', `n=0; while [ $n -lt ${STORIES} ]; do "${agent}"; n=$((n+1)); done`], {
    BENCH_TIMES: times,
  });
  const theirs = gap(times);
  return [
    {
      what: 'loop: from one agent to the next, less a bare shell loop',
      gwt: ours - theirs,
      base: theirs,
      bar: { ms: 100 },
    },
  ];
};

/** The median gap in milliseconds; the file is taken away. */
function gap(times: string): number {
  const lines = readFileSync(times, 'utf8').trim().split('\n');
  rmSync(times);
  const at = lines.map((line) => Number(line.split(' ')[1]) * 1000);
  const gaps = lines.flatMap((line, n) =>
    line.startsWith('end') && at[n + 1] !== undefined ? [(at[n + 1] ?? 0) - (at[n] ?? 0)] : [],
  );
  return median(gaps);
}
