/** One task in one slot, from when it was taken to when its loop ended. Times are milliseconds since 1970. */
export interface Span {
  readonly slot: number;
  readonly task: string;
  readonly from: number;
  readonly to: number;
  /** When nothing stood in its way any more but that there was no slot. */
  readonly ready: number;
  readonly outcome: string;
}
/** How many slots there were from then on. */
export interface Opened {
  readonly at: number;
  readonly slots: number;
}

export interface Idleness {
  /** Slots without work, in slot seconds. */
  readonly idle: number;
  /** How long there was both a free slot and a task that could have had it, in seconds. */
  readonly whileReady: number;
  /** How much of that the machine was too full for another agent. */
  readonly machine: number;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** How long slots were without work, and how much of that a task was ready: cut at every moment at which anything changed. */
export function idleness(
  spans: readonly Span[],
  opened: readonly Opened[],
  { from, to, full = [] }: Stretch & { readonly full?: readonly Stretch[] },
): Idleness {
  const cuts = [
    ...spans.flatMap((span) => [span.ready, span.from, span.to]),
    ...opened.map(({ at }) => at),
    ...full.flatMap((one) => [one.from, one.to]),
    from,
    to,
  ];
  const times = [...new Set(cuts.filter((at) => at >= from && at <= to))].sort((a, b) => a - b);
  const sum = { idle: 0, whileReady: 0, machine: 0 };
  for (const [at, start] of times.entries()) {
    const seconds = ((times[at + 1] ?? start) - start) / 1000;
    const slots = opened.findLast((one) => one.at <= start)?.slots ?? 0;
    const free = Math.max(0, slots - spans.filter((span) => span.from <= start && start < span.to).length);
    sum.idle += free * seconds;
    if (free === 0 || !spans.some((span) => span.ready <= start && start < span.from)) continue;
    if (full.some((one) => one.from <= start && start < one.to)) sum.machine += seconds;
    else sum.whileReady += seconds;
  }
  const { idle, whileReady, machine } = sum;
  return { idle: rounded(idle), whileReady: rounded(whileReady), machine: rounded(machine) };
}

const rounded = (seconds: number): number => Math.round(seconds * 100) / 100;
