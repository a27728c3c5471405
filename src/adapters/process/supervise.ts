import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { execa } from 'execa';
import type { ProgramEnd, ProgramSpec, Programs } from '../../ports.ts';
import { killTree } from './kill.ts';
import { lineSplitter } from './lines.ts';

const TAIL = 8192;

/** Runs gates, setup commands and agents, each in a process group of its own, until `stop` aborts. */
export function openPrograms(stop: AbortSignal): Programs {
  return { run: (spec) => supervise(spec, stop) };
}

async function supervise(spec: ProgramSpec, stop: AbortSignal): Promise<ProgramEnd> {
  const begun = Date.now();
  const [file, args] = argvOf(spec.command);
  // Its own group, so that the whole tree can be ended at once; execa's own kill reaches the leader only.
  const child = execa(file, args, {
    cwd: spec.cwd,
    env: Object.fromEntries(Object.entries(spec.env)),
    stdin: spec.input === undefined ? 'ignore' : 'pipe',
    ...(spec.input === undefined ? {} : { input: spec.input }),
    buffer: false,
    detached: true,
    cleanup: false,
    reject: false,
    encoding: 'buffer',
  });
  const output = follow(spec, child);
  const watch = watchLimits(spec, stop, output, () => killTree(child.pid, spec.env['GWT_RUN_ID']));
  const end = await child.catch((error: unknown) => error as Awaited<typeof child>);
  const why = watch.end();
  // What it left behind in its group must not outlive it.
  await killTree(child.pid, spec.env['GWT_RUN_ID']);
  await output.close();
  const outcome = why ?? (end.code === 'ENOENT' || end.code === 'EACCES' ? 'not-found' : 'exited');
  return {
    outcome,
    code: end.exitCode ?? null,
    signal: end.signal ?? null,
    seconds: (Date.now() - begun) / 1000,
    tail: output.tail(),
  };
}

function argvOf(command: ProgramSpec['command']): [string, readonly string[]] {
  if (typeof command === 'string') return ['sh', ['-c', command]];
  return [command[0] ?? 'false', command.slice(1)];
}

function follow(spec: ProgramSpec, child: ReturnType<typeof execa>) {
  let tail = Buffer.alloc(0);
  let last = Date.now();
  if (spec.log) mkdirSync(dirname(spec.log), { recursive: true });
  const log = spec.log ? createWriteStream(spec.log, { flags: 'a', mode: 0o600 }) : undefined;
  const splitters = (['stdout', 'stderr'] as const).map((name) => {
    const lines = lineSplitter((line) => spec.onLine?.(line, name));
    child[name]?.on('data', (chunk: Buffer) => {
      last = Date.now();
      tail = Buffer.concat([tail, chunk]).subarray(-TAIL);
      lines.add(chunk);
      if (log && !log.write(chunk)) {
        child[name]?.pause();
        log.once('drain', () => child[name]?.resume());
      }
    });
    return lines;
  });
  return {
    idleMs: () => Date.now() - last,
    tail: () => tail.toString('utf8'),
    async close() {
      for (const lines of splitters) lines.end();
      await new Promise<void>((resolve) => (log ? log.end(resolve) : resolve()));
    },
  };
}

function watchLimits(spec: ProgramSpec, stop: AbortSignal, output: { idleMs(): number }, kill: () => Promise<void>) {
  let why: 'timeout' | 'idle' | 'stopped' | undefined;
  const end = (reason: typeof why) => {
    why ??= reason;
    void kill();
  };
  const wall = setTimeout(() => end('timeout'), Math.min(spec.wallMs, 2 ** 31 - 1));
  const idle = setInterval(
    () => spec.idleMs !== undefined && output.idleMs() > spec.idleMs && end('idle'),
    Math.min(spec.idleMs ?? 1000, 1000),
  );
  const stopped = () => end('stopped');
  if (stop.aborted) stopped();
  stop.addEventListener('abort', stopped);
  return {
    end() {
      clearTimeout(wall);
      clearInterval(idle);
      stop.removeEventListener('abort', stopped);
      return why;
    },
  };
}
