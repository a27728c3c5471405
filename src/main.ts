import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { files } from './adapters/files/files.ts';
import { openGit } from './adapters/git/git.ts';
import { openLedger } from './adapters/ledger/ledger.ts';
import { processes } from './adapters/process/processes.ts';
import { run } from './adapters/process/run.ts';
import { selfOf } from './adapters/process/self.ts';
import { openTmux } from './adapters/process/tmux.ts';
import { personAt } from './adapters/terminal/person.ts';
import type { Event } from './core/event.ts';
import { withBell } from './flows/outlet/bell.ts';
import type { Agents, Breakers, Configs, Locks, Ports, Programs, Self, Syntax, Web } from './ports.ts';
import { type Globals, runCli } from './surfaces/cli/cli.ts';
import type { Io } from './surfaces/cli/io.ts';
import { narrator } from './surfaces/cli/narrate.ts';

/** The package's folder: this file is bundled into `dist/`, and runs from `src/` in development. */
const HOME = fileURLToPath(new URL('..', import.meta.url));

/** The only place that knows every adapter. Nothing is started or read until it is used. */
export function openPorts(globals: Globals, report: (event: Event) => void, stop: AbortSignal, version: string): Ports {
  const cwd = resolve(globals.cwd);
  const git = openGit(run, cwd);
  const self = selfOf({
    command: [process.execPath, join(HOME, 'bin/gwt.js')],
    hooks: join(HOME, 'hooks'),
    version,
    cwd,
  });
  const clock = clockUntil(stop);
  // The main worktree's, wherever gwt was started: an agent must not write the config its own loop is judged by.
  // A bare repository has none: there it is the worktree gwt was started in.
  const root = async () => {
    const repo = await git.repo();
    return repo.common.endsWith('/.git') ? repo.root : (repo.top ?? repo.root);
  };
  // What brings large libraries along is loaded when it is first used: most commands need none of it.
  const config = later<Configs>({ load: true, layers: true, schema: true }, async () => {
    const { openConfig } = await import('./adapters/config/config.ts');
    return openConfig(root, process.env);
  });
  const programs = later<Programs>({ run: true, reap: true }, async () =>
    (await import('./adapters/process/supervise.ts')).openPrograms(stop),
  );
  const agents = later<Agents>({ find: true, program: true, run: true }, async () => {
    const { openAgents } = await import('./adapters/agents/agents.ts');
    return openAgents(programs, config, self, files, { root, identity: () => git.config.identity() });
  });
  const breakers = later<Breakers>({ look: true, enter: true }, async () =>
    (await import('./adapters/breakers/breakers.ts')).openBreakers(clock),
  );
  const locks = locksFor(self);
  const syntax = later<Syntax>({ open: true }, async () =>
    (await import('./adapters/syntax/syntax.ts')).openSyntax(HOME),
  );
  const web = later<Web>({ post: true }, async () => (await import('./adapters/web/web.ts')).openWeb(stop));
  const person = personAt({ agrees: globals.yes, approves: globals.yes || inCi(), present: atTerminal() });
  return {
    git,
    ledger: withBell({ ledger: openLedger(git, clock), config, git, processes, self, person, clock }),
    programs,
    processes,
    windows: openTmux(run, process.env),
    agents,
    breakers,
    files,
    locks,
    config,
    self,
    syntax,
    person,
    web,
    clock,
    ids: { next: () => randomBytes(6).toString('hex') },
    stop,
    report,
  };
}

function locksFor({ host, processStart }: Pick<Self, 'host' | 'processStart'>): Locks {
  return later<Locks>({ take: true, holder: true }, async () => {
    const { openLocks } = await import('./adapters/files/locks.ts');
    return openLocks({ pid: process.pid, host, alive: (pid) => processStart(pid) !== undefined });
  });
}

/** Sleep ends when the person wants to stop. */
function clockUntil(stop: AbortSignal): Ports['clock'] {
  return {
    now: () => Date.now(),
    sleep: async (ms: number) => void (await sleep(ms, undefined, { signal: stop }).catch(() => {})),
    every: (ms: number, act: () => void) => {
      const timer = setInterval(act, ms).unref();
      return () => clearInterval(timer);
    },
  };
}

/** An adapter whose verbs are all asynchronous, opened when the first of them is called. */
function later<T extends object>(verbs: Readonly<Record<keyof T, true>>, open: () => Promise<T>): T {
  let opened: Promise<T> | undefined;
  const verb =
    (name: string) =>
    async (...words: unknown[]) => {
      opened ??= open();
      const adapter = (await opened) as Record<string, (...words: unknown[]) => Promise<unknown>>;
      return adapter[name]?.(...words);
    };
  return Object.fromEntries(Object.keys(verbs).map((name) => [name, verb(name)])) as T;
}

function terminal(): Io {
  const write = (stream: NodeJS.WriteStream) => (text: string) => void stream.write(text);
  const colour = process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return {
    out: write(process.stdout),
    err: write(process.stderr),
    cwd: process.cwd(),
    width: process.stdout.columns || 100,
    colour: Boolean(colour),
    interactive: atTerminal() && !inCi(),
  };
}

const atTerminal = (): boolean => Boolean(process.stdin.isTTY && process.stderr.isTTY);
const inCi = (): boolean => !['', '0', 'false'].includes(process.env['CI'] ?? '');

/** Ctrl-C and its like ask once; whoever runs then puts things in order. A second one ends at once. */
function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  // Every running program listens, and there may be many: that is no leak to warn a person of.
  setMaxListeners(0, controller.signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted && signal === 'SIGINT') process.exit(130);
      controller.abort(signal);
    });
  }
  return controller.signal;
}

/** Runs the command line of this process. */
export async function main(argv: readonly string[]): Promise<void> {
  const io = terminal();
  const stop = stopOnSignals();
  // A reader that goes away (`gwt status | head`) is no error.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' && process.exit(0));
  const { version } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')) as { version: string };
  const code = await runCli(argv, io, version, (globals) => openPorts(globals, narrator(io, globals), stop, version));
  process.exitCode = code;
}
