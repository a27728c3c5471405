import type { ConsentRule } from './consent.ts';
import type { Handler } from './outlet.ts';
import type { StalePolicy } from './stale.ts';

/** What of the config is about people and agents hearing of each other. Times in minutes. */
export interface TeamConfig {
  /** Changes that land only after a person has approved them. */
  readonly approve: ConsentRule;
  /** A question that is open for so long is told again, and then every so often; 0 tells it once. */
  readonly inbox: { readonly again: number };
  /** How long a loop may give no sign of life, and what is done then; `agent` takes over, else the next of `loop.fallback`. */
  readonly heartbeat: { readonly stale: number; readonly policy: StalePolicy; readonly agent?: string };
  /** Whether `handoff.md` and `agent-status.json` are kept fresh; a text is the folder, else `.ai-coordinator`. */
  readonly export: string | boolean;
  /** What is started or called when something happens, by the name of what happened. */
  readonly on: Readonly<Record<string, Handler | readonly Handler[]>>;
}

export const TEAM_DEFAULTS: TeamConfig = {
  approve: { paths: [], labels: [] },
  inbox: { again: 240 },
  heartbeat: { stale: 10, policy: 'alert' },
  export: false,
  on: {},
};
