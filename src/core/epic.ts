import type { TaskState } from './task.ts';

/** A larger piece of work: how far its tasks are, and what they cost. */
export interface Epic {
  readonly name: string;
  readonly tasks: number;
  /** How many of them are in which state; `waiting` for those without a worktree. */
  readonly states: Readonly<Partial<Record<TaskState | 'waiting', number>>>;
  readonly landed: number;
  readonly stories: { readonly total: number; readonly passing: number };
  readonly costUsd: number;
}

/** What one task adds to its epic. */
export interface Part {
  readonly epic?: string;
  readonly state: TaskState | 'waiting';
  readonly stories?: { readonly total: number; readonly passing: number };
  readonly costUsd?: number;
}

/** Every epic that one of these is a part of, in the order in which they first come up. What was dropped does not count. */
export function epicsOf(parts: readonly Part[]): readonly Epic[] {
  const counted = parts.filter(({ state }) => state !== 'dropped');
  const names = [...new Set(counted.flatMap(({ epic }) => epic ?? []))];
  return names.map((name) => {
    const own = counted.filter(({ epic }) => epic === name);
    const states: Partial<Record<TaskState | 'waiting', number>> = {};
    for (const { state } of own) states[state] = (states[state] ?? 0) + 1;
    const sum = (of: (part: Part) => number) => own.reduce((all, part) => all + of(part), 0);
    return {
      name,
      tasks: own.length,
      states,
      landed: states.landed ?? 0,
      stories: {
        total: sum(({ stories }) => stories?.total ?? 0),
        passing: sum(({ stories }) => stories?.passing ?? 0),
      },
      costUsd: Math.round(sum(({ costUsd = 0 }) => costUsd) * 1e6) / 1e6,
    };
  });
}
