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
}

/** Two are missed before anybody calls it old. */
const BEAT_MS = 3_000;
/** How often a silent terminal hears that the agent still works. */
const TELL_MS = 30_000;

/** The pulse of one iteration. */
export interface Pulse {
  /** What the agent just said or did. */
  action(text: string): void;
  usage(usage: Usage): void;
  state(state: Heartbeat['state']): void;
  /** What the agent used is about to stand in the ledger. */
  recorded(): Promise<void>;
  stop(): Promise<void>;
}

/** Writes the heartbeat now, and again and again until it is stopped; tells the person from time to time. */
export function startPulse(
  ports: LoopPorts,
  loop: LoopRun,
  at: { story: string; iteration: number; before: Usage },
): Pulse {
  const { clock, files, self } = ports;
  const begun = clock.now();
  let state: Heartbeat['state'] = 'agent';
  let action = '';
  let usage = NO_USAGE;
  let known = false;
  const write = async () => {
    const beat: Heartbeat = {
      at: new Date(clock.now()).toISOString(),
      state,
      story: at.story,
      iteration: at.iteration,
      agent: loop.agent,
      pid: self.pid,
      lastAction: oneLine(action, 120),
      text: oneLine(action, 120),
      usage: addUsage(at.before, usage),
      run: known ? NO_USAGE : usage,
    };
    // A heartbeat that cannot be written is no reason to stop an agent.
    await files.jot(join(loop.folder, 'heartbeat.json'), document(beat)).catch(() => {});
  };
  let writing = write();
  const beats = clock.every(BEAT_MS, () => {
    writing = writing.then(write);
  });
  const tells = clock.every(TELL_MS, () => {
    const seconds = (clock.now() - begun) / 1000;
    const now = new Date(clock.now()).toISOString();
    ports.report({
      type: 'iteration.going',
      at: now,
      task: loop.id,
      iteration: at.iteration,
      seconds,
      action: oneLine(action, 120),
      usage,
    });
  });
  return {
    action(text) {
      // An agent may print millions of lines, and any of them may be megabytes long: only what is shown is looked at.
      action = text.slice(0, 2000);
    },
    usage(seen) {
      usage = seen;
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
      state = 'idle';
      await writing.then(write);
    },
  };
}
