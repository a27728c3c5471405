import type { GateSpec } from './gate.ts';
import type { GeneratedSpec } from './merge/made/generated.ts';
import type { Mode } from './merge/mode.ts';

/** How work lands. Times in minutes, money in US dollars. */
export interface MergeConfig {
  /** How a branch comes to the target. */
  readonly mode: Mode;
  readonly agent?: string;
  readonly gates?: readonly GateSpec[];
  /** What makes dependencies in an integration worktree, new or when a file that names them changed; default: `worktrees.setup`. */
  readonly prepare?: readonly GateSpec[];
  /**
   * States of the train tested at once, each in a worktree of its own; more than one also while the whole is tested
   * first. Left out: one then, and as many as there are cores (four at most) to find who broke it.
   */
  readonly parallel?: number;
  /** Rules that settle conflicts before an agent is asked: `safe` ones too, where gates run, or none. */
  readonly rules: 'strict' | 'safe' | 'off';
  /** Whether lock files in conflict are made anew by their package managers. */
  readonly locks: 'auto' | 'off';
  /** Files that a command makes: in conflict they are made anew. */
  readonly generated: readonly GeneratedSpec[];
  /** Conflicts are settled again as they were settled before. */
  readonly memory: 'on' | 'off';
  /** How often a conflict goes back to the agent of its task before a person is asked. */
  readonly bounce: number;
  readonly tries: number;
  readonly clean: boolean;
  /** Whether the target is pushed after landing, and where to if not to its own remote. */
  readonly push: string | boolean;
  /** The program that opens requests; `auto` goes by the remote's host. */
  readonly pr: 'auto' | 'gh' | 'glab';
  /** Time for one conflict, all tries and reviews together. */
  readonly minutes: number;
  /** An agent that must agree with what the merge agent answers. */
  readonly review?: string;
  /** What agents that settle conflicts may consume in one train: runs, tokens in and out, money. */
  readonly attempts: number;
  readonly tokens: number;
  readonly usd: number;
}
