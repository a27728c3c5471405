import * as v from 'valibot';
import { ANOMALIES, ANOMALY_ACTIONS } from '../../core/anomaly.ts';
import type { ConfigInput } from '../../core/config.ts';
import { DRIVERS } from '../../core/driver.ts';
import { MODES } from '../../core/merge/mode.ts';
import { PRESETS, TIERS } from '../../core/providers.ts';
import { teamSchema } from './schema-team.ts';

const seconds = v.pipe(v.number(), v.minValue(1));
const gate = v.union([
  v.pipe(v.string(), v.minLength(1)),
  v.strictObject({
    run: v.pipe(v.string(), v.minLength(1)),
    name: v.optional(v.string()),
    timeout: v.optional(seconds),
    parallel: v.optional(v.boolean()),
    env: v.optional(v.record(v.string(), v.string())),
  }),
]);
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const money = v.pipe(v.number(), v.minValue(0));
const patterns = v.array(v.string());
const generated = v.strictObject({
  paths: v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.minLength(1)),
  run: v.pipe(v.string(), v.minLength(1)),
  timeout: v.optional(seconds),
});

const agent = v.pipe(
  v.strictObject({
    driver: v.picklist(DRIVERS),
    model: v.optional(v.string()),
    role: v.optional(v.string()),
    profile: v.optional(v.string()),
    command: v.optional(v.array(v.string())),
    script: v.optional(v.string()),
    args: v.optional(v.array(v.string())),
    env: v.optional(v.record(v.string(), v.string())),
    baseUrl: v.optional(v.string()),
    keyEnv: v.optional(v.string()),
    keyFile: v.optional(v.pipe(v.string(), v.minLength(1))),
    models: v.optional(v.strictObject(v.entriesFromList(TIERS, v.optional(v.string())))),
    preset: v.optional(v.picklist(PRESETS)),
  }),
  v.check(({ driver, preset }) => !preset || driver === 'claude', 'preset is for agents with driver: claude'),
);

/** What a config file may hold; unknown keys are refused. `gwt config schema` prints it as JSON Schema. */
export const configSchema = v.strictObject({
  $schema: v.optional(v.string()),
  target: v.optional(v.string()),
  branchPrefix: v.optional(v.string()),
  worktrees: v.optional(
    v.strictObject({
      dir: v.optional(v.string()),
      copy: v.optional(patterns),
      link: v.optional(patterns),
      clone: v.optional(patterns),
      setup: v.optional(v.array(gate)),
      pool: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
      submodules: v.optional(v.boolean()),
      lfs: v.optional(v.picklist(['auto', 'skip'])),
    }),
  ),
  ...teamSchema,
  ownership: v.optional(
    v.strictObject({
      frozen: v.optional(patterns),
      shared: v.optional(patterns),
      approvers: v.optional(v.record(v.string(), v.union([v.string(), v.array(v.string())]))),
      codeowners: v.optional(v.picklist(['show', 'approve'])),
      answerMinutes: v.optional(v.pipe(v.number(), v.minValue(0))),
    }),
  ),
  gates: v.optional(v.array(gate)),
  agents: v.optional(v.record(v.string(), agent)),
  loop: v.optional(
    v.strictObject({
      agent: v.optional(v.string()),
      max: v.optional(count),
      minutes: v.optional(v.pipe(v.number(), v.minValue(0.01))),
      idleMinutes: v.optional(v.pipe(v.number(), v.minValue(0.01))),
      hours: v.optional(v.pipe(v.number(), v.minValue(0.01))),
      tokens: v.optional(count),
      usd: v.optional(money),
      fallback: v.optional(v.array(v.string())),
      waitHours: v.optional(v.pipe(v.number(), v.minValue(0))),
      retries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
      cheats: v.optional(v.picklist(['warn', 'strict', 'off'])),
      strays: v.optional(v.picklist(['strict', 'ask', 'warn', 'off'])),
      anomalies: v.optional(v.strictObject(v.entriesFromList(ANOMALIES, v.optional(v.picklist(ANOMALY_ACTIONS))))),
      tests: v.optional(patterns),
      protect: v.optional(patterns),
      gatesIn: v.optional(v.picklist(['scratch', 'worktree'])),
      pinned: v.optional(patterns),
      review: v.optional(v.strictObject({ agent: v.string(), rounds: v.optional(count) })),
      autocommit: v.optional(v.boolean()),
      secrets: v.optional(patterns),
    }),
  ),
  roles: v.optional(v.record(v.string(), v.string())),
  stages: v.optional(
    v.record(
      v.string(),
      v.strictObject({
        role: v.optional(v.string()),
        prompt: v.optional(v.string()),
        gates: v.optional(patterns),
        thinks: v.optional(v.boolean()),
      }),
    ),
  ),
  profiles: v.optional(
    v.record(
      v.string(),
      v.strictObject({
        model: v.optional(v.string()),
        tokens: v.optional(count),
        minutes: v.optional(v.pipe(v.number(), v.minValue(0.01))),
        atOnce: v.optional(count),
      }),
    ),
  ),
  prices: v.optional(
    v.record(
      v.string(),
      v.strictObject({ input: money, output: money, cacheRead: v.optional(money), cacheWrite: v.optional(money) }),
    ),
  ),
  logs: v.optional(v.strictObject({ megabytes: v.optional(v.pipe(v.number(), v.minValue(0.001))) })),
  limits: v.optional(
    v.strictObject({
      storyAttempts: v.optional(count),
      storyHours: v.optional(v.pipe(v.number(), v.minValue(0.01))),
      storyTokens: v.optional(count),
      storyUsd: v.optional(money),
      taskIterations: v.optional(count),
      taskTokens: v.optional(count),
      taskUsd: v.optional(money),
      dayTokens: v.optional(count),
      dayUsd: v.optional(money),
    }),
  ),
  run: v.optional(
    v.strictObject({
      agents: v.optional(v.pipe(count, v.maxValue(500))),
      load: v.optional(v.pipe(v.number(), v.minValue(0.1))),
      memory: v.optional(v.pipe(v.number(), v.minValue(0))),
      disk: v.optional(v.pipe(v.number(), v.minValue(0))),
    }),
  ),
  queue: v.optional(
    v.strictObject({ attempts: v.optional(count), ageMinutes: v.optional(v.pipe(v.number(), v.minValue(0.01))) }),
  ),
  radar: v.optional(v.strictObject({ notes: v.optional(v.boolean()) })),
  merge: v.optional(
    v.strictObject({
      mode: v.optional(v.picklist(MODES)),
      agent: v.optional(v.string()),
      gates: v.optional(v.array(gate)),
      memory: v.optional(v.picklist(['on', 'off'])),
      review: v.optional(v.string()),
      attempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      tokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      usd: v.optional(v.pipe(v.number(), v.minValue(0.01))),
      bounce: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10))),
      rules: v.optional(v.picklist(['strict', 'safe', 'off'])),
      locks: v.optional(v.picklist(['auto', 'off'])),
      generated: v.optional(v.array(generated)),
      tries: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5))),
      clean: v.optional(v.boolean()),
      prepare: v.optional(v.array(gate)),
      parallel: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16))),
      pr: v.optional(v.picklist(['auto', 'gh', 'glab'])),
      push: v.optional(v.union([v.boolean(), v.pipe(v.string(), v.minLength(1))])),
      minutes: v.optional(v.pipe(v.number(), v.minValue(0.01))),
    }),
  ),
}) satisfies v.GenericSchema<unknown, ConfigInput & { $schema?: string | undefined }>;
