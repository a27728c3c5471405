import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ran } from '../../src/flows/run.ts';
import { carriers, commandOf, kill } from './processes.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/gwt.js');

/** One task of the plan: what it comes after, the folder it writes to, and which of the agents works on it. */
export interface Piece {
  readonly name: string;
  readonly after?: readonly string[];
  readonly owns?: string;
  readonly agent: 'quick' | 'steady' | 'slow' | 'uneven';
}

/** Twelve tasks in three layers; `forms` and `fields` claim the same folder. */
export const TWELVE: readonly Piece[] = [
  { name: 'schema', agent: 'quick' },
  { name: 'forms', agent: 'slow', owns: 'work/shared/**' },
  { name: 'fields', agent: 'quick', owns: 'work/shared/**' },
  { name: 'search', agent: 'steady' },
  { name: 'login', agent: 'uneven', after: ['schema'] },
  { name: 'logout', agent: 'quick', after: ['schema'] },
  { name: 'index', agent: 'steady', after: ['search', 'schema'] },
  { name: 'export', agent: 'slow' },
  { name: 'import', agent: 'quick' },
  { name: 'report', agent: 'uneven', after: ['export', 'import'] },
  { name: 'docs', agent: 'steady', after: ['login', 'logout', 'report'] },
  { name: 'release', agent: 'quick', after: ['docs', 'forms', 'fields'] },
];

/** Seconds that each agent takes, before and after it writes. */
const PACE = { quick: [0.3, 0.2], steady: [1, 0.6], slow: [3, 1.5], uneven: [0.2, 2.5] } as const;

/** Adds a line to a file of its task unless it is there, and commits: what was killed half-way is made whole. */
const agentOf = (seconds: readonly [number, number]): readonly string[] => [
  'sh',
  '-c',
  `d=work/\${GWT_TASK%%-*}; case $GWT_TASK in forms|fields) d=work/shared;; esac
sleep ${seconds[0]}; mkdir -p $d; f=$d/$GWT_TASK.txt
grep -qs "^$GWT_TASK$" $f || echo $GWT_TASK >> $f
sleep ${seconds[1]}; git add -A && { git diff --cached --quiet || git commit -qm "$GWT_TASK work"; }`,
];

