import { type Event, subjectOf } from '../core/event.ts';
import type { Key, Ports, Told } from '../ports.ts';
import { taskNamed } from './tasks.ts';

export interface LogInput {
  readonly task?: string;
  /** At most this many, the newest. */
  readonly count?: number;
}
export interface LogEntry {
  /** Names the event for good. */
  readonly id: string;
  readonly at: string;
  /** The ledger entry it belongs to. */
  readonly key: Key;
  readonly text: string;
  readonly event: Event;
}
export interface Log {
  readonly entries: readonly LogEntry[];
  /** How many older ones were left out. */
  readonly older: number;
}

/** What happened, oldest first: of one task, or of everything gwt remembers. */
export async function log(ports: Ports, input: LogInput): Promise<Log> {
  const whole = await ports.ledger.position();
  const key = input.task === undefined ? undefined : (`tasks/${(await taskNamed(ports, input.task)).id}` as const);
  const wanted = new Map([...whole].filter(([one]) => key === undefined || one === key));
  const most = input.count ?? Number.POSITIVE_INFINITY;
  let entries: LogEntry[] = [];
  let older = 0;
  for await (const page of ports.ledger.between(new Map(), wanted)) {
    entries.push(...page.map(entryOf));
    const over = entries.length - most;
    if (over > 0) entries = entries.slice(over);
    older += Math.max(0, over);
  }
  return { entries, older };
}

/** An event with its words. */
export function entryOf({ id, key, event }: Told): LogEntry {
  return { id, at: event.at, key, text: subjectOf(event), event };
}
