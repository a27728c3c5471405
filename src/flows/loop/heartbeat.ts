import { join } from 'node:path';
import { oneLine } from '../../core/event.ts';
import { document } from '../../core/records.ts';
import { addUsage, NO_USAGE, type Usage } from '../../core/usage.ts';
import type { LoopPorts, LoopRun } from './run.ts';

/** What `heartbeat.json` holds. `at` is an ISO time, `pid` the loop's. */
export interface Heartbeat {
  readonly at: string;
  readonly state: 'agent' | 'gates' | 'waiting' | 'idle';
  readonly story: string;
  readonly iteration: number;
  readonly agent: string;
  readonly pid: number;
  readonly lastAction: string;
  /** The same, for whoever reads the signs of life that agents give of themselves. */
  readonly text: string;
  /** Of the task in all its loops, what its agent used so far included. */
  readonly usage: Usage;
  /** What the agent that runs used so far, as far as it is not recorded yet. */
  readonly run: Usage;
  /** Iterations in a row that did not pass. */
  readonly errors: number;
  /** Tokens that the model has before it, where its CLI tells. */
  readonly context?: number;
  /** Paths in the worktree that are not committed, looked at now and then. */
  readonly uncommitted?: number;
  /** Bytes that the agent and all it started hold in memory, where the system tells; looked at now and then. */
  readonly memory?: number;
}

/** Two are missed before anybody calls it old. */
const BEAT_MS = 3_000;
/** How often it is looked at what costs more to know. */
const LOOK_MS = 20_000;
/** How often a silent terminal hears that the agent still works. */
const TELL_MS = 30_000;

/** The pulse of one iteration. */
export interface Pulse {
  /** What the agent just said or did. */
  action(text: string): void;
  usage(usage: Usage): void;
  context(tokens: number): void;
  state(state: Heartbeat['state']): void;
  /** What the agent used is about to stand in the ledger. */
  recorded(): Promise<void>;
  stop(): Promise<void>;
}

/** Writes the heartbeat now, and again and again until it is stopped; tells the person from time to time. */
export function startPulse(
  ports: LoopPorts,
  loop: LoopRun,
  at: { story: string; iteration: number; before: Usage; worktree?: string; errors?: number },
): Pulse {
  const { clock, files, self } = ports;
  let state: Heartbeat['state'] = 'agent';
  let action = '';
  const shown = () => oneLine(action, 120);
  let usage = NO_USAGE;
  let known = false;
  let context: number | undefined;
  const holds = lookAround(ports, loop, at.worktree);
  const write = async () => {
    const beat: Heartbeat = {
      at: new Date(clock.now()).toISOString(),
      state,
      story: at.story,
      iteration: at.iteration,
      agent: loop.agent,
      pid: self.pid,
      lastAction: shown(),
      text: shown(),
      usage: addUsage(at.before, usage),
      run: known ? NO_USAGE : usage,
      errors: at.errors ?? 0,
      ...(context === undefined ? {} : { context }),
      ...holds.seen(),
    };
    // A heartbeat that cannot be written is no reason to stop an agent.
    await files.jot(join(loop.folder, 'heartbeat.json'), document(beat)).catch(() => {});
  };
  let writing = write();
  const beats = clock.every(BEAT_MS, () => {
    writing = writing.then(write);
  });
  const tells = telling(ports, { task: loop.id, iteration: at.iteration }, () => ({ action: shown(), usage }));
  return {
    action(text) {
      // An agent may print millions of lines, and any of them may be megabytes long: only what is shown is looked at.
      action = text.slice(0, 2000);
    },
    usage(seen) {
      usage = seen;
    },
    context(tokens) {
      context = tokens;
    },
    state(now) {
      state = now;
      writing = writing.then(write);
    },
    async recorded() {
      known = true;
      writing = writing.then(write);
      await writing;
    },
    async stop() {
      beats();
      tells();
      holds.stop();
      state = 'idle';
      await writing.then(write);
    },
  };
}

/** Tells the person from time to time that it goes on, and what it does. */
function telling(
  { clock, report }: LoopPorts,
  of: { readonly task: string; readonly iteration: number },
  now: () => { readonly action: string; readonly usage: Usage },
): () => void {
  const begun = clock.now();
  return clock.every(TELL_MS, () => {
    const at = new Date(clock.now()).toISOString();
    report({ type: 'iteration.going', at, ...of, seconds: (clock.now() - begun) / 1000, ...now() });
  });
}

/** What the agent holds, looked at now and then; a worktree that cannot be read tells nothing. */
function lookAround({ git, self, processes, clock }: LoopPorts, { run }: LoopRun, worktree: string | undefined) {
  let seen: Pick<Heartbeat, 'uncommitted' | 'memory'> = {};
  const look = async () => {
    if (!worktree) return;
    const dirt = await git.work.dirt(worktree).catch(() => undefined);
    const memory = processes.memory(self.carriers(`GWT_RUN_ID=${run}`));
    seen = {
      ...(dirt ? { uncommitted: dirt.tracked + dirt.untracked + dirt.unmerged } : {}),
      ...(memory === undefined ? {} : { memory }),
    };
  };
  return { seen: () => seen, stop: clock.every(LOOK_MS, () => void look()) };
}
