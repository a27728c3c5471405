import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeTask } from '../../src/flows/tasks.ts';
import { openPorts } from '../../src/main.ts';
import { kill } from './processes.ts';
import { type Git, gitIn, gwt, marked, PROJECT, processesIn, put, tryGwt } from './world.ts';

/** What is cut short. */
export const COMMANDS = {
  merge: ['merge', '--all', '--into', 'main', '--yes'],
  push: ['merge', '--all', '--into', 'main', '--yes', '--push'],
  watch: ['merge', '--watch', '--into', 'main', '--yes'],
  undo: ['undo', '--into', 'main'],
} as const;
export type What = keyof typeof COMMANDS;

/** `gwt` kills the one process; `all` with it every process it started, as a machine does that loses its power. */
export type How = 'gwt' | 'all';

/** What one kill came to: what was wrong afterwards, nothing when all was well. */
export interface Outcome {
  readonly killed: boolean;
  readonly landedBefore: boolean;
  readonly faults: readonly string[];
}

/** Ten finished tasks: two pairs of them conflict, gates run, and the user's checkout of main has work of its own. */
export async function makeTemplate(folder: string): Promise<void> {
  const repo = join(folder, 'my repo');
  mkdirSync(repo, { recursive: true });
  const git = gitIn(repo);
  git('init', '-q', '-b', 'main');
  git('config', 'gc.auto', '0');
  const files = { 'list.txt': 'top\nend\n', 'other.txt': 'top\nend\n', 'mine.txt': 'm\n', '.gitignore': 'ignored/\n' };
  for (const [path, text] of Object.entries(files)) put(repo, path, text);
  git('add', '--all');
  git('commit', '-q', '-m', 'first');
  git('clone', '-q', '--bare', repo, join(folder, 'far.git'));
  git('remote', 'add', 'origin', '../far.git');
  put(repo, '.git/info/exclude', '.gwtrc.json\n');
  put(repo, '.gwtrc.json', JSON.stringify(CONFIG));
  for (const name of NAMES) {
    gwt(repo, ['spawn', name]);
    const w = join(folder, 'my repo.worktrees', name);
    put(w, `${name}.txt`, `${name}\n`);
    const shared = SHARED[name];
    if (shared) put(w, shared, `top\n${name}\nend\n`);
    gitIn(w)('add', '--all');
    gitIn(w)('commit', '-q', '-m', `${name} work`);
    await finish(repo, name);
  }
  for (const [path, text] of Object.entries(MINE)) put(repo, path, text);
}

const NAMES = Array.from({ length: 10 }, (_, at) => `task-${at}`);
const SHARED: Readonly<Record<string, string>> = {
  'task-2': 'list.txt',
  'task-3': 'list.txt',
  'task-6': 'other.txt',
  'task-8': 'other.txt',
};
const MINE = { 'mine.txt': 'not committed\n', 'untracked.txt': 'untracked\n', 'ignored/deep.txt': 'ignored\n' };
const CONFIG = {
  gates: ['sleep 0.1'],
  agents: {
    merger: { driver: 'command', command: [join(PROJECT, 'fixtures/agents/merger.mjs'), 'both'] },
  },
  merge: { agent: 'merger' },
};

/** As its loop would leave it. */
async function finish(repo: string, task: string): Promise<void> {
  const globals = { cwd: repo, json: false, quiet: true, yes: true };
  const ports = openPorts(globals, () => {}, new AbortController().signal, '0.0.0');
  const at = new Date().toISOString();
  const event = { type: 'loop.ended', at, task, outcome: 'complete', iterations: 1 } as const;
  await changeTask(ports, task, () => ({ event, state: 'finished' }));
}

export interface Kill {
  readonly template: string;
  readonly folder: string;
  readonly what: What;
  readonly how: How;
  /** Milliseconds after `from`: the start of the command, or the moment its move of the target begins. */
  readonly after: number;
  readonly from?: 'start' | 'move';
  readonly next: 'continue' | 'abort';
}

