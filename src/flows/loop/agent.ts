import { join } from 'node:path';
import { agentEnv, identityEnv } from '../../core/agent-env.ts';
import type { Bound } from '../../core/bound.ts';
import { digest } from '../../core/digest.ts';
import { oneLine } from '../../core/event.ts';
import type { Gate } from '../../core/gate.ts';
import type { Prd, Story } from '../../core/prd.ts';
import { promptFor } from '../../core/prompt.ts';
import type { Task } from '../../core/task.ts';
import type { Usage } from '../../core/usage.ts';
import type { Pulse } from './heartbeat.ts';
import type { LoopPorts, LoopRun, Memory } from './run.ts';
import { type Watched, watchBounds } from './watch.ts';

export interface Assignment {
  readonly task: Task;
  readonly story: Story;
  readonly prd: Prd;
  readonly progress: string;
  readonly notes: readonly string[];
  /** What others landed on the target since. */
  readonly news?: string;
  readonly gates: readonly Gate[];
}

/** Who hears what the agent says and uses while it runs, and how much that may be. */
interface Listeners {
  readonly pulse: Pulse;
  readonly seen: (usage: Usage) => void;
  /** What it may use up. */
  readonly bounds: readonly Bound[];
}

/** Where all that the agent prints in this iteration goes. */
export const transcriptOf = ({ folder }: LoopRun, { iteration }: Task): string => join(folder, `${iteration}.log`);

/** A person reads along; the transcript has every line. */
const TELL_MS = 500;

/** Runs a fresh agent on one story to its end, and tells on the way what it says. */
export async function runAgent(
  ports: LoopPorts,
  loop: LoopRun,
  work: Assignment,
  memory: Memory,
  { pulse, seen, bounds }: Listeners,
): Promise<Watched> {
  const { task, story, prd, progress, notes, news, gates } = work;
  const { last, warnings } = memory;
  const prompt = promptFor({
    task,
    story,
    stories: { total: prd.stories.length, passing: prd.stories.filter(({ passes }) => passes).length },
    iteration: task.iteration,
    gates,
    ...(loop.readsMemory ? {} : { rules: loop.rules }),
    ...(last ? { last } : {}),
    warnings,
    digest: loop.hide(digest(progress)),
    notes,
    ...(news ? { news } : {}),
  });
  const person = await ports.git.config.identity();
  const watch = watchBounds(ports, loop, bounds);
  let told = 0;
  const end = await ports.agents.run({
    agent: loop.agent,
    purpose: 'loop',
    ...(loop.model && loop.agent === loop.agents[0] ? { model: loop.model } : {}),
    prompt,
    cwd: task.worktree,
    env: { ...identityEnv(task.agentId, person, ports.self.env), ...agentEnv(task, loop.run, story.id, 'loop') },
    rules: loop.rules,
    transcript: transcriptOf(loop, task),
    wallMs: watch.wallMs,
    idleMs: loop.config.loop.idleMinutes * 60_000,
    until: watch.until,
    onText(text) {
      pulse.action(text);
      const now = ports.clock.now();
      if (now - told < TELL_MS) return;
      told = now;
      ports.report({
        type: 'agent.said',
        at: new Date(now).toISOString(),
        task: task.id,
        text: oneLine(text.slice(0, 2000)),
      });
    },
    onContext: (tokens) => pulse.context(tokens),
    onUsage(usage) {
      pulse.usage(usage);
      seen(usage);
      watch.seen(usage);
    },
  });
  return watch.ended(end);
}
