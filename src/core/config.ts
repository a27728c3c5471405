import type { AnomalyAction, AnomalyKind } from './anomaly.ts';
import { JUDGES, TESTS } from './cheat.ts';
import type { MergeConfig } from './config-merge.ts';
import { TEAM_DEFAULTS, type TeamConfig } from './config-team.ts';
import type { DriverName } from './driver.ts';
import type { GateSpec } from './gate.ts';
import type { OwnershipConfig } from './ownership.ts';
import type { OwnPrices } from './prices.ts';
import type { Profile } from './profile.ts';
import type { PresetName, Tier } from './providers.ts';
import { SECRETS } from './secrets.ts';

/** How an agent CLI is started. `driver` names the file in adapters/agents that knows it. */
export interface AgentConfig {
  readonly driver: DriverName;
  readonly model?: string;
  readonly role?: string;
  /** One of `profiles`, for tasks that name none. */
  readonly profile?: string;
  readonly command?: readonly string[];
  readonly script?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A provider of `providers.ts`: fills in address, name of the key's variable, and models. Only for `claude`. */
  readonly preset?: PresetName;
  readonly baseUrl?: string;
  /** Name of the environment variable that holds the key; the key itself never stands in a config. */
  readonly keyEnv?: string;
  /** A file that holds the key and nothing else, for where that variable is not set; `~/` is the user's home. */
  readonly keyFile?: string;
  /** What the tiers of Claude Code are called by the provider. */
  readonly models?: Partial<Readonly<Record<Tier, string>>>;
}

/** The value in force, every field filled in. Times in minutes, money in US dollars. */
export interface Config extends TeamConfig {
  readonly target?: string;
  readonly branchPrefix: string;
  readonly worktrees: {
    /** Relative to the repository's folder; `{repo}` is that folder's name. */
    readonly dir: string;
    /** Untracked files to copy, as in .gitignore. */
    readonly copy: readonly string[];
    /** Untracked folders to link, by path; `node_modules` is linked entry by entry. */
    readonly link: readonly string[];
    /** Untracked folders to copy, by path, as cheaply as the file system can. */
    readonly clone: readonly string[];
    readonly setup: readonly GateSpec[];
    /** How many worktrees of landed tasks are kept for the next ones; with 0 each task gets a fresh one. */
    readonly pool: number;
    readonly submodules: boolean;
    readonly lfs: 'auto' | 'skip';
  };
  readonly ownership: OwnershipConfig;
  readonly gates: readonly GateSpec[];
  readonly agents: Readonly<Record<string, AgentConfig>>;
  readonly loop: {
    readonly agent: string;
    readonly max: number;
    /** Wall time of one agent run. */
    readonly minutes: number;
    readonly idleMinutes: number;
    /** What one loop may use up: hours that agents run, tokens (those from a cache aside), US dollars. */
    readonly hours?: number;
    readonly tokens?: number;
    readonly usd?: number;
    /** Agents that take over, in this order, while the provider of the one before does not serve. */
    readonly fallback: readonly string[];
    /** How long a loop waits for the end of a provider's usage limit; with 0 it ends at once. */
    readonly waitHours: number;
    /** How often in a row a busy provider is asked again. */
    readonly retries: number;
    /** What becomes of a story on whose branch tests or what judges them were weakened: a note, a failure, or nothing. */
    readonly cheats: 'warn' | 'strict' | 'off';
    /**
     * What becomes of a story whose agent changed something outside of its worktree: a person is asked
     * whenever that may be, or where something says that it was the agent, else a note; a note; or nothing is looked at.
     */
    readonly strays: 'strict' | 'ask' | 'warn' | 'off';
    /** What follows from iterations that look odd; what is left out is as `core/anomaly.ts` has it. */
    readonly anomalies?: Partial<Readonly<Record<AnomalyKind, AnomalyAction>>>;
    /** Which files are tests, and which others decide what a gate says; as in .gitignore. */
    readonly tests: readonly string[];
    readonly protect: readonly string[];
    /** Where gates run: on the commit, in a worktree of their own; or where the agent works. */
    readonly gatesIn: 'scratch' | 'worktree';
    /** Files that gates see as they were before the task; as in .gitignore. Scripts that a gate names are among them. */
    readonly pinned: readonly string[];
    /** An agent that may object before a story passes, and how often before a person is asked. */
    readonly review?: { readonly agent: string; readonly rounds?: number };
    readonly autocommit: boolean;
    readonly secrets: readonly string[];
  };
  /** What agents of a role are told, by the role's name. */
  readonly roles: Readonly<Record<string, string>>;
  readonly profiles: Readonly<Record<string, Profile>>;
  /** What stages of a pipeline are, by name; those that come with gwt may be said otherwise. */
  readonly stages: Readonly<
    Record<
      string,
      {
        readonly role?: string;
        readonly prompt?: string;
        readonly gates?: readonly string[];
        readonly thinks?: boolean;
      }
    >
  >;
  /** What models cost, by name, in US dollars for a million tokens. */
  readonly prices: OwnPrices;
  /** After so many megabytes an agent's transcript goes on in another file. */
  readonly logs: { readonly megabytes: number };
  /** What may be used up: by a story before it is set aside, by a task in all its loops, by all tasks on one day (UTC). */
  readonly limits: {
    readonly storyAttempts: number;
    readonly storyHours?: number;
    readonly storyTokens?: number;
    readonly storyUsd?: number;
    readonly taskIterations: number;
    readonly taskTokens?: number;
    readonly taskUsd?: number;
    readonly dayTokens?: number;
    readonly dayUsd?: number;
  };
  /** How many agents `gwt run` keeps at work, and what it leaves of the machine: load for each core, megabytes. */
  readonly run: {
    readonly agents: number;
    readonly load: number;
    readonly memory: number;
    readonly disk: number;
  };
  readonly queue: {
    /** After so many failures something in the queue is dead until a person revives it. */
    readonly attempts: number;
    /** After so many minutes of waiting it counts as more urgent by one. */
    readonly ageMinutes: number;
  };
  /** Whether agents whose tasks are about to conflict are told. */
  readonly radar: { readonly notes: boolean };
  readonly merge: MergeConfig;
}