/** Puts the template in its place again (paths in it are absolute), starts the command, kills it at that instant, and looks at everything afterwards. */
export async function killOnce({ template, folder, what, how, after, from = 'start', next }: Kill): Promise<Outcome> {
  rmSync(folder, { recursive: true, force: true });
  cpSync(template, folder, { recursive: true, verbatimSymlinks: true });
  const repo = join(folder, 'my repo');
  const git = gitIn(repo);
  if (what === 'undo') gwt(repo, COMMANDS.merge);
  const before = git('rev-parse', 'main');
  const killed = await started(repo, COMMANDS[what], { how, after, from, endless: what === 'watch' });
  const faults: string[] = [];
  const now = git('rev-parse', 'main');
  const own = /^task-\d+ work$/;
  const subjects = () =>
    git('log', '--format=%s', 'main')
      .split('\n')
      .filter((one) => own.test(one));
  if (now !== before && ![0, NAMES.length].includes(subjects().length))
    faults.push('the target is between two landings');
  faults.push(...mineIn(repo, 'after the kill'));
  const way = what === 'undo' ? ['undo', '--into', 'main'] : ['merge', `--${next}`, '--yes'];
  const end = tryGwt(repo, way);
  const nothing = /merge\.nothing|no landing was cut short|there is no landing to undo/.test(end.text);
  if (end.code !== 0 && !nothing) faults.push(`gwt ${way.join(' ')} ended with ${end.code}: ${end.text}`);
  if (what !== 'undo' && next === 'continue' && !nothing && subjects().length !== NAMES.length)
    faults.push(`gwt merge --continue landed ${subjects().length} of ${NAMES.length}`);
  faults.push(...leftIn(repo, git, subjects()));
  // Whatever was chosen, the next landing finds nothing in its way and lands what has not landed.
  const last = tryGwt(repo, COMMANDS[what === 'push' ? 'push' : 'merge']);
  if (last.code !== 0) faults.push(`the next landing ended with ${last.code}: ${last.text}`);
  if (subjects().length !== NAMES.length || new Set(subjects()).size !== NAMES.length)
    faults.push(`after the next landing main has ${subjects().join(', ')}`);
  if (what === 'push' && gitIn(join(folder, 'far.git'))('rev-parse', 'main') !== git('rev-parse', 'main'))
    faults.push('the remote is not where main is');
  // A dead holder's lease needs no hand: whoever comes next takes it over, and gives it back.
  if (git('for-each-ref', 'refs/gwt/leases') !== '') faults.push('a lease is left');
  faults.push(...leftIn(repo, git, subjects()), ...mineIn(repo, 'at the end'));
  return { killed, landedBefore: now !== before, faults };
}

/** Faults in what is the user's: tracked changes, untracked and ignored files, byte for byte. */
function mineIn(repo: string, when: string): readonly string[] {
  return Object.entries(MINE)
    .filter(([path, text]) => !existsSync(join(repo, path)) || readFileSync(join(repo, path), 'utf8') !== text)
    .map(([path]) => `${when} ${path} is not as the user left it`);
}

/** What must not be left: locks, leases, processes, notes, a checkout that differs from main, broken objects, a commit twice. */
function leftIn(repo: string, git: Git, subjects: readonly string[]): readonly string[] {
  const faults: string[] = [];
  if (new Set(subjects).size !== subjects.length) faults.push(`landed twice: ${subjects.join(', ')}`);
  const status = git('status', '--porcelain');
  if (status !== ' M mine.txt\n?? untracked.txt') faults.push(`git status says ${JSON.stringify(status)}`);
  const locks = readdirSync(join(repo, '.git'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?<!gwt\/locks\/.*)\.lock$/.test(path),
  );
  if (locks.length > 0) faults.push(`locks are left: ${locks.join(', ')}`);
  for (const note of ['landing.json', 'train.json'])
    if (existsSync(join(repo, '.git/gwt', note))) faults.push(`gwt/${note} is left`);
  const fsck = git('fsck', '--no-dangling');
  if (fsck !== '') faults.push(`git fsck says ${fsck}`);
  const left = processesIn(repo);
  if (left.length > 0) faults.push(`processes are left: ${left.join(', ')}`);
  return faults;
}

interface Instant extends Required<Pick<Kill, 'how' | 'after' | 'from'>> {
  readonly endless: boolean;
}

/** True when it was killed before it ended by itself. A watch has no end: it is given the time and then killed. */
async function started(
  repo: string,
  args: readonly string[],
  { how, after, from, endless }: Instant,
): Promise<boolean> {
  const child = spawn(process.execPath, [join(PROJECT, 'bin/gwt.js'), ...args], {
    cwd: repo,
    env: { ...process.env, CI: '1', NODE_EXTRA_CA_CERTS: undefined, GWT_KILLED: repo },
    stdio: 'ignore',
    detached: true,
  });
  let done = false;
  const end = new Promise<void>((ended) => {
    child.on('close', () => {
      done = true;
      ended();
    });
  });
  while (from === 'move' && !done && !existsSync(join(repo, '.git/gwt/landing.json'))) await sleep(1);
  await Promise.race([end, sleep(after)]);
  if (!done && child.pid !== undefined) {
    if (how === 'all') for (const pid of marked(repo)) kill(pid);
    kill(child.pid);
    await end;
    // Git that was in the midst of something ends by itself when only gwt was killed.
    if (how === 'gwt') while (processesIn(repo).some((one) => one.startsWith('git '))) await sleep(10);
    return true;
  }
  return endless;
}
