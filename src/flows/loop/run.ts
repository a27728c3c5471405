import type { Step } from '../../core/anomaly.ts';
import type { Spent } from '../../core/aside.ts';
import type { Config } from '../../core/config.ts';
import type { Gate } from '../../core/gate.ts';
import type { Ground } from '../../core/ground.ts';
import type { PromptFacts } from '../../core/prompt.ts';
import type { LoopOutcome } from '../../core/stops.ts';
import type { Task } from '../../core/task.ts';
import type { Usage } from '../../core/usage.ts';
import type { Ports, Repo, Sight } from '../../ports.ts';
import type { Rules } from '../claims/rules.ts';
import type { Look } from './outside.ts';

/** What stays the same for a loop on one task. */
export interface LoopRun {
  readonly id: string;
  readonly repo: Repo;
  readonly config: Config;
  /** Marks every process of this loop. */
  readonly run: string;
  /** Who works now; of `agents` the first whose provider serves. */
  readonly agent: string;
  readonly agents: readonly string[];
  /** The model that the first of `agents` is to use, where the task's profile says so. */
  readonly model?: string;
  /** True for agents whose exit 0 says that the story is done. */
  readonly exitSpeaks: boolean;
  /** True for agents that read the memory file themselves. */
  readonly readsMemory: boolean;
  /** The standing rules of the task, as its memory file has them. */
  readonly rules: string;
  readonly autocommit: boolean;
  /** How long it may wait for the end of a provider's limit, in milliseconds. */
  readonly waitMs: number;
  /** The task's gates; a story may add its own. */
  readonly gates: readonly Gate[];
  /** Other tasks, whose claims bind this one. */
  readonly others: readonly Task[];
  readonly ownership: Rules;
  /** Where the claims stood when the rules were written. */
  readonly claims?: string;
  readonly secret: (path: string) => boolean;
  /** The text without keys: the user's, and whatever looks like one. */
  readonly hide: (text: string) => string;
  /** Where transcripts and the like of this task lie. */
  readonly folder: string;
}

/** What one iteration hands to the next. */
export interface Memory {
  readonly last?: NonNullable<PromptFacts['last']>;
  /** Iterations in a row that did not pass. */
  readonly errors?: number;
  readonly warnings: readonly string[];
  /** True when the iteration before was cut short. */
  readonly cut?: boolean;
  /** Stories for which an earlier iteration changed the tree. */
  readonly worked: ReadonlySet<string>;
  /** The commit with which each story passed. */
  readonly proven: ReadonlyMap<string, string>;
  readonly ground: Ground;
  /** What the worktree shows, when nothing ran in it since. */
  readonly sight?: Sight;
  /** The checkpoint of the last iteration; no agent may run before it is there. */
  readonly saved: Promise<void>;
  /** What lay outside of the worktree when the last iteration ended. */
  readonly outside?: Look;
  /** What iterations of earlier loops left behind. */
  readonly steps: readonly Step[];
  /** What earlier loops spent on stories that do not pass yet. */
  readonly spent: ReadonlyMap<string, Spent>;
}

export type LoopPorts = Ports;

/** How a loop on one task ended. */
export interface TaskLooped {
  readonly id: string;
  readonly outcome: LoopOutcome;
  readonly iterations: number;
  readonly stories: { readonly total: number; readonly passing: number };
  /** Of this loop alone. */
  readonly usage: Usage;
  /** How many gates stood for every story; with 0 nothing was verified. */
  readonly gates: number;
  /** What a person should look at: on the branch it makes gates easier to pass. */
  readonly cheats: readonly string[];
  /** Why it stopped where it did. */
  readonly reason: string;
  readonly branch: string;
  readonly worktree: string;
  /** The escalation a person has to answer. */
  readonly escalation?: string;
}
