import { Refusal } from '../../core/refusal.ts';
import type { Task } from '../../core/task.ts';
import type { Ports } from '../../ports.ts';
import { type Merged, type MergeInput, merge } from '../merge.ts';
import { giveBack } from '../queue/give-back.ts';

/** What lands finished tasks while others are being worked on. */
export interface Lane {
  /** Begins to land what is finished, unless it is at it, or nothing changed since it could not. */
  look(finished: readonly Task[]): Promise<void>;
  busy(): boolean;
  /** True while somebody else lands, so that it is to be tried again. */
  waits(): boolean;
  /** Why what is finished did not land, by branch. */
  readonly why: ReadonlyMap<string, string>;
  /** What kept all of it from landing, the last time. */
  refusal(): Refusal | undefined;
  /** Comes back when it is not at it any more. */
  readonly ended: () => Promise<void>;
  /** Tasks sent back to their agents. */
  readonly bounced: () => number;
}

const RETRY_MS = 2_000;
const RETRY_MOST_MS = 60_000;

/** A lane onto the target. `done` is called when a landing ended, and as soon as something is on the target. */
export function openLane(ports: Ports, target: string, input: Pick<MergeInput, 'gates'>, done: () => void): Lane {
  const why = new Map<string, string>();
  let under: Promise<void> | undefined;
  let seen = '';
  let again = 0;
  let retries = 0;
  let refusal: Refusal | undefined;
  let bounced = 0;
  const landing: Ports = {
    ...ports,
    report(event) {
      ports.report(event);
      if (event.type === 'landing.landed') done();
    },
  };

  async function pass(finished: readonly Task[]): Promise<void> {
    refusal = undefined;
    try {
      const merged = await merge(landing, { names: finished.map(({ id }) => id), order: 'planned', ...input });
      bounced += merged.bounced.length;
      await takeIn(merged);
      retries = 0;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal = error;
      retries += 1;
      again = ports.clock.now() + Math.min(RETRY_MOST_MS, RETRY_MS * 2 ** (retries - 1));
    }
  }

  /** A gate that a branch turned red again and again is no matter for its agent any more: that is a failed attempt. */
  async function takeIn({ skipped, bounced }: Merged): Promise<void> {
    why.clear();
    for (const { branch, reason } of skipped) why.set(branch, reason);
    for (const { task, gate, reason } of bounced)
      if (task && gate)
        await giveBack(ports, task, '', { outcome: 'failed', reason: `landing: ${reason.split('\n')[0]}` });
  }

  return {
    why,
    busy: () => under !== undefined,
    waits: () => refusal?.code === 'merge.busy',
    refusal: () => refusal,
    bounced: () => bounced,
    ended: async () => under,
    async look(finished) {
      if (under || finished.length === 0 || ports.stop.aborted) return;
      const heads = await ports.git.refs.heads(
        [target, ...finished.map(({ branch }) => branch)].map((name) => `refs/heads/${name}`),
      );
      const now = JSON.stringify([...heads]);
      if (now === seen && (refusal === undefined || ports.clock.now() < again)) return;
      seen = now;
      under = pass(finished).finally(() => {
        under = undefined;
        done();
      });
    },
  };
}
