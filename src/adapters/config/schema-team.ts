import * as v from 'valibot';
import { HAPPENING_NAMES } from '../../core/outlet.ts';
import { STALE_POLICIES } from '../../core/stale.ts';

const patterns = v.array(v.pipe(v.string(), v.minLength(1)));
const minutes = v.pipe(v.number(), v.minValue(0));
const seconds = v.pipe(v.number(), v.minValue(1));
const line = v.pipe(v.string(), v.minLength(1));

const called = v.pipe(
  v.strictObject({
    url: v.optional(v.pipe(v.string(), v.url())),
    urlEnv: v.optional(line),
    timeout: v.optional(seconds),
  }),
  v.check(({ url, urlEnv }) => (url === undefined) !== (urlEnv === undefined), 'say either url or urlEnv'),
);
const handler = v.union([
  line,
  v.strictObject({ run: line, timeout: v.optional(seconds) }),
  v.strictObject({ notify: v.literal(true) }),
  called,
]);

/** What a config file may say about people and agents hearing of each other. */
export const teamSchema = {
  approve: v.optional(v.strictObject({ paths: v.optional(patterns), labels: v.optional(patterns) })),
  inbox: v.optional(v.strictObject({ again: v.optional(minutes) })),
  heartbeat: v.optional(
    v.strictObject({
      stale: v.optional(v.pipe(v.number(), v.minValue(0.01))),
      policy: v.optional(v.picklist(STALE_POLICIES)),
      agent: v.optional(line),
    }),
  ),
  export: v.optional(v.union([v.boolean(), line])),
  on: v.optional(v.strictObject(v.entriesFromList(HAPPENING_NAMES, v.optional(v.union([handler, v.array(handler)]))))),
};
