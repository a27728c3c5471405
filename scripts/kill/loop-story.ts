import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventOf, EventType } from '../../src/core/event.ts';
import { notesOf } from '../../src/core/notes.ts';
import { readPrd } from '../../src/core/prd.ts';
import { taskOf } from '../../src/core/records.ts';
import { openPorts } from '../../src/main.ts';
import { kill } from './processes.ts';
import { type Git, gitIn, gwt, marked, PROJECT, processesIn, put, tryGwt } from './world.ts';

/** Who works in the loop that is killed: an agent of the config, and the environment it wants. */
export interface Worker {
  readonly name: string;
  readonly agent: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  readonly stories: readonly string[];
  /** It keeps a book of what it began, read and ended. */
  readonly keepsBook: boolean;
}

/** `gwt` kills the supervisor alone, as `kill -9` does; `all` with it every process it started, as a power cut does. */
export type How = 'gwt' | 'all';

export interface Outcome {
  readonly killed: boolean;
  /** Stories that passed when it was killed. */
  readonly before: number;
  /** Iterations that were begun and never ended. */
  readonly lost: number;
  readonly faults: readonly string[];
}

/** A task with stories, a gate, and a note for its agent; a user's checkout with work of its own. */
export function makeLoopTemplate(folder: string, { agent, stories, env }: Worker): void {
  const repo = join(folder, 'my repo');
  mkdirSync(repo, { recursive: true });
  const git = gitIn(repo);
  git('init', '-q', '-b', 'main');
  git('config', 'gc.auto', '0');
  put(repo, 'src/README', 'sources\n');
  put(repo, 'mine.txt', 'm\n');
  git('add', '--all');
  git('commit', '-q', '-m', 'first');
  put(repo, '.git/info/exclude', '.gwtrc.json\nstories.json\n');
  put(repo, '.gwtrc.json', JSON.stringify({ gates: ['test -d src'], agents: { a: agent }, loop: { agent: 'a' } }));
  const userStories = stories.map((id, at) => ({ id, title: `Story ${id}`, priority: at + 1, passes: false }));
  put(repo, 'stories.json', JSON.stringify({ userStories }));
  gwt(repo, ['spawn', 't', '--prd', 'stories.json', '--yes'], env);
  gwt(repo, ['note', 't', 'NOTE-1'], env);
  put(repo, 'mine.txt', 'not committed\n');
}

export interface Kill {
  readonly template: string;
  readonly folder: string;
  readonly worker: Worker;
  readonly how: How;
  /** Milliseconds after the start of the loop, or lines in the agent's book; undefined lets it run to its end. */
  readonly after: number | { readonly lines: number } | undefined;
}

