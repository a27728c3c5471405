import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '../../src/flows/spawn.ts';
import { openPorts } from '../../src/main.ts';
import { type Bench, git, gwt, repository, sideBySide } from './measure.ts';

const ROUNDS = 3;
const EIGHT = Array.from({ length: 2 * (ROUNDS + 1) }, (_, n) => `old-${n}`);
/** Commits one file of its own. */
const AGENT = ['sh', '-c', 'echo x > "new-$GWT_TASK" && git add -A && git commit -qm work'];

/** Worktrees of 10,000 files that landed tasks left, against new ones made by git; once as `gwt run` spawns, once as a command. */
export const bench: Bench = async (scratch) => {
  const repo = repository(join(scratch, 'repo'), 10_000);
  const agents = { it: { driver: 'command', command: AGENT } };
  writeFileSync(
    join(repo, '.gwtrc.json'),
    JSON.stringify({ worktrees: { pool: EIGHT.length }, agents, loop: { agent: 'it' } }),
  );
  await gwt(repo, 'init');
  await gwt(repo, 'spawn', ...EIGHT);
  await gwt(repo, 'loop', '--all', '--yes');
  await gwt(repo, 'merge', '--all', '--yes');
  const add = (name: string) =>
    git(repo, 'worktree', 'add', '--quiet', '--no-track', '-b', name, join(scratch, name), 'main');
  const globals = { cwd: repo, json: false, quiet: true, yes: true };
  const ports = openPorts(globals, () => {}, new AbortController().signal, '0.0.0');
  const inside = await sideBySide(
    ROUNDS,
    (n) => spawn(ports, { tasks: [`inside-${n}`] }),
    (n) => add(`git-${n}`),
  );
  const command = await sideBySide(
    ROUNDS,
    (n) => gwt(repo, 'spawn', `command-${n}`),
    (n) => add(`git-again-${n}`),
  );
  return [
    { what: 'a spawn from the pool within gwt run : git worktree add, 10,000 files', ...inside, bar: { ratio: 0.4 } },
    { what: 'gwt spawn from the pool : git worktree add, 10,000 files', ...command, bar: { ratio: 1 } },
  ];
};
