import type { AgentConfig } from '../../core/config.ts';
import type { Usage } from '../../core/usage.ts';
import type { AgentCall, AgentEnd } from '../../ports.ts';

/** What one line of output told: what the agent said or does, and what it consumed so far. */
export interface Told {
  readonly text?: string;
  readonly usage?: Usage;
  /** Tokens that the model had before it in its last turn. */
  readonly context?: number;
  /** Who answered. */
  readonly model?: string;
}

/** What a driver reads out of one run's output, line by line. */
export interface Reader {
  line(line: string, stream: 'stdout' | 'stderr'): Told | undefined;
  /** Called once, after the last line. */
  result(code: number | null): Pick<AgentEnd, 'text' | 'usage' | 'wellFormed' | 'problem' | 'session' | 'limited'>;
}

/** How one agent CLI is started, and how its output reads. */
export interface Launch {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The prompt, where it goes in on stdin. */
  readonly input?: string;
  readonly reader: Reader;
}

/** One agent CLI. `facts` is what the driver may need to know of where it runs. */
export type Driver = (call: AgentCall, agent: AgentConfig, facts: DriverFacts) => Promise<Launch> | Launch;

export interface DriverFacts {
  /** A folder for files of this run alone, not in the worktree; it exists. */
  readonly scratch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the variable that the config names as `keyEnv` holds; it stands in no log, whatever the agent prints. */
  readonly key?: string;
  /** Who commits here. */
  identity(): Promise<{ readonly name: string; readonly email: string }>;
  /** How this very gwt is started. */
  readonly gwt: readonly string[];
  /** The scripted agent's program. */
  readonly scripted: readonly string[];
  /** Folder that relative paths of the config are relative to. */
  readonly root: string;
}