/** Puts the template in its place again, loops, kills it at that instant, loops again to the end, and looks at everything. */
export async function killLoopOnce({ template, folder, worker, how, after }: Kill): Promise<Outcome> {
  rmSync(folder, { recursive: true, force: true });
  cpSync(template, folder, { recursive: true, verbatimSymlinks: true });
  const repo = join(folder, 'my repo');
  const git = gitIn(repo);
  const killed = await started(repo, worker, how, after);
  const head = git('rev-parse', 'gwt/t');
  const passed = (await now(repo)).passing;
  const begun = bookOf(repo).length;
  const faults: string[] = [];
  const note = tryGwt(repo, ['note', 't', 'NOTE-2'], worker.env);
  if (note.code !== 0) faults.push(`gwt note ended with ${note.code}: ${note.text}`);
  const finished = passed.length === worker.stories.length;
  const end = tryGwt(repo, ['loop', 't', '--yes'], { ...worker.env, GWT_KILLED: repo });
  if (end.code !== 0) faults.push(`gwt loop ended with ${end.code}: ${end.text}`);
  const { passing, history, notes, lease, journal } = await now(repo);
  if (passing.length !== worker.stories.length) faults.push(`only ${passing.join(', ')} pass`);
  if (git('rev-list', '--count', head, '^gwt/t') !== '0') faults.push('commits that were there are not on the branch');
  const again = of(history, 'iteration.ended').map(({ story }) => story);
  if (again.length !== worker.stories.length) faults.push(`iterations that ended: ${again.join(', ')}`);
  const lost = of(history, 'iteration.started').length - again.length;
  if (lost > 1) faults.push(`${lost} iterations were lost`);
  const entries = [...journal.matchAll(/^## \S+ · iteration (\d+) · /gm)].map(([, number]) => number);
  if (entries.length !== again.length || new Set(entries).size !== entries.length)
    faults.push(`the journal has iterations ${entries.join(', ')}`);
  if (lease) faults.push('its lease was not given back');
  const wanted = finished ? ['NOTE-1'] : ['NOTE-1', 'NOTE-2'];
  for (const text of wanted)
    if (notes.filter((one) => one.text === text && one.delivered !== undefined).length !== 1)
      faults.push(`${text} was not delivered once: ${JSON.stringify(notes)}`);
  if (worker.keepsBook) faults.push(...bookFaults(repo, worker, begun, passed));
  faults.push(...leftIn(repo, folder, git));
  return { killed, before: passed.length, lost, faults };
}

/** What the ledger says. */
async function now(repo: string) {
  const globals = { cwd: repo, json: false, quiet: true, yes: true };
  const ports = openPorts(globals, () => {}, new AbortController().signal, '0.0.0');
  const entry = await ports.ledger.read('tasks/t');
  const docs = entry?.docs ?? {};
  const stories = readPrd(docs['prd.json'] ?? '', 'prd.json').stories;
  return {
    passing: stories.filter(({ passes }) => passes).map(({ id }) => id),
    history: await ports.ledger.history('tasks/t'),
    notes: notesOf(docs),
    lease: entry && taskOf(entry).lease,
    journal: docs['progress.md'] ?? '',
  };
}

const of = <T extends EventType>(history: Awaited<ReturnType<typeof now>>['history'], type: T) =>
  history.filter((event): event is EventOf<T> => event.type === type);

const bookOf = (repo: string): readonly string[] => {
  const path = join(repo, '.git/book');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
};

/** What the agent itself saw: no story twice but the one that was cut short, none that had passed, each note in a prompt. */
function bookFaults(repo: string, { stories }: Worker, from: number, passed: readonly string[]): readonly string[] {
  const book = bookOf(repo);
  const begins = book.filter((line) => line.startsWith('begin '));
  const faults: string[] = [];
  if (begins.length > stories.length + 1) faults.push(`agents were started for ${begins.join(', ')}`);
  for (const id of passed)
    if (book.slice(from).includes(`begin ${id}`)) faults.push(`${id} had passed and was begun again`);
  for (const id of stories) if (!book.includes(`end ${id}`)) faults.push(`no agent ended ${id}`);
  const read = (note: string) => book.filter((line) => line.startsWith('read ') && line.endsWith(` ${note}`)).length;
  for (const note of passed.length === stories.length ? ['NOTE-1'] : ['NOTE-1', 'NOTE-2'])
    if (read(note) < 1 || read(note) > 2) faults.push(`${note} was read ${read(note)} times`);
  return faults;
}

/** What must not be left, and what must be there. */
function leftIn(repo: string, folder: string, git: Git): readonly string[] {
  const faults: string[] = [];
  const left = processesIn(repo);
  if (left.length > 0) faults.push(`processes are left: ${left.join(', ')}`);
  const locks = readdirSync(join(repo, '.git'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?<!gwt\/locks\/.*)\.lock$/.test(path),
  );
  if (locks.length > 0) faults.push(`locks are left: ${locks.join(', ')}`);
  if (existsSync(join(repo, '.git/gwt/loops/t.json'))) faults.push('its pid file is left');
  const worktree = gitIn(join(folder, 'my repo.worktrees/t'))('status', '--porcelain');
  if (worktree !== '') faults.push(`git status in the worktree says ${JSON.stringify(worktree)}`);
  if (git('status', '--porcelain') !== ' M mine.txt')
    faults.push(`the user's checkout: ${git('status', '--porcelain')}`);
  const fsck = git('fsck', '--no-dangling');
  if (fsck !== '') faults.push(`git fsck says ${fsck}`);
  return faults;
}

/** True when it was killed before it ended by itself. */
async function started(repo: string, { env }: Worker, how: How, after: Kill['after']): Promise<boolean> {
  const child = spawn(process.execPath, [join(PROJECT, 'bin/gwt.js'), 'loop', 't', '--yes'], {
    cwd: repo,
    env: { ...process.env, CI: '1', NODE_EXTRA_CA_CERTS: undefined, ...env, GWT_KILLED: repo },
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
  if (typeof after === 'object') while (!done && bookOf(repo).length < after.lines) await sleep(2);
  else await (after === undefined ? end : Promise.race([end, sleep(after)]));
  if (done || child.pid === undefined) return false;
  if (how === 'all') for (const pid of marked(repo)) kill(pid);
  kill(child.pid);
  await end;
  return true;
}
