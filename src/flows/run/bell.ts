import { join } from 'node:path';
import type { Ports } from '../../ports.ts';

/** Wakes whoever waits when something may have changed. */
export interface Bell {
  ring(): void;
  /** Comes back when it was rung since the last time, when the ledger changed, or after so long. */
  rung(ms: number): Promise<void>;
}

/** What is written to the ledger is often one of several. */
const SETTLE_MS = 50;

/** A bell that also rings when tasks or the queue change in the ledger, by this process or another. */
export async function openBell({ git, files, clock }: Pick<Ports, 'git' | 'files' | 'clock'>): Promise<Bell> {
  const { common } = await git.repo();
  const folders = ['refs/gwt/tasks', 'refs/gwt/queue', 'reftable'].map((name) => join(common, name));
  let ringing = false;
  let wake: () => void = () => {};
  return {
    ring() {
      ringing = true;
      wake();
    },
    async rung(ms) {
      const own = new Promise<void>((done) => {
        wake = done;
      });
      const watched = files.watch(folders);
      if (!ringing) await Promise.race([own, clock.sleep(ms), watched.rung.then(() => clock.sleep(SETTLE_MS))]);
      watched.close();
      ringing = false;
    },
  };
}
