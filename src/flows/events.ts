import { join } from 'node:path';
import { Refusal } from '../core/refusal.ts';
import type { Ports, Position } from '../ports.ts';
import { entryOf, type LogEntry } from './log.ts';
import { taskNamed } from './tasks.ts';

export interface EventsInput {
  readonly task?: string;
  /** At most this many of those that were before, the newest. */
  readonly count?: number;
  /** Only what came after the event with this id. */
  readonly after?: string;
  /** Go on with what happens, until the person stops it. */
  readonly follow?: boolean;
}
export interface Events {
  /** How many were told. */
  readonly events: number;
}

/** Where the system does not tell of changes they are looked for this often; it costs no process. */
const POLL_MS = 2_000;
/** A change is often one of several. */
const SETTLE_MS = 50;

/** Tells everything that happened, the oldest first, then what happens. Only a page of it is held at a time. */
export async function events(ports: Ports, input: EventsInput, tell: (entry: LogEntry) => void): Promise<Events> {
  const key = input.task === undefined ? undefined : (`tasks/${(await taskNamed(ports, input.task)).id}` as const);
  const here = async (): Promise<Position> =>
    new Map([...(await ports.ledger.position())].filter(([one]) => key === undefined || one === key));
  let bell = await bellOf(ports);
  let seen = await here();
  let told = 0;
  const say = (entry: LogEntry) => {
    told += 1;
    tell(entry);
  };
  await past(ports, seen, input, say);
  while (input.follow && !ports.stop.aborted) {
    await Promise.race([bell.rung, ports.clock.sleep(POLL_MS)]);
    bell.close();
    await ports.clock.sleep(SETTLE_MS);
    bell = await bellOf(ports);
    const now = await here();
    for await (const page of ports.ledger.between(seen, now)) for (const one of page) say(entryOf(one));
    seen = now;
  }
  bell.close();
  return { events: told };
}

/** What was there when it began; of the newest `count` no more than these are held. */
async function past(
  ports: Ports,
  to: Position,
  { count, after }: EventsInput,
  say: (entry: LogEntry) => void,
): Promise<void> {
  let last: LogEntry[] = [];
  let met = after === undefined;
  for await (const page of ports.ledger.between(new Map(), to)) {
    for (const one of page) {
      if (!met) met = one.id === after;
      else if (count === undefined) say(entryOf(one));
      else last.push(entryOf(one));
    }
    if (count !== undefined && last.length > count) last = last.slice(-count);
  }
  if (!met) throw new Refusal('usage.bad', { problem: `there is no event ${after}`, command: 'events' });
  for (const entry of last) say(entry);
}

/** Rings when anything in the ledger moves. */
async function bellOf({ git, files }: Ports) {
  const { common } = await git.repo();
  const kinds = ['', 'tasks', 'escalations', 'messages', 'landings', 'resolutions'].map((kind) =>
    join('refs/gwt', kind),
  );
  return files.watch([...kinds, 'reftable'].map((name) => join(common, name)));
}