export const planOf = (pieces: readonly Piece[]): string =>
  `# Plan\n${pieces
    .map(
      ({ name, after = [], owns, agent }) =>
        `\n## ${name}\nagent: ${agent}\n${owns ? `owns: ${owns}\n` : ''}${after.length > 0 ? `after: ${after.join(', ')}\n` : ''}`,
    )
    .join('')}`;

/** The plan and the agents, in a repository that is there; the user's checkout gets work of its own. */
export function prepare(repo: string, pieces: readonly Piece[]): void {
  const agents = Object.fromEntries(
    Object.entries(PACE).map(([name, pace]) => [name, { driver: 'command', command: agentOf(pace) }]),
  );
  const config = {
    target: 'main',
    agents,
    gates: [{ name: 'whole', run: 'test -z "$(git ls-files -u)"' }],
    loop: { agent: 'quick' },
    limits: { storyAttempts: 100 },
    queue: { attempts: 20 },
    run: { load: 10_000, memory: 0, disk: 0 },
  };
  writeFileSync(join(repo, '.git/info/exclude'), '.gwtrc.json\nplan.md\nmine.tmp\n');
  put(repo, '.gwtrc.json', JSON.stringify(config));
  put(repo, 'plan.md', planOf(pieces));
  put(repo, 'mine.tmp', 'mine\n');
}

/** What is killed: an agent at work, gwt alone, or gwt with everything it started. */
export type Victim = 'agent' | 'gwt' | 'all';
export interface Killed {
  readonly kills: Readonly<Record<Victim, number>>;
  readonly starts: number;
  readonly last: Ran;
  readonly code: number | null;
  readonly faults: readonly string[];
}

/** Runs the plan while it is killed so often, starting it again each time, and looks at everything afterwards. */
export async function runKilled(
  repo: string,
  pieces: readonly Piece[],
  how: { readonly kills: number; readonly agents: number; chance(): number; readonly pauseMs: number },
): Promise<Killed> {
  const kills: Record<Victim, number> = { agent: 0, gwt: 0, all: 0 };
  let starts = 0;
  let left = how.kills;
  const faults: string[] = [];
  for (;;) {
    const child = start(repo, how.agents);
    starts += 1;
    while (left > 0 && !child.done()) {
      await Promise.race([child.end, sleep(how.pauseMs * (0.3 + 1.4 * how.chance()))]);
      if (child.done()) break;
      const victim =
        (['agent', 'agent', 'agent', 'agent', 'gwt', 'all'] as const)[Math.floor(how.chance() * 6)] ?? 'gwt';
      if (!strike(repo, child.pid, victim, how.chance)) continue;
      kills[victim] += 1;
      left -= 1;
      if (victim !== 'agent') break;
    }
    const { code, out } = await child.end;
    if (code === null) continue;
    const last = ranIn(out);
    // What ended by itself too early is told, and started again like what was killed.
    if (!last) faults.push(`exit ${code}: ${out.slice(-1500)}`);
    if (last && (left === 0 || last.outcome !== 'interrupted'))
      return { kills, starts, last, code, faults: [...faults, ...faultsIn(repo, pieces, last)] };
    if (faults.length > 5) throw new Error(faults.join('\n'));
  }
}

function ranIn(out: string): Ran | undefined {
  try {
    return JSON.parse(out) as Ran;
  } catch {
    return undefined;
  }
}

/** False when there was nobody to kill. */
function strike(repo: string, pid: number, victim: Victim, chance: () => number): boolean {
  if (victim === 'agent') {
    const agents = carriers(`GWT_KILLED=${repo}`, 'GWT_PURPOSE=loop');
    const one = agents[Math.floor(chance() * agents.length)];
    if (one === undefined) return false;
    kill(one);
    return true;
  }
  // The lowest first: what starts others is gone before they are missed.
  if (victim === 'all') for (const other of carriers(`GWT_KILLED=${repo}`)) kill(other);
  kill(pid);
  return true;
}

function start(repo: string, agents: number) {
  const args = ['--yes', '--json', '--quiet', 'run', 'plan.md', '--merge', '--agents', String(agents)];
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: repo,
    env: { ...process.env, CI: '1', NODE_EXTRA_CA_CERTS: undefined, GWT_KILLED: repo },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let out = '';
  let done = false;
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (out += chunk));
  const end = new Promise<{ code: number | null; out: string }>((ended) =>
    child.on('exit', (code) => {
      done = true;
      // A program it left behind may hold its pipes.
      setTimeout(() => ended({ code, out }), 50);
    }),
  );
  return { pid: child.pid ?? 0, end, done: () => done };
}

/** What is wrong once the last run ended: work that is missing or there twice, and things left behind. */
export function faultsIn(repo: string, pieces: readonly Piece[], last: Ran): readonly string[] {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repo, encoding: 'utf8' }).trimEnd();
  const faults: string[] = [];
  const told = new Set([...last.landed, ...last.escalated].map(({ id }) => id));
  const missing = pieces.filter(({ name }) => !told.has(name));
  if (missing.length > 0)
    faults.push(
      `neither landed nor escalated: ${missing.map(({ name }) => name).join(', ')} ${JSON.stringify(last.left)}`,
    );
  for (const { id } of last.landed) {
    const file = git('ls-tree', '-r', '--name-only', 'main', 'work')
      .split('\n')
      .find((path) => path.endsWith(`/${id}.txt`));
    if (!file || git('show', `main:${file}`) !== id) faults.push(`what ${id} wrote is not as it should be on main`);
    // Its agent commits it, or gwt does for an agent that was killed before it could; never both.
    const commits = git('rev-list', '--count', 'main', '--', file ?? 'nothing');
    if (commits !== '1') faults.push(`what ${id} wrote landed ${commits} times`);
  }
  if (!existsSync(join(repo, 'mine.tmp')) || readFileSync(join(repo, 'mine.tmp'), 'utf8') !== 'mine\n')
    faults.push('a file of the user is gone');
  const status = git('status', '--porcelain');
  if (status !== '') faults.push(`the checkout differs from main: ${status}`);
  const refs = git('for-each-ref', '--format=%(refname)', 'refs/gwt/leases', 'refs/gwt/queue');
  if (refs !== '' && last.left.length === 0) faults.push(`left in the ledger: ${refs}`);
  const running = carriers(`GWT_KILLED=${repo}`).map(commandOf);
  if (running.length > 0) faults.push(`processes are left: ${running.join(', ')}`);
  const locks = readdirSync(join(repo, '.git'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?<!gwt\/.*)\.lock$/.test(path),
  );
  if (locks.length > 0) faults.push(`locks are left: ${locks.join(', ')}`);
  const doctor = execFileSync('git', ['fsck', '--no-dangling', '--connectivity-only'], { cwd: repo, encoding: 'utf8' });
  if (doctor.trim() !== '') faults.push(`git fsck says ${doctor.trim()}`);
  return faults;
}

function put(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
