import type { Event } from './event.ts';

/** What earlier loops on a task left to know. */
export interface Past {
  /** Stories that do not pass yet and for which an iteration changed something. */
  readonly worked: ReadonlySet<string>;
  /** The story of an iteration that was begun and never ended. */
  readonly open?: string;
  /** How the last iteration ended, when it did not end well. */
  readonly last?: { readonly story: string; readonly reason: string; readonly output: string };
}

/** What the history says of stories that do not pass yet. */
export function pastOf(history: readonly Event[]): Past {
  const worked = new Set<string>();
  let open: string | undefined;
  let last: Past['last'];
  for (const event of history) {
    if (event.type === 'iteration.started') open = event.story;
    if (event.type !== 'iteration.ended') continue;
    const { story, outcome, commits, reason = outcome } = event;
    open = undefined;
    const passed = outcome === 'passed' || outcome === 'no-change-needed';
    if (passed) worked.delete(story);
    else if (commits > 0) worked.add(story);
    last = passed || outcome === 'stopped' ? undefined : { story, reason, output: '' };
  }
  return { worked, ...(open ? { open } : {}), ...(last ? { last } : {}) };
}