/** What a config file may leave out. */
export type ConfigInput = {
  readonly [K in keyof Config]?: Config[K] extends readonly unknown[] | string | undefined
    ? Config[K]
    : Partial<Config[K]>;
};

/** One config file and what it says. */
export interface ConfigLayer {
  readonly source: 'user' | 'project' | 'command line';
  readonly file: string;
  readonly value: ConfigInput;
}

export const DEFAULT_CONFIG: Config = {
  ...TEAM_DEFAULTS,
  branchPrefix: 'gwt/',
  worktrees: {
    dir: '../{repo}.worktrees',
    copy: ['.env*'],
    link: [],
    clone: [],
    setup: [],
    pool: 0,
    submodules: true,
    lfs: 'auto',
  },
  ownership: { frozen: [], shared: [], approvers: {}, codeowners: 'show', answerMinutes: 30 },
  gates: [],
  agents: {
    claude: { driver: 'claude' },
    codex: { driver: 'codex' },
    gemini: { driver: 'gemini' },
    qwen: { driver: 'qwen' },
    copilot: { driver: 'copilot' },
    opencode: { driver: 'opencode' },
  },
  loop: {
    agent: 'claude',
    max: 20,
    minutes: 120,
    idleMinutes: 10,
    hours: 24,
    fallback: [],
    waitHours: 24,
    retries: 5,
    cheats: 'warn',
    strays: 'ask',
    tests: TESTS,
    protect: JUDGES,
    gatesIn: 'scratch',
    pinned: [],
    autocommit: true,
    secrets: SECRETS,
  },
  roles: {},
  profiles: {},
  stages: {},
  prices: {},
  logs: { megabytes: 50 },
  limits: { storyAttempts: 5, taskIterations: 100 },
  run: { agents: 3, load: 4, memory: 500, disk: 1000 },
  queue: { attempts: 3, ageMinutes: 60 },
  radar: { notes: true },
  merge: {
    mode: 'rebase',
    memory: 'on',
    rules: 'strict',
    locks: 'auto',
    generated: [],
    bounce: 1,
    tries: 2,
    clean: false,
    push: false,
    pr: 'auto',
    minutes: 30,
    attempts: 40,
    tokens: 10_000_000,
    usd: 20,
  },
};

/** The layers put over the defaults, later ones winning; lists are replaced, `agents` joined by name. */
export function mergeConfig(layers: readonly ConfigInput[]): Config {
  const joined: Record<string, unknown> = { ...DEFAULT_CONFIG };
  for (const [key, value] of layers.flatMap((layer) => Object.entries(layer))) {
    const below = joined[key];
    joined[key] = isRecord(below) && isRecord(value) ? { ...below, ...value } : value;
  }
  return joined as unknown as Config;
}

/** True for an object that is no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
