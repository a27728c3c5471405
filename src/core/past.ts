import type { Step } from './anomaly.ts';
import type { Spent } from './aside.ts';
import type { Event, EventOf } from './event.ts';
import { addUsage, NO_USAGE } from './usage.ts';

/** What earlier loops on a task left to know. */
export interface Past {
  /** Stories that do not pass yet and for which an iteration changed something. */
  readonly worked: ReadonlySet<string>;
  /** The commit with which each story passed. */
  readonly proven: ReadonlyMap<string, string>;
  /** What was spent on each story that does not pass yet, since a person last looked at it. */
  readonly spent: ReadonlyMap<string, Spent>;
  /** What iterations since a person last looked left behind, oldest first. */
  readonly steps: readonly Step[];
  /** The story of an iteration that was begun and never ended. */
  readonly open?: string;
  /** How the last iteration ended, when it did not end well. */
  readonly last?: { readonly story: string; readonly reason: string; readonly output: string; readonly log?: string };
}

/** What the history says of stories that do not pass yet. `tree` is the branch's tree now. */
export function pastOf(history: readonly Event[], tree: string): Past {
  const worked = new Set<string>();
  const proven = new Map<string, string>();
  const spent = new Map<string, Spent>();
  let steps: Step[] = [];
  let open: { story: string; tree: string | undefined } | undefined;
  let last: Past['last'];
  const then = new Map<number, Pick<Past, 'worked' | 'last'>>();
  const moved = (to: string | undefined) => {
    if (open?.tree !== undefined && to !== undefined && open.tree !== to) worked.add(open.story);
  };
  for (const event of history) {
    if (event.type === 'iteration.started') {
      // One that was cut short may have changed the tree before.
      moved(event.tree);
      open = { story: event.story, tree: event.tree };
    }
    if (event.type === 'story.gone') for (const story of event.stories) proven.delete(story);
    if (event.type === 'story.again') {
      for (const id of event.stories) spent.delete(id);
      steps = [];
    }
    if (event.type === 'checkpoint.restored') {
      // What came after that checkpoint is not on the branch any more.
      const past = then.get(event.iteration ?? 0);
      worked.clear();
      for (const story of past?.worked ?? []) worked.add(story);
      last = past?.last;
      for (const story of event.undone) proven.delete(story);
      open = undefined;
      steps = [];
    }
    if (event.type !== 'iteration.ended') continue;
    const { story, outcome, reason = outcome } = event;
    moved(event.tree);
    steps.push({ ...event, tree: event.tree ?? '' });
    open = undefined;
    const passed = outcome === 'passed' || outcome === 'no-change-needed';
    if (passed) worked.delete(story);
    if (passed && event.head) proven.set(story, event.head);
    if (passed) spent.delete(story);
    else if (outcome !== 'stopped') spent.set(story, more(spent.get(story), event));
    const log = event.verdicts?.find((one) => !one.passed)?.log;
    last = passed || outcome === 'stopped' ? undefined : { story, reason, output: '', ...(log ? { log } : {}) };
    then.set(event.iteration, { worked: new Set(worked), ...(last ? { last } : {}) });
  }
  moved(tree);
  return {
    worked,
    proven,
    spent,
    steps: steps.filter(({ tree }) => tree !== '').slice(-STEPS),
    ...(open ? { open: open.story } : {}),
    ...(last ? { last } : {}),
  };
}

/** Further back lies nothing that says how it goes now. */
const STEPS = 50;

/** What the provider did costs nobody an attempt; what was paid for it is paid. */
function more(before: Spent | undefined, { usage, seconds, trouble }: EventOf<'iteration.ended'>): Spent {
  return {
    attempts: (before?.attempts ?? 0) + (trouble ? 0 : 1),
    usage: addUsage(before?.usage ?? NO_USAGE, usage),
    seconds: (before?.seconds ?? 0) + seconds,
  };
}
